"""What is asked of a post in a team, and of its end."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import OwnForm, choice, day, long_text, short_text
from collaboration.choices import Employer
from collaboration.models import TeamPost
from history.forms import KeyForm

DECIMALS = _("Skriv del av heltid med högst två decimaler, till exempel 0,75.")


class PostForm(KeyForm):
    """One post of a team; a change is a new post, so that the register remembers."""

    profession = short_text(_("Yrke"), limit=100)
    employer = choice(_("Anställd av"), Employer.choices)
    fte = forms.DecimalField(
        label=_("Del av heltid"),
        help_text=_("1 är heltid, 0,5 är halvtid."),
        min_value=Decimal("0.01"),
        max_value=Decimal(1),
        max_digits=3,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput({"inputmode": "decimal", "size": 6}),
        error_messages={
            "required": _("Skriv ett tal."),
            "invalid": _("Skriv ett tal, till exempel 0,5."),
            "min_value": _("Skriv ett tal över 0."),
            "max_value": _("Högst 1, som är heltid."),
            "max_decimal_places": DECIMALS,
            "max_digits": DECIMALS,
            "max_whole_digits": _("Högst 1, som är heltid."),
        },
    )
    since = day(_("Från"))


class EndPostForm(OwnForm):
    until = day(_("Första dag utan"))

    def __init__(self, *args: Any, post: TeamPost, **kwargs: Any) -> None:
        self.post = post
        super().__init__(*args, **kwargs)

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until <= self.post.since:
            raise forms.ValidationError(_("Slutet kommer före början."))
        return until


class RemovePostForm(OwnForm):
    why = long_text(_("Varför är den fel?"), rows=3, ask=_("Skriv varför tjänsten tas bort."))
