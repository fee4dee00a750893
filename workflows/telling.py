"""Who is told what, when something has moved: once each, in the transaction that moved it.

Turns are brought up to date first (`receivers`), so that what is told of is how things stand.
"""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.dispatch import receiver

from accounts import clock
from accounts.models import Membership, Role
from collaboration import serving
from collaboration.models import (
    Agreement,
    ContactAssignment,
    ForumAction,
    Interview,
    SurveyRound,
)
from history.door import moved
from history.models import Event, Living
from referrals import invitations
from referrals.choices import Side
from referrals.models import (
    BreakGlass,
    Case,
    Consent,
    Pupil,
    Referral,
    Screening,
    Section,
    Transfer,
)
from workflows import notices
from workflows.extracts import Extract
from workflows.flows import FLOWS
from workflows.models import Following, Turn
from workflows.receivers import chief_of

# What the receiver does with a hand-over, told to the team and the school.
FEEDBACK = ("acknowledge", "start", "not_start", "decline")
# How a part of a mapping comes to be somebody's to write.
GIVEN = ("add", "assign", "cover")


@receiver(moved)
def tell_those_concerned(sender: type[Living], *, obj: Any, event: Event, **kwargs: Any) -> None:
    """Whose turn it has become, the school that gets its answer, and whoever follows the case."""
    if (sender in FLOWS or sender in (Extract, SurveyRound)) and event.source != obj.status:
        kind = ContentType.objects.get_for_model(obj)
        turn = Turn.objects.open().filter(kind=kind, object_id=obj.pk).first()
        told = turn and turn.responsible and turn.responsible != event.actor
        if turn and turn.responsible and told and not _left_by_somebody(obj, event):
            notices.tell_of_turn([turn.responsible], "turn", turn)
    if sender is Transfer and event.move in FEEDBACK:
        case = obj.case
        school = [case.referral.author] if case.referral else []
        notices.tell([case.responsible, *school], "handover", f"handover:{event.pk}", case)
    if sender is Section and obj.side == Side.SCHOOL and event.move in GIVEN:
        notices.tell([obj.owner], "section", f"section:{obj.uuid}:{obj.version}", obj.case)
    if sender is ForumAction and event.move == obj.birth and obj.responsible != event.actor:
        notices.tell([obj.responsible], "promise", f"promise:{event.pk}", obj)
    if sender is Referral and event.move in ("accept", "decline", "return_for_completion"):
        notices.tell([obj.author], "answer", f"answer:{event.pk}", obj)
    if sender is BreakGlass and event.move == obj.birth:
        chiefs = [person for person in (obj.responsible, obj.deputy) if person]
        notices.tell(chiefs, "glass", f"glass:{event.pk}", obj)
    if sender is Case and event.source != obj.status:
        followers = Following.objects.filter(case=obj).select_related("membership__user")
        seeing = [
            row.membership
            for row in followers
            if Case.objects.visible_to(row.membership).filter(pk=obj.pk).exists()
        ]
        notices.tell(seeing, "moved", f"moved:{event.pk}", obj)


@receiver(moved, sender=Agreement)
def tell_the_parties(sender: type[Living], *, obj: Agreement, event: Event, **kwargs: Any) -> None:
    """Who writes a section; those it binds when they may say what they think, and how it goes."""
    if event.move in ("assign_section", "add_section"):
        for section in obj.sections.exclude(owner=None).select_related("owner__user"):
            if section.owner is not None and section.owner != event.actor:
                key = f"section_owner:{section.uuid}:{section.owner_id}"
                notices.tell([section.owner], "section_owner", key, obj)
    codes = {
        "send_for_comment": "agreement_comment",
        "publish": "agreement_holds",
        "terminate": "agreement_ended",
        "run_out": "agreement_ended",
    }
    if code := codes.get(event.move):
        people = Membership.objects.in_force().filter(
            organisation__in=obj.parties.values("organisation"),
            role__in=(Role.PRINCIPAL, Role.DISTRICT, Role.MANAGER),
        )
        actor = event.actor
        to = people.exclude(pk=actor.pk) if isinstance(actor, Membership) else people
        notices.tell(to, code, f"{code}:{event.pk}", obj)


@receiver(moved, sender=Screening)
def tell_the_schools(sender: type[Living], *, obj: Screening, event: Event, **kwargs: Any) -> None:
    """Every school the team works with is told when it meets, moves or is called off."""
    codes = {"plan": "screening", "move_to": "screening_moved", "cancel": "screening_off"}
    if code := codes.get(event.move):
        staff = Membership.objects.in_force().filter(
            organisation__in=serving.served_by(obj.team), role__in=(Role.SCHOOL, Role.PRINCIPAL)
        )
        notices.tell(staff, code, f"{code}:{event.pk}", obj)


def _left_by_somebody(obj: Any, event: Event) -> bool:
    """A post the clock empties: whoever leads is told once of all that the person held."""
    return isinstance(obj, ContactAssignment) and event.move == "vacate" and not event.membership_id


@receiver(moved, sender=ContactAssignment)
def tell_those_who_answer_for_the_school(
    sender: type[Living], *, obj: ContactAssignment, event: Event, **kwargs: Any
) -> None:
    """Whoever is named by somebody else; the leader of another team whose post it was; and, once
    for all they held, the leader of somebody who is gone."""
    if event.move == obj.birth and obj.person is not None:
        if obj.person_id != event.membership_id:
            notices.tell([obj.person], "named", f"named:{obj.uuid}", obj)
        before = obj.predecessor
        if before is not None and before.team_id != obj.team_id:
            leader = serving.manager_of(before.team)
            notices.tell(_in_order({leader}), "taken_over", f"taken_over:{obj.uuid}", obj)
    if _left_by_somebody(obj, event):
        key = f"posts_left:{obj.person_id}:{clock.today()}"
        leader = serving.manager_of(obj.team)
        notices.tell_of_page(_in_order({leader}), "posts_left", key, "contacts")


@receiver(moved, sender=ContactAssignment)
def tell_the_school(
    sender: type[Living], *, obj: ContactAssignment, event: Event, **kwargs: Any
) -> None:
    """Everyone at the school is told who is named, and when the post is empty: in the same breath."""
    codes = {
        "announce": "contact",
        "remind": "contact",
        "vacate": "vacant",
        "open_vacancy": "vacant",
    }
    if code := codes.get(event.move):
        staff = Membership.objects.in_force().filter(organisation=obj.school_id)
        notices.tell(staff, code, f"{code}:{event.pk}", obj)


@receiver(moved, sender=Interview)
def tell_who_asks(sender: type[Living], *, obj: Interview, event: Event, **kwargs: Any) -> None:
    """Whoever asks the person tells them the new day, and so does whoever holds it."""
    if event.move == "move_to":
        to = {obj.asker, obj.interviewer} - {event.membership}
        notices.tell(_in_order(to), "interview", f"interview:{event.pk}", obj)


def _in_order(people: set[Membership | None]) -> list[Membership]:
    return sorted((one for one in people if one), key=lambda one: one.pk)


@receiver(moved)
def tell_those_who_answer(sender: type[Living], *, obj: Any, event: Event, **kwargs: Any) -> None:
    """The principal or unit manager whose word is waited for: today, or when they can."""
    if sender is Referral and obj.needs_protection and event.move != "submit":
        to = {obj.author, chief_of(obj.school)}
        notices.tell(_in_order(to), "protect", f"protect:{obj.uuid}", obj)
    if sender is Case and event.move in ("propose_team", "agree_team"):
        asked = obj.next_team if event.move == "propose_team" else obj.team
        to = {chief_of(asked)}
        notices.tell(_in_order(to), "team", f"team:{event.pk}", obj)
    if sender is Pupil and event.move == "report_in_error":
        to = {chief_of(obj.school), chief_of(obj.team)}
        notices.tell(_in_order(to), "in_error", f"error:{event.pk}", obj)


@receiver(moved, sender=Consent)
def ask_the_family(sender: type[Living], *, obj: Consent, event: Event, **kwargs: Any) -> None:
    """A reminder reaches those who have not answered, each by a link of their own."""
    if event.move == "remind" and not obj.pupil.protected:
        for line in obj.lines.filter(status="waiting"):
            invitations.remind_within(line)
