"""What is asked for a joint screening."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from history.forms import KeyForm, MoveForm
from referrals.choices import Band, ScreeningOutcome, Stage
from referrals.forms.base import choice, day, long_text, number


class NewScreeningForm(KeyForm):
    on = day(_("Vilken dag ska ni ses?"))


class AskForm(MoveForm):
    stage = choice(_("Vilka årskurser går eleven i?"), Stage.choices)
    band = choice(_("Ungefär hur stor är frånvaron?"), Band.choices)
    question = long_text(
        _("Vad vill ni diskutera?"),
        hint=_("Skriv inga namn, nummer eller adresser, och inget som gör att eleven känns igen."),
        ask=_("Skriv vad ni vill diskutera."),
    )

    def details(self) -> dict[str, Any]:
        return super().details() | {"school": self.actor.organisation, "author": self.actor}


class DecideForm(MoveForm):
    outcome = choice(_("Vad blev det?"), ScreeningOutcome.choices, ask=_("Välj vad det blev."))


class HoldForm(MoveForm):
    light_support = number(
        _("Hur många fler elever har fått lätt stöd sedan sist?"),
        high=1000,
        required=False,
        hint=_("Ett antal räcker. De registreras inte. Räkna inte dem som står på listan."),
    )

    def details(self) -> dict[str, Any]:
        return {"light_support": self.cleaned_data["light_support"] or 0}


class CancelForm(MoveForm):
    why = long_text(_("Varför ställs mötet in?"), rows=3, ask=_("Skriv varför."))
