"""What can be changed on a thing where it stands, without moving it: one form for each kind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Membership
from history.door import edit, together
from referrals import choices
from referrals.forms.base import (
    MoveForm,
    OneOf,
    choice,
    day,
    long_text,
    number,
    one_person,
    short_text,
    yes,
)
from referrals.models import Goal, MappedNeed
from vault.sealing import Sealed


class ChangeForm(MoveForm):
    """Begins from what stands there now; what it asks for is what `edit` is given."""

    title: Any = ""
    intro: Any = ""

    def __init__(self, *args: Any, obj: Any, actor: Membership, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, actor=actor, **kwargs)
        for name in self.fields:
            if name not in ("version", "key"):
                self.initial.setdefault(name, _plain(getattr(obj, name)))

    def apply(self) -> None:
        given = self.cleaned_data
        edit(self.obj, by=self.actor, version=given["version"], key=given["key"], **self.details())


def _plain(value: Any) -> Any:
    if isinstance(value, Sealed):
        return value.open()
    return value.pk if isinstance(value, Model) else value


def people_around(case: Any) -> Any:
    """Those of the team and the pupil's school who may answer for something in the case."""
    both = Membership.objects.in_force().filter(
        organisation__in=(case.team_id, case.school_id), stands_in_for=None
    )
    return both.select_related("user").order_by("organisation", "user__first_name", "pk")


def clock_time() -> forms.TimeField:
    return forms.TimeField(
        label=_("Klockan"),
        required=False,
        help_text=_("Till exempel 14:30"),
        error_messages={"invalid": _("Skriv klockslaget så här: 14:30")},
    )


class ByTheirWords(OneOf):
    """One of the case's needs or goals, shown by its own words."""

    def label_from_instance(self, obj: Any) -> str:
        words: str = obj.text.open()
        return words[:80]


def by_their_words(rows: Any, label: Any, empty: Any) -> ByTheirWords:
    return ByTheirWords(rows, label=label, required=False, empty_label=empty)


class ChangePlan(ChangeForm):
    title = _("Planen med elevens ord")
    intro = _("Skriv tillsammans med eleven, så att eleven känner igen sina ord.")
    text = long_text(_("Planen"), rows=10)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.initial["text"]:
            self.initial["text"] = self.obj.case.programme.plan_template


class ChangeNeed(ChangeForm):
    title = _("Ändra behovet")
    text = long_text(_("Vilket behov ser ni?"), rows=3)


class ChangeGoal(ChangeForm):
    title = _("Ändra målet")
    text = long_text(_("Vad vill eleven nå?"), rows=3)
    who = short_text(_("Vem gör vad?"), required=False)
    owner = one_person(_("Vem ansvarar för målet?"), Membership.objects.none())
    due = day(_("Klart till"))
    target = number(_("Vart vill ni nå? 1–10"), low=1, high=10)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.among("owner", people_around(self.obj.case))
        needs = MappedNeed.objects.visible_to(self.actor).filter(
            case=self.obj.case, status=choices.EntryStatus.WRITTEN
        )
        self.fields["need"] = by_their_words(
            needs, _("Vilket behov gäller det?"), _("Inget särskilt")
        )
        self.fields["need"].widget.attrs["class"] = "input"
        self.initial.setdefault("need", self.obj.need_id)


class ChangeIntervention(ChangeForm):
    title = _("Ändra insatsen")
    owner = one_person(_("Vem ansvarar?"), Membership.objects.none())
    weeks = number(_("Hur många veckor?"), low=1, high=104)
    note = long_text(_("Hur gör ni?"), required=False, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.among("owner", people_around(self.obj.case))
        goals = Goal.objects.visible_to(self.actor).filter(
            case=self.obj.case, status=choices.GoalStatus.OPEN
        )
        self.fields["goal"] = by_their_words(
            goals, _("Vilket mål ska det hjälpa till med?"), _("Inget särskilt")
        )
        self.fields["goal"].widget.attrs["class"] = "input"
        self.initial.setdefault("goal", self.obj.goal_id)


class ChangeNote(ChangeForm):
    """A draft as a whole; of a signed note only whether the other side sees it."""

    title = _("Ändra anteckningen")
    kind = choice(_("Vad är det?"), choices.NoteKind.choices)
    on = day(_("Vilken dag?"))
    at = clock_time()
    took_part = short_text(_("Vilka var med?"), required=False)
    text = long_text(_("Anteckning"), rows=8)
    shown_to_other_side = yes(
        _("Visa för den andra sidan"),
        hint=_("Bara så länge familjens samtycke nämner gemensamma möten."),
    )
    hidden_from_guardian = yes(_("Visa inte för vårdnadshavare"))
    hidden_why = short_text(_("Varför inte?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in list(self.fields):
            if name not in ("version", "key", *self.obj.editable):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("hidden_from_guardian") and not cleaned.get("hidden_why"):
            self.add_error("hidden_why", _("Skriv varför den inte visas."))
        return cleaned


class ChangeContact(ChangeForm):
    title = _("Ändra nästa steg")
    next_step = short_text(_("Nästa steg"))
    due = day(_("Senast"))


class ChangeReviewDay(ChangeForm):
    """The day of the next review, never further off than the programme allows."""

    title = _("Ändra dag för nästa uppföljning")
    next_review = day(_("Nästa uppföljning"))

    def clean_next_review(self) -> date:
        chosen: date = self.cleaned_data["next_review"]
        weeks = self.obj.programme.review_weeks
        if chosen < clock.today():
            raise forms.ValidationError(_("Välj ett datum framåt i tiden för nästa uppföljning."))
        if chosen > clock.today() + timedelta(weeks=weeks):
            words = _("Nästa uppföljning ska vara inom %(weeks)s veckor.") % {"weeks": weeks}
            raise forms.ValidationError(words)
        return chosen

    def apply(self) -> None:
        """The day stands on the case; a meeting already booked moves with it."""
        with together(self.obj):
            super().apply()
            for booked in self.obj.reviews.filter(status=choices.ReviewStatus.PLANNED):
                edit(booked, by=self.actor, held_on=self.cleaned_data["next_review"])


# kind of thing → its form
CHANGES: dict[str, type[ChangeForm]] = {
    "plan": ChangePlan,
    "mappedneed": ChangeNeed,
    "goal": ChangeGoal,
    "intervention": ChangeIntervention,
    "note": ChangeNote,
    "outsidecontact": ChangeContact,
    "case": ChangeReviewDay,
}
__all__ = ["CHANGES", "ChangeForm"]
