"""Opening a protected pupil's case, giving the right to it, and deciding about a guardian."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from history.forms import MoveForm
from referrals.choices import Protection
from referrals.forms.base import OwnForm, choice, long_text, one_person, several
from referrals.forms.moves import colleagues
from referrals.models.protection import OPEN_RIGHT, Shown


class WhyForm(OwnForm):
    why = long_text(
        _("Varför öppnar du ärendet?"),
        rows=3,
        hint=_("Det du skriver sparas i loggen. Skriv inga namn."),
        ask=_("Skriv varför du öppnar ärendet."),
    )


class ProposeForm(OwnForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    holder = one_person(_("Vem ska få se ärendet?"), Membership.objects.none())

    def __init__(self, *args: Any, actor: Membership, pupil: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"key": uuid4()}, **kwargs)
        there = colleagues(actor.organisation).exclude(user=actor.user_id)
        held = pupil.rights.filter(status__in=OPEN_RIGHT).values("holder")
        self.among("holder", there.exclude(pk__in=held))


class DecisionForm(OwnForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    ask = choice(
        _("Får vårdnadshavaren frågas eller få brev?"),
        [("yes", _("Ja")), ("no", _("Nej"))],
        ask=_("Välj ja eller nej."),
    )
    shows = several(
        _("Vad får stå i det vårdnadshavaren läser?"),
        Shown.choices,
        required=False,
        hint=_("Det du inte väljer skrivs inte ut."),
    )
    why = long_text(_("Varför?"), rows=4, ask=_("Skriv varför."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"key": uuid4()}, **kwargs)


class ProtectionLevelForm(MoveForm):
    protection = choice(_("Skyddade personuppgifter"), Protection.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["protection"] = self.obj.protection
