from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from history.models import Living
from referrals.forms.base import OwnForm, long_text, pick, short_text
from referrals.forms.new import NewForm
from referrals.models import FosterVoice

QUESTION = _("Hur går det i skolan, och vad tror du skulle hjälpa?")


class NewFosterVoice(NewForm):
    title = _("Fråga familjehemmet")
    intro = _(
        "Familjehemmet svarar med egna ord genom en länk och en kod. Länken visar bara frågan, "
        "inget ur ärendet."
    )
    lands = "referrals:mapping"
    name = short_text(_("Vem får frågan?"), limit=100)
    phone = short_text(_("Telefon"), required=False, limit=40)
    email = forms.EmailField(
        label=_("E-post"),
        required=False,
        max_length=200,
        error_messages={"invalid": _("Skriv en e-postadress, till exempel namn@exempel.se.")},
    )
    language = pick(_("Språk"), settings.LANGUAGES)
    question = short_text(_("Frågan"), limit=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("question", QUESTION)

    def build(self) -> Living:
        return FosterVoice(case=self.case, asked_by=self.actor, **self.data_without_key)


class OwnWordsForm(OwnForm):
    """What the foster parent writes themselves."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    words = long_text(_("Ditt svar"), rows=8, ask=_("Skriv ditt svar."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
