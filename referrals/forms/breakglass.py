"""Opening a case of one's own organisation in an emergency."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from referrals.forms.base import OwnForm, choice, long_text, short_text
from referrals.models import BreakGlass, Case

LENGTHS = [("1", _("En timme")), ("4", _("Fyra timmar")), ("24", _("Ett dygn"))]


class GlassForm(OwnForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    reference = short_text(_("Ärendets nummer"), limit=20, ask=_("Skriv ärendets nummer."))
    hours = choice(_("Hur länge behöver du läsa?"), LENGTHS, ask=_("Välj hur länge."))
    why = long_text(
        _("Varför behöver du läsa ärendet nu?"),
        rows=4,
        hint=_("Din chef läser det du skriver och granskar öppningen. Skriv inga namn."),
        ask=_("Skriv varför du behöver läsa ärendet nu."),
    )

    def __init__(self, *args: Any, actor: Membership, reference: str = "", **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4(), "reference": reference[:20]}
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_reference(self) -> Case:
        """The case; the same words for what is not there and for what is not theirs to open."""
        wanted = self.cleaned_data["reference"].strip().upper()
        case = BreakGlass.openable(self.actor).filter(reference=wanted).first()
        if case is None:
            words = _("Det finns inget ärende med det numret som du kan nödöppna.")
            raise forms.ValidationError(words)
        return case
