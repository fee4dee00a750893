"""What people hold of the collaboration, and how each is handed on: no pupil, so administrators decide."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import CLOCK, Actor, Membership, Organisation, Role
from collaboration import calling
from collaboration.choices import (
    COMING,
    COMING_CONTACT,
    OPEN_AGREEMENT,
    OPEN_MEETING,
    ActionStatus,
    ContactStatus,
    FundingStatus,
    Gone,
    InterviewStatus,
    MaterialStatus,
    RoundStatus,
    Why,
)
from collaboration.models import (
    Agreement,
    AgreementSection,
    ContactAssignment,
    Forum,
    ForumAction,
    ForumMeeting,
    FundingApplication,
    Interview,
    SupportMaterial,
    SurveyRound,
)
from history.door import begin, perform
from history.holdings import Holding, register

LEAD = (Role.DISTRICT, Role.MANAGER, Role.PRINCIPAL, Role.CENTRAL)


def meanwhile(side: Organisation, gone: Membership, *first: Membership | None) -> Membership | None:
    """Who has it meanwhile: the first of those named who is still there, else whoever leads, there
    or in the organisation that took over."""
    for person in first:
        if person is not None and person.pk != gone.pk and person.in_force:
            return person
    there = Membership.objects.in_force().filter(organisation=side.heir, role__in=LEAD)
    return there.exclude(pk=gone.pk).filter(stands_in_for=None).order_by("pk").first()


def _held(key: str, label: Any, rows: Any, post: str, side: Any, *, must: bool = True) -> None:
    """Register what is handed on by the model's own `cover` and `hand_on` (handing.py).

    `must`: somebody always holds it, so it stays with whoever left until somebody else is there.
    """

    def cover(obj: Any, gone: Membership) -> Membership | None:
        keeper = meanwhile(side(obj), gone, getattr(obj, "deputy", None) if must else None)
        if keeper is not None or not must:
            perform(obj.cover, by=CLOCK, to=keeper, post=post)
        return keeper

    def hand_on(obj: Any, to: Membership, by: Actor) -> None:
        perform(obj.hand_on, by=by, to=to, post=post)

    def follow(obj: Any, own: Membership) -> None:
        perform(obj.cover, by=CLOCK, to=own, post=post)

    register(
        Holding(
            key,
            label,
            rows,
            post,
            lambda obj: side(obj).heir,
            cover,
            hand_on,
            pupils=False,
            reference=lambda obj: str(obj),
            follow=follow,
        )
    )


def _agreements() -> Any:
    return Agreement.objects.filter(status__in=OPEN_AGREEMENT)


_held(
    "agreement.responsible",
    _("Ansvarig för överenskommelse"),
    _agreements,
    "responsible",
    lambda agreement: agreement.district,
)
_held(
    "agreement.deputy",
    _("Ersättare för överenskommelse"),
    _agreements,
    "deputy",
    lambda agreement: agreement.district,
    must=False,
)
_held(
    "meeting.convener",
    _("Sammankallande till möte"),
    lambda: ForumMeeting.objects.filter(status__in=OPEN_MEETING),
    "convener",
    lambda meeting: meeting.forum.district,
)
_held(
    "action.responsible",
    _("Uppgift från forum"),
    lambda: ForumAction.objects.filter(status=ActionStatus.OPEN).exclude(responsible=None),
    "responsible",
    lambda action: action.done_at,
    must=False,
)
_held(
    "material.owner",
    _("Ansvarig för stödmaterial"),
    lambda: SupportMaterial.objects.exclude(status=MaterialStatus.RETIRED),
    "owner",
    lambda material: material.owner.organisation,
)
_held(
    "survey.responsible",
    _("Ansvarig för enkät"),
    lambda: SurveyRound.objects.filter(
        status__in=(RoundStatus.DRAFT, RoundStatus.OPEN, RoundStatus.CLOSED)
    ),
    "responsible",
    lambda survey: survey.responsible.organisation,
)
_held(
    "application.responsible",
    _("Ansvarig för ansökan om medel"),
    lambda: FundingApplication.objects.filter(
        status__in=(FundingStatus.DRAFT, FundingStatus.SUBMITTED, FundingStatus.GRANTED)
    ),
    "responsible",
    lambda application: application.district.heir,
)


def _interviews() -> Any:
    open_ones = (InterviewStatus.PLANNED, InterviewStatus.HELD)
    return Interview.objects.filter(status__in=open_ones)


_held(
    "interview.interviewer",
    _("Intervju att hålla"),
    _interviews,
    "interviewer",
    lambda interview: interview.interviewer.organisation,
)
_held(
    "interview.asker",
    _("Fråga om att bli intervjuad"),
    lambda: _interviews().filter(asker__isnull=False, permitted_on=None),
    "asker",
    lambda interview: interview.asker.organisation,
)


# A school's contact person: the post is empty at once, the school is told, and whoever is named
# next is told of to the school again, as always.


def _leave_post(row: ContactAssignment, gone: Membership) -> Membership | None:
    before = row.predecessor
    stands_in = row.cover()
    if row.status == ContactStatus.ACTIVE:
        perform(row.vacate, by=CLOCK, gone=Gone.LEFT)
    else:
        if before is not None and before.status == ContactStatus.ACTIVE:
            stands_in = before
        perform(row.withdraw, by=CLOCK, why=str(_("Den som var utsedd har slutat.")))
    return stands_in.person if isinstance(stands_in, ContactAssignment) else stands_in


def _number_of(row: ContactAssignment, to: Membership) -> str:
    """The successor's own number from a post they hold, else the post's."""
    own = calling.own_post(to)
    return own.phone if own else row.phone


def _name_next(row: ContactAssignment, to: Membership, by: Actor, phone: str = "") -> None:
    """Name the successor at the same post, with what is known of how the work is done."""
    coming = ContactAssignment.objects.filter(
        school=row.school_id, post=row.post, status__in=(*COMING_CONTACT, ContactStatus.ACTIVE)
    )
    there = coming.exclude(pk=row.pk).exclude(person=row.person_id).first()
    if there is not None and there.person_id == to.pk:
        return
    if there is not None:
        words = _("%(school)s har redan fått en ny: %(who)s. Välj den personen.")
        raise ValidationError(
            words % {"school": row.school, "who": there.person.name if there.person else ""}
        )
    begin(
        ContactAssignment(
            school=row.school,
            team=row.team,
            post=row.post,
            person=to,
            why=Why.CHANGE,
            phone=phone or _number_of(row, to),
            email=to.user.email,
            hours=row.hours,
            helps_with=row.helps_with,
            handover=row.handover,
            told_at=row.told_at,
        ),
        by=by,
    )


register(
    Holding(
        "contact.person",
        _("Kontaktperson för skola"),
        lambda: ContactAssignment.objects.filter(
            status__in=(*COMING_CONTACT, ContactStatus.ACTIVE), person__isnull=False
        ),
        "person",
        lambda row: row.team,
        _leave_post,
        _name_next,
        pupils=False,
        reference=lambda row: str(row),
        telephone=lambda row: row.phone,
    )
)


# A section somebody was to write, and a forum somebody calls: neither has a machine of its own.


def _leave_section(section: AgreementSection, gone: Membership) -> Membership | None:
    """The district manager writes it meanwhile, as always where nobody is named."""
    agreement = section.agreement
    perform(agreement.assign_section, by=CLOCK, section=section, owner=None)
    return meanwhile(agreement.district, gone, agreement.responsible)


def _keep_section(section: AgreementSection, own: Membership) -> None:
    perform(section.agreement.assign_section, by=CLOCK, section=section, owner=own)


def _give_section(section: AgreementSection, to: Membership, by: Actor) -> None:
    perform(section.agreement.assign_section, by=by, section=section, owner=to)


register(
    Holding(
        "section.owner",
        _("Avsnitt i överenskommelse"),
        lambda: AgreementSection.objects.filter(
            agreement__status__in=COMING, owner__isnull=False
        ).select_related("agreement"),
        "owner",
        lambda section: section.agreement.district.heir,
        _leave_section,
        _give_section,
        pupils=False,
        reference=lambda section: str(section),
        follow=_keep_section,
    )
)


def _call(forum: Forum, person: Membership) -> None:
    """The one setting of a forum that follows a person; the vacancy's own events say why."""
    forum.convener = person
    forum.save(update_fields=["convener"])


def _leave_forum(forum: Forum, gone: Membership) -> Membership | None:
    keeper = meanwhile(forum.convener.organisation, gone) or meanwhile(forum.district, gone)
    if keeper is not None:
        _call(forum, keeper)
    return keeper


register(
    Holding(
        "forum.convener",
        _("Sammankallande för forum"),
        lambda: Forum.objects.filter(active=True),
        "convener",
        lambda forum: forum.district.heir,
        _leave_forum,
        lambda forum, to, by: _call(forum, to),
        pupils=False,
        reference=lambda forum: str(forum),
        follow=_call,
    )
)
