"""What is asked when a contact person is named, confirmed, missed, or handed over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.forms import ONE_OF_THEM, SeveralOf, choice, day, long_text, one_person, short_text
from accounts.models import Membership, Organisation
from collaboration.choices import Gone, Post, Why
from collaboration.forms.marks import WithoutPupils
from collaboration.naming import colleagues, unreachable
from history.forms import KeyForm, MoveForm


class SchoolsField(SeveralOf):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({_('fristående')})" if obj.independent else obj.name


class AppointForm(WithoutPupils, KeyForm):
    """Name one person for one post at one school or many at once: a change, a leave, a first one."""

    schools = SchoolsField(
        Organisation.objects.none(),
        label=_("Vilka skolor gäller det?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Varje skola får veta det direkt, och bekräftar."),
        error_messages={
            "required": _("Välj minst en skola."),
            "invalid_choice": _("Välj bland teamets skolor."),
        },
    )
    post = choice(_("Vilket uppdrag?"), Post.choices)
    person = one_person(_("Vem?"), Membership.objects.none())
    why = choice(_("Varför?"), Why.choices)
    since = day(_("Från vilken dag?"))
    expected_end = day(
        _("Till och med vilken dag?"),
        required=False,
        hint=_("Behövs vid ledighet. Du påminns innan."),
    )
    phone = short_text(_("Telefon"), limit=30, ask=_("Skriv numret skolan ska ringa."))
    email = forms.EmailField(
        label=_("E-post"),
        required=False,
        error_messages={"invalid": _("Skriv en e-postadress, till exempel namn@stad.se.")},
    )
    hours = short_text(
        _("När svarar ni?"),
        ask=_("Skriv när skolan kan nå er."),
        hint=_("Till exempel: vardagar 8–16, senast nästa dag."),
    )
    helps_with = long_text(
        _("Vad kan ni hjälpa skolan med?"), rows=4, ask=_("Skriv vad skolan kan ringa om.")
    )
    handover = long_text(
        _("Överlämning"),
        required=False,
        rows=4,
        hint=_("Det den nya behöver veta om arbetet med skolan. Skriv inget om enskilda elever."),
    )
    told_at = forms.EmailField(
        label=_("Skolans e-post"),
        required=False,
        help_text=_("Behövs bara för en skola som inte har någon adress i systemet. En i taget."),
        error_messages={"invalid": _("Skriv en e-postadress, till exempel skolan@exempel.se.")},
    )
    guarded = ("handover", "helps_with")
    field_order = (
        "schools",
        "post",
        "person",
        "why",
        "since",
        "expected_end",
        "phone",
        "email",
        "hours",
        "helps_with",
        "handover",
        "told_at",
        "sure",
    )

    def __init__(
        self, *args: Any, team: Organisation, schools: QuerySet[Organisation], **kwargs: Any
    ) -> None:
        self.team, self.known_schools = team, schools
        kwargs["initial"] = {"since": clock.today()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.among("schools", schools)
        self.among("person", colleagues(team))

    def clean(self) -> dict[str, Any]:
        """Days are read together, and one address is never given for two schools."""
        given = super().clean()
        since, end = given.get("since"), given.get("expected_end")
        if since and since < clock.today():
            self.add_error("since", gettext("Välj i dag eller en dag framåt."))
        if given.get("why") == Why.LEAVE and not end and "expected_end" not in self.errors:
            self.add_error("expected_end", gettext("Skriv ledighetens sista dag."))
        mute = unreachable(given.get("schools") or [])
        if len(mute) > 1:
            words = gettext("De här skolorna har ingen adress i systemet: %s. Utse för en i taget.")
            self.add_error("schools", words % ", ".join(school.name for school in mute))
        return given

    def known_words(self) -> Iterable[str]:
        people = [one.name for one in colleagues(self.team)]
        return [self.team.name, *people, *(school.name for school in self.known_schools)]


class WhyForm(MoveForm):
    why = long_text(_("Hur har skolan fått veta det?"), rows=3)


class WithdrawForm(MoveForm):
    why = long_text(_("Varför?"), rows=3)


class VacateForm(MoveForm):
    gone = choice(_("Vad har hänt?"), [pair for pair in Gone.choices if pair[0] != Gone.NEVER])


class PlanEndForm(WithoutPupils, MoveForm):
    """The last day is known ahead; a plan is taken back by leaving the day empty."""

    last_day = day(_("Vilken är sista dagen?"))
    gone = choice(
        _("Vad händer?"),
        [
            (Gone.LEFT, _("Slutar")),
            (Gone.ILL, _("Blir ledig utan ersättare")),
            (Gone.MOVED, _("Får andra uppgifter")),
        ],
    )
    handover = long_text(
        _("Överlämning"),
        required=False,
        hint=_("Det den nya behöver veta om arbetet med skolan. Skriv inget om enskilda elever."),
        rows=8,
    )
    guarded = ("handover",)
    field_order = ("last_day", "gone", "handover", "sure")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("handover", self.obj.handover)
        self.initial.setdefault("last_day", self.obj.ends_after)
        self.initial.setdefault("gone", self.obj.gone)
        if self.obj.ends_after:
            self.fields["last_day"].required = self.fields["gone"].required = False
            self.fields["last_day"].help_text = _("Lämna tomt om personen blir kvar.")

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("last_day") and not given.get("gone") and "gone" not in self.errors:
            self.add_error("gone", ONE_OF_THEM)
        return given

    def known_words(self) -> Iterable[str]:
        people = [one.name for one in colleagues(self.obj.team)]
        return [self.obj.team.name, self.obj.school.name, *people]

    def details(self) -> dict[str, Any]:
        given = super().details()
        given.pop("sure")
        return given


class HandoverForm(WithoutPupils, MoveForm):
    handover = long_text(
        _("Överlämning"),
        hint=_("Det den nya behöver veta om arbetet med skolan. Skriv inget om enskilda elever."),
        rows=8,
    )
    guarded = ("handover",)
    field_order = ("handover", "sure")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("handover", self.obj.handover)

    def known_words(self) -> Iterable[str]:
        people = [one.name for one in colleagues(self.obj.team)]
        return [self.obj.team.name, self.obj.school.name, *people]

    def details(self) -> dict[str, Any]:
        given = super().details()
        given.pop("sure")
        return given


class DetailsForm(MoveForm):
    """How the person is reached; changed without naming anybody anew."""

    phone = short_text(_("Telefon"), limit=30, ask=_("Skriv numret skolan ska ringa."))
    email = forms.EmailField(label=_("E-post"), required=False)
    hours = short_text(_("När svarar ni?"), ask=_("Skriv när skolan kan nå er."))
    helps_with = long_text(_("Vad kan ni hjälpa skolan med?"), rows=4)
