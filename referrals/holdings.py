"""What people hold of pupils' paths, and how each is handed on: always one move through the door."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import CLOCK, Actor, Membership, Organisation
from history.door import begin, edit, perform
from history.holdings import Holding, register, second, stand_in
from referrals.choices import (
    OPEN_CASE,
    OPEN_CONCERN,
    OPEN_CONTACT,
    OPEN_REFERRAL,
    OPEN_TRANSFER,
    WAITING_CONSENT,
    CaseStatus,
    ParticipantStatus,
    ScreeningStatus,
)
from referrals.models import (
    Case,
    ConcernReport,
    Consent,
    OutsideContact,
    Participant,
    ProtectionRight,
    Referral,
    Screening,
    Section,
    Transfer,
)
from referrals.models.protection import RightStatus


def _cover_pair(obj: Any, gone: Membership, side: Organisation) -> Membership | None:
    """Deputy, else leader, answers; a second person is named beside."""
    responsible = stand_in(side, gone, obj.responsible, obj.deputy)
    if responsible is None:
        return None
    deputy = second(side, gone, responsible, obj.deputy)
    perform(obj.cover, by=CLOCK, responsible=responsible, deputy=deputy)
    return responsible if obj.responsible_id == gone.pk else deputy


def _pair(key: str, label: Any, deputy_label: Any, model: Any, statuses: Any, side: Any) -> None:
    """Register responsible and deputy of one kind of thing."""

    def rows() -> Any:
        return model.objects.filter(status__in=statuses).exclude(responsible=None)

    def cover(obj: Any, gone: Membership) -> Membership | None:
        return _cover_pair(obj, gone, side(obj))

    def as_responsible(obj: Any, to: Membership, by: Actor) -> None:
        """The successor answers; whoever did meanwhile is their deputy, as before."""
        deputy = second(side(obj), to, to, obj.responsible, obj.deputy)
        perform(obj.hand_on, by=by, responsible=to, deputy=deputy)

    def as_deputy(obj: Any, to: Membership, by: Actor) -> None:
        responsible = stand_in(side(obj), to, obj.responsible, obj.deputy) or to
        perform(obj.hand_on, by=by, responsible=responsible, deputy=to)

    shared = {"rows": rows, "side": side, "cover": cover, "reference": _reference}
    register(
        Holding(f"{key}.responsible", label, field="responsible", hand_on=as_responsible, **shared)
    )
    register(Holding(f"{key}.deputy", deputy_label, field="deputy", hand_on=as_deputy, **shared))


def _reference(obj: Any) -> str:
    if hasattr(obj, "reference"):
        return str(obj.reference)
    matter = obj.matter if isinstance(obj, Consent) else getattr(obj, "case", None)
    return matter.reference if matter else ""


_pair(
    "case",
    _("Ansvarig för ärende"),
    _("Ersättare i ärende"),
    Case,
    OPEN_CASE,
    lambda case: case.team,
)
_pair(
    "referral",
    _("Ansvarig för remiss"),
    _("Ersättare för remiss"),
    Referral,
    OPEN_REFERRAL,
    lambda referral: referral.team,
)
_pair(
    "consent",
    _("Ansvarig för fråga om samtycke"),
    _("Ersättare för fråga om samtycke"),
    Consent,
    WAITING_CONSENT,
    lambda consent: consent.asker,
)
_pair(
    "transfer",
    _("Ansvarig för överlämning"),
    _("Ersättare för överlämning"),
    Transfer,
    OPEN_TRANSFER,
    lambda transfer: transfer.team,
)


def _at_school() -> Any:
    """Referrals the school still has to do with: not sent, under way, or with an open case of a
    pupil who still goes there, or whose family the school has yet to ask."""
    here = Q(case__school=F("school")) | Q(case__status=CaseStatus.AWAITING_CONSENT)
    under_way = Q(status__in=("draft", *OPEN_REFERRAL)) | Q(case__status__in=OPEN_CASE) & here
    return Referral.objects.filter(under_way)


def _cover_at_school(referral: Referral, gone: Membership) -> Membership | None:
    keeper = stand_in(referral.school, gone)
    if keeper is not None:
        perform(referral.name_colleague, by=CLOCK, colleague=keeper)
    return keeper


def _name_colleague(referral: Referral, to: Membership, by: Actor) -> None:
    perform(referral.name_colleague, by=by, colleague=to)


register(
    Holding(
        "referral.author",
        _("Skolans kontakt för remiss"),
        # Where a colleague is named, that one answers already.
        lambda: _at_school().filter(Q(colleague=None) | Q(colleague=F("author"))),
        "author",
        lambda referral: referral.school,
        _cover_at_school,
        _name_colleague,
    )
)
register(
    Holding(
        "referral.colleague",
        _("Skolans andra kontakt för remiss"),
        _at_school,
        "colleague",
        lambda referral: referral.school,
        _cover_at_school,
        _name_colleague,
    )
)


def _cover_receiver(transfer: Transfer, gone: Membership) -> Membership | None:
    """The receiver's desk has no leader: any colleague there sees it and may take it."""
    there = Membership.objects.in_force().filter(organisation=transfer.receiver)
    keeper = there.exclude(pk=gone.pk).order_by("pk").first()
    perform(transfer.name_person, by=CLOCK, person=keeper)
    return keeper


def _cover_contact(contact: OutsideContact, gone: Membership) -> Membership | None:
    keeper = stand_in(contact.organisation, gone, contact.case.responsible, contact.case.deputy)
    if keeper is not None:
        perform(contact.cover, by=CLOCK, responsible=keeper)
    return keeper


def _cover_concern(report: ConcernReport, gone: Membership) -> Membership | None:
    keeper = stand_in(report.reporters, gone, report.deputy)
    if keeper is not None:
        perform(report.cover, by=CLOCK, reporter=keeper)
    return keeper


def _cover_participant(participant: Participant, gone: Membership) -> Membership | None:
    """Nobody takes part in somebody's stead: the place is empty until a new one is named."""
    perform(participant.leave, by=CLOCK)
    return None


def _name_participant(participant: Participant, to: Membership, by: Actor) -> None:
    profession = to.profession or participant.profession
    new = Participant(case=participant.case, membership=to, profession=profession)
    begin(new, by=by)


def _cover_section(section: Section, gone: Membership) -> Membership | None:
    keeper = stand_in(section.organisation, gone)
    if keeper is not None:
        perform(section.cover, by=CLOCK, owner=keeper)
    return keeper


def _end_right(right: ProtectionRight, gone: Membership) -> Membership | None:
    perform(right.end, by=CLOCK)
    return None


register(
    Holding(
        "transfer.person",
        _("Mottagare av överlämning"),
        lambda: Transfer.objects.filter(status__in=OPEN_TRANSFER),
        "receiver_person",
        lambda transfer: transfer.receiver,
        _cover_receiver,
        lambda transfer, to, by: _done(perform(transfer.name_person, by=by, person=to)),
        reference=_reference,
    )
)
register(
    Holding(
        "outside.responsible",
        _("Kontakt med annan part"),
        lambda: OutsideContact.objects.filter(status__in=OPEN_CONTACT),
        "responsible",
        lambda contact: contact.organisation,
        _cover_contact,
        lambda contact, to, by: _done(edit(contact, by=by, responsible=to)),
        reference=_reference,
    )
)
register(
    Holding(
        "concern.reporter",
        _("Återkoppling på orosanmälan"),
        lambda: ConcernReport.objects.filter(status__in=OPEN_CONCERN),
        "reporter",
        lambda report: report.reporters,
        _cover_concern,
        lambda report, to, by: _done(perform(report.hand_on, by=by, reporter=to)),
        reference=lambda report: "",
    )
)
register(
    Holding(
        "mapping.owner",
        _("Del av kartläggningen"),
        lambda: Section.objects.awaited(),
        "owner",
        lambda section: section.organisation,
        _cover_section,
        lambda section, to, by: _done(perform(section.cover, by=by, owner=to)),
        reference=_reference,
    )
)
register(
    Holding(
        "participant",
        _("Deltagare i ärende"),
        lambda: Participant.objects.filter(
            status=ParticipantStatus.NAMED, case__status__in=OPEN_CASE
        ),
        "membership",
        lambda participant: participant.case.team,
        _cover_participant,
        _name_participant,
        reference=_reference,
    )
)


def _cover_screening(screening: Screening, gone: Membership) -> Membership | None:
    keeper = stand_in(screening.team, gone)
    if keeper is not None:
        perform(screening.cover, by=CLOCK, responsible=keeper)
    return keeper


register(
    Holding(
        "screening.responsible",
        _("Gemensam genomgång"),
        lambda: Screening.objects.filter(status=ScreeningStatus.PLANNED),
        "responsible",
        lambda screening: screening.team,
        _cover_screening,
        lambda screening, to, by: _done(perform(screening.hand_on, by=by, responsible=to)),
        reference=lambda screening: date_format(screening.on, "j F Y"),
    )
)
register(
    Holding(
        "protection",
        _("Rätt till skyddat ärende"),
        lambda: ProtectionRight.objects.filter(
            status__in=(RightStatus.PROPOSED, RightStatus.GIVEN)
        ),
        "holder",
        lambda right: right.organisation,
        _end_right,
        None,
        reference=lambda right: "",
    )
)


def _done(event: object) -> None:
    """The move was made; what it returned is nobody's concern here."""
