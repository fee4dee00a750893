"""What of the collaboration is open at an organisation that is to be closed or merged, and how it goes over."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from accounts import following
from accounts.models import CLOCK, Kind, Organisation
from accounts.standing import Standing, tell
from collaboration.choices import (
    COMING_CONTACT,
    IN_FORCE,
    OPEN_AGREEMENT,
    OPEN_CONTACT,
    OPEN_FUNDING,
    OPEN_MEETING,
    ActionStatus,
    ContactStatus,
    RoundStatus,
    Why,
)
from collaboration.models import (
    Agreement,
    ContactAssignment,
    Forum,
    ForumAction,
    ForumMeeting,
    FundingApplication,
    FundingSchool,
    SurveyRound,
)
from history.door import begin, perform


def agreements(place: Organisation) -> QuerySet[Any]:
    """Open ones of the district, and those under way or in force that name it as a party."""
    bound = Agreement.objects.filter(parties__organisation=place, parties__until=None)
    here = Q(district=place) | Q(pk__in=bound.values("pk"))
    return Agreement.objects.filter(here, status__in=OPEN_AGREEMENT)


def follow_agreements(old: Organisation, new: Organisation, on: date) -> None:
    """The successor stands where the old one stood; those in force first, so that the versions
    under way follow them."""
    rows = sorted(agreements(old), key=lambda one: (one.status not in IN_FORCE, one.pk))
    for agreement in rows:
        try:
            perform(agreement.follow_organisation, by=CLOCK, old=old, new=new)
        except ValidationError as error:
            raise ValidationError({"agreements": error.messages}) from error


def contacts(place: Organisation) -> QuerySet[Any]:
    """Posts at the school, or held by the team; a school's vacancy closes with the school."""
    open_ones = ContactAssignment.objects.filter(status__in=OPEN_CONTACT)
    return open_ones.filter(Q(school=place) | Q(team=place)).order_by("pk")


def follow_contacts(old: Organisation, new: Organisation, on: date) -> None:
    for row in contacts(old).select_related("person__user", "school", "team"):
        if row.school_id == old.pk:
            _close_post(row, new, on)
        else:
            _follow_team(row, new)


def _close_post(row: ContactAssignment, new: Organisation, on: date) -> None:
    """The school's post ends; the school that takes over keeps its own contact, or gets this one."""
    there = ContactAssignment.objects.filter(school=new, post=row.post)
    has = there.filter(status__in=(*COMING_CONTACT, ContactStatus.ACTIVE), person__isnull=False)
    perform(row.close_with_school, by=CLOCK, on=on)
    if row.person is None or row.status == ContactStatus.VACANT or has.exists():
        return
    known = ("phone", "email", "hours", "helps_with", "handover", "told_at")
    begin(
        ContactAssignment(
            school=new,
            team=row.team,
            post=row.post,
            person=row.person,
            why=Why.NEW,
            **{name: getattr(row, name) for name in known},
        ),
        by=CLOCK,
    )


def _follow_team(row: ContactAssignment, new: Organisation) -> None:
    """The same person, now in the new team, whose work this is from today."""
    person = row.person
    if person is not None and new.kind == Kind.TEAM and person.in_force:
        person = following.role_in(person, new)
    perform(row.follow_team, by=CLOCK, team=new, person=person)


def forums(place: Organisation) -> QuerySet[Any]:
    return Forum.objects.filter(district=place, active=True)


def follow_forums(old: Organisation, new: Organisation, on: date) -> None:
    """They meet on in the new district; where it has one of the same name, the old one's is added."""
    for forum in Forum.objects.filter(district=old):
        if Forum.objects.filter(district=new, level=forum.level, name=forum.name).exists():
            forum.name = f"{forum.name}, {old.name}"[:100]
        forum.district = new
        forum.save(update_fields=["district", "name"])


def actions(place: Organisation) -> QuerySet[Any]:
    return ForumAction.objects.filter(organisation=place, status=ActionStatus.OPEN)


def follow_actions(old: Organisation, new: Organisation, on: date) -> None:
    for action in actions(old).order_by("pk"):
        perform(action.follow_organisation, by=CLOCK, new=new)


def meetings(place: Organisation) -> QuerySet[Any]:
    """Meetings not written up yet, of forums that have been closed."""
    left = ForumMeeting.objects.filter(forum__district=place, forum__active=False)
    return left.filter(status__in=OPEN_MEETING)


def money(place: Organisation) -> QuerySet[Any]:
    of_its_schools = FundingSchool.objects.filter(school=place).values("application")
    here = Q(district=place) | Q(pk__in=of_its_schools)
    return FundingApplication.objects.filter(here, status__in=OPEN_FUNDING)


def follow_money(old: Organisation, new: Organisation, on: date) -> None:
    """What was sought stays that district's and is read and reported by its heir, where whoever
    answers for it works from today; a school goes on as the one that follows it."""
    for application in money(old).select_related("responsible__user").order_by("pk"):
        person = application.responsible
        if application.district_id == old.pk and person.in_force:
            person = following.role_in(person, new)
        more = {"old": old, "new": new, "responsible": person}
        perform(application.follow_organisation, by=CLOCK, **more)


def surveys(place: Organisation) -> QuerySet[Any]:
    under_way = (RoundStatus.DRAFT, RoundStatus.OPEN, RoundStatus.CLOSED)
    return SurveyRound.objects.filter(district=place, status__in=under_way)


tell(
    Standing(
        "agreements",
        gettext_lazy("Överenskommelser som binder den"),
        lambda o: agreements(o).count(),
        follow_agreements,
        apart=True,
    )
)
tell(
    Standing(
        "contacts",
        gettext_lazy("Uppdrag som kontaktperson eller ersättare"),
        lambda o: contacts(o).count(),
        follow_contacts,
        apart=True,
    )
)
tell(
    Standing(
        "actions",
        gettext_lazy("Uppgifter från forum"),
        lambda o: actions(o).count(),
        follow_actions,
        apart=True,
    )
)
tell(
    Standing(
        "forums",
        gettext_lazy("Forum och möten som inte är klara"),
        lambda o: forums(o).count() + meetings(o).count(),
        follow_forums,
    )
)
tell(
    Standing(
        "money",
        gettext_lazy("Ansökningar om medel på väg"),
        lambda o: money(o).count(),
        follow_money,
        apart=True,
    )
)
tell(Standing("surveys", gettext_lazy("Enkäter på väg"), lambda o: surveys(o).count()))
