"""What is asked when a forum is set up, a meeting planned, called to and answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import identities
from accounts.forms import OwnForm, choice, day, long_text, number, one_person, pick, short_text
from accounts.models import Membership, Organisation, Role
from collaboration import inviting
from collaboration.choices import Level, MeetingKind, Reply, Seat
from collaboration.forms.marks import WithoutPupils
from history.forms import KeyForm, MoveForm


def conveners(district: Organisation) -> Any:
    """Social services convene: the district's managers and the people of its teams."""
    here = Membership.objects.in_force().filter(
        role__in=(Role.DISTRICT, Role.MANAGER, Role.TEAM), stands_in_for=None
    )
    there = here.filter(organisation=district) | here.filter(organisation__parent=district)
    return there.select_related("user").order_by("user__first_name", "pk")


class ForumForm(OwnForm):
    level = choice(_("Vilket slags forum?"), Level.choices)
    name = short_text(_("Namn"), limit=100, ask=_("Skriv vad forumet heter."))
    convener = one_person(_("Vem kallar?"), Membership.objects.none())
    place = short_text(_("Var möts ni?"), required=False)

    def __init__(self, *args: Any, district: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.among("convener", conveners(district))


class ForumSettingsForm(ForumForm):
    """What may be changed of a forum: not which of the four it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["level"]


class TimeFields(OwnForm):
    """A day and a time of day, put together."""

    on = day(_("Vilken dag?"))
    at = forms.TimeField(
        label=_("Klockan"),
        widget=forms.TextInput({"inputmode": "numeric", "size": 6}),
        input_formats=["%H:%M", "%H.%M", "%H"],
        error_messages={
            "required": _("Skriv när mötet börjar."),
            "invalid": _("Skriv tiden som 13:00."),
        },
    )
    length = number(_("Hur många minuter?"), low=15, high=600)
    place = short_text(_("Plats"), required=False)

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on and not 2000 <= on.year <= 2100:
            raise forms.ValidationError(_("Välj ett år mellan 2000 och 2100."))
        return on

    def starts(self) -> datetime:
        when = datetime.combine(self.cleaned_data["on"], self.cleaned_data["at"])
        return timezone.make_aware(when)

    @staticmethod
    def of(meeting: Any) -> dict[str, Any]:
        """A meeting's time as this form's first values."""
        local = timezone.localtime(meeting.starts)
        return {
            "on": local.date(),
            "at": time(local.hour, local.minute).strftime("%H:%M"),
            "length": meeting.length,
            "place": meeting.place,
        }


class MeetingForm(WithoutPupils, TimeFields, MoveForm):
    """When and where a planned meeting is, and what it is about."""

    kind = choice(_("Vad för möte?"), MeetingKind.choices)
    agenda = long_text(
        _("Dagordning"), required=False, hint=_("Skriv inget om enskilda elever."), rows=6
    )
    guarded = ("agenda",)
    field_order = ("kind", "on", "at", "length", "place", "agenda", "sure")

    def known_words(self) -> Iterable[str]:
        return known_at(self.obj)


class MoveToForm(TimeFields, MoveForm):
    """Another time for a meeting people have been called to."""

    def details(self) -> dict[str, Any]:
        given = super().details()
        return {"starts": self.starts(), "place": given["place"], "length": given["length"]}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = self.of(self.obj) | self.initial


def no_number(text: str) -> None:
    if identities.NUMBER.search(text):
        raise forms.ValidationError(_("Ta bort personnumret. Skriv bara ett namn."))


def somebody(label: Any) -> forms.CharField:
    """The name of a grown-up, and nothing else of them."""
    field = short_text(label, required=False, limit=100)
    field.validators.append(no_number)
    return field


class InviteeForm(MoveForm):
    name = somebody(_("Namn"))
    role = pick(_("I vilken roll?"), Seat.choices)
    email = forms.EmailField(
        label=_("E-post"),
        error_messages={
            "required": _("Skriv dit kallelsen ska gå."),
            "invalid": _("Skriv en e-postadress, till exempel namn@skola.se."),
        },
    )


class NewInviteeForm(InviteeForm):
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Från vilken organisation?"),
        empty_label=_("Välj"),
        error_messages={"required": _("Välj en organisation.")},
    )
    role = pick(
        _("I vilken roll?"),
        [("", _("Den vanliga: rektor, huvudman eller chef")), *Seat.choices],
        required=False,
    )
    field_order = ("organisation", "name", "role", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.among("organisation", inviting.worth_calling(self.obj))


class AnswerForm(KeyForm):
    reply = choice(
        _("Kommer ni?"),
        [pair for pair in Reply.choices if pair[0] != Reply.NONE],
        ask=_("Välj om ni kommer."),
    )
    instead = somebody(_("Vem kommer i stället?"))


class WhyForm(MoveForm):
    why = long_text(_("Varför?"), rows=3, ask=_("Skriv varför mötet ställs in."))


def known_at(meeting: Any) -> list[str]:
    """The names that may stand in a meeting's texts: those called, their schools, the district."""
    words = [str(meeting.forum), meeting.convener.name, meeting.place]
    for row in meeting.invitees.select_related("organisation__provider"):
        words += [row.name, row.instead, row.organisation.name]
        if row.organisation.provider:
            words.append(row.organisation.provider.name)
    return words
