"""What is asked for a joint screening."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock
from collaboration.forms.marks import WithoutPupils
from history.forms import KeyForm, MoveForm
from referrals.choices import Band, ScreeningOutcome, Stage
from referrals.forms.base import OwnForm, choice, day, long_text, number, short_text, yes


class WhenForm(OwnForm):
    """When and where team and schools meet."""

    on = day(_("Vilken dag ska ni ses?"))
    at = forms.TimeField(
        label=_("Klockan"),
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "size": 6}),
        input_formats=["%H:%M", "%H.%M", "%H"],
        error_messages={"invalid": _("Skriv tiden som 13:00.")},
    )
    place = short_text(_("Plats"), required=False)

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on and not (clock.today() <= on and on.year <= 2100):
            raise forms.ValidationError(_("Välj en dag som inte har varit."))
        return on


class NewScreeningForm(WhenForm, KeyForm):
    pass


class MoveToForm(WhenForm, MoveForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at = self.obj.at.strftime("%H:%M") if self.obj.at else ""
        self.initial |= {"on": self.obj.on, "at": at, "place": self.obj.place}


class AskForm(WithoutPupils, MoveForm):
    stage = choice(_("Vilka årskurser går eleven i?"), Stage.choices)
    band = choice(_("Ungefär hur stor är frånvaron?"), Band.choices)
    question = long_text(
        _("Vad vill ni diskutera?"),
        hint=_("Skriv inga namn, nummer eller adresser, och inget som gör att eleven känns igen."),
        ask=_("Skriv vad ni vill diskutera."),
    )
    sure = yes(
        _("Jag har läst det som är utpekat. Det är inget namn, och ingen känns igen på det.")
    )
    guarded = ("question",)
    field_order = ("stage", "band", "question", "sure")

    def known_words(self) -> Iterable[str]:
        return [self.obj.team.name]

    def details(self) -> dict[str, Any]:
        given = super().details()
        given.pop("sure")
        return given | {"school": self.actor.organisation, "author": self.actor}


class DecideForm(MoveForm):
    outcome = choice(_("Vad blev det?"), ScreeningOutcome.choices, ask=_("Välj vad det blev."))

    def for_row(self, row: Any) -> None:
        """A question that names nobody can become a referral, but is none to accept."""
        if row.referral is None:
            left = [pair for pair in ScreeningOutcome.choices if pair[0] != ScreeningOutcome.ACCEPT]
            self.offer("outcome", left)


class CountForm(MoveForm):
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
