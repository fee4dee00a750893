"""What an actor may see, as conditions: the one place where consent, role and side meet.

Every `visible_to` of this room is built from these. They name related rows by their lookup
paths, so that no model need be imported here. What they mean is design section 5.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from accounts.models import Actor, Clock, Membership, Role
from accounts.prepared import Moment
from referrals.choices import (
    Category,
    ConsentStatus,
    EntryStatus,
    PupilStatus,
    Purpose,
    TransferStatus,
)

NOBODY = Q(pk__in=())
SCHOOL_ROLES = (Role.SCHOOL, Role.PRINCIPAL)
TEAM_ROLES = (Role.TEAM, Role.MANAGER)
# A team keeps what a consent once brought it when the case was closed under it; what is
# withdrawn or has expired is closed to it.
KEPT = (ConsentStatus.ACTIVE, ConsentStatus.ENDED)
HANDED_OVER = (TransferStatus.OFFERED, TransferStatus.ACKNOWLEDGED, TransferStatus.STARTED)


def selves(actor: Membership) -> list[int]:
    """The memberships the actor acts as: their own, and the one they stand in for."""
    return [pk for pk in (actor.pk, actor.stands_in_for_id) if pk]


def unprotected(actor: Membership, pupil: str) -> Q:
    """Not protected, or the actor registered the pupil or holds the right to see them; and neither
    disposed of nor entered in error: then there is nothing for anybody to read."""
    mine = Q(**{f"{pupil}registered_by__in": selves(actor)})
    given = Q(
        **{
            f"{pupil}rights__holder__in": selves(actor),
            f"{pupil}rights__status": "given",
        }
    )
    there = Q(**{f"{pupil}status": PupilStatus.CURRENT})
    return there & (Q(**{f"{pupil}protection": "none"}) | mine | given)


def consented(
    path: str, *, side: str, organisation: int, statuses: tuple[str, ...], category: str = ""
) -> Q:
    """A main consent, reached by `path`, that names this organisation and this category, or any."""
    names = {
        f"{path}__purpose": Purpose.SUPPORT,
        f"{path}__status__in": statuses,
        f"{path}__{side}": organisation,
    }
    if category:
        names[f"{path}__categories__contains"] = f" {category} "
    return Q(**names)


def of_case(path: str, **how: Any) -> Q:
    """The same, of a case: asked for with its referral, with one joined to it, or by the team."""
    ways = ("referral__consents", "joined__consents", "own_consents")
    found = Q()
    for way in ways:
        found |= consented(f"{path}{way}", **how)
    return found


def named_in(actor: Membership, case: str) -> Q:
    """Responsible, deputy or named participant of the case."""
    own = selves(actor)
    return (
        Q(**{f"{case}responsible__in": own})
        | Q(**{f"{case}deputy__in": own})
        | Q(**{f"{case}participants__membership__in": own, f"{case}participants__status": "named"})
    )


def broken_in(actor: Membership, case: str) -> Q:
    """Opened by the actor in an emergency, and the time is not over: like somebody named in it."""
    return Q(
        **{
            f"{case}glasses__by": actor.pk,
            f"{case}glasses__stopped": False,
            f"{case}glasses__until__gt": Moment(),
        }
    )


Rows = TypeVar("Rows", bound=QuerySet[Any])


def without_emergencies(rows: Rows, actor: Actor, case: str, *, school: bool = False) -> Rows:
    """Of these rows, what the actor may also write in: an emergency opens a case for reading only.

    `school`: only the school's own people see such rows by an emergency; a team sees them anyway.
    """
    if not isinstance(actor, Membership) or (school and actor.role != Role.SCHOOL):
        return rows
    opened = rows.model._default_manager.filter(broken_in(actor, case))
    return rows.exclude(pk__in=opened.values("pk"))


def own_cases(actor: Membership, case: str = "") -> Q:
    """Cases of the actor's own team that are open to them in full: enrolled, and theirs."""
    theirs = Q(**{f"{case}team": actor.organisation_id, f"{case}enrolled__isnull": False})
    reads = named_in(actor, case) | broken_in(actor, case)
    return theirs & reads & unprotected(actor, f"{case}pupil__")


def direct_cases(actor: Membership, case: str = "") -> Q:
    """Cases the actor's team began itself: whom they are about is the team's own, for those named."""
    ours = Q(**{f"{case}team": actor.organisation_id, f"{case}referral": None})
    begun = ours & Q(**{f"{case}pupil__team": actor.organisation_id})
    return begun & named_in(actor, case) & unprotected(actor, f"{case}pupil__")


def shared_with_school(actor: Membership, category: str, case: str = "") -> Q:
    """Cases of the actor's school of which an active consent names this category."""
    how = {
        "side": "names_school",
        "organisation": actor.organisation_id,
        "category": category,
        "statuses": (ConsentStatus.ACTIVE,),
    }
    return at_school(actor, case) & of_case(case, **how) & unprotected(actor, f"{case}pupil__")


def at_school(actor: Membership, case: str = "") -> Q:
    """Cases the actor's school knows of: all for the principal, else those they wrote or are named on.

    The school knows of what its own referral began. Of a pupil who has moved there, or whose case
    the team began itself, it is told nothing until a consent names it.
    """
    own = Q(**{f"{case}referral__school": actor.organisation_id})
    told = of_case(
        case,
        side="names_school",
        organisation=actor.organisation_id,
        statuses=(ConsentStatus.ACTIVE,),
    )
    here = Q(**{f"{case}school": actor.organisation_id}) & (own | told)
    if actor.role == Role.PRINCIPAL:
        return here
    me = selves(actor)
    wrote = Q(**{f"{case}referral__author__in": me}) | Q(**{f"{case}referral__colleague__in": me})
    takes_part = Q(
        **{f"{case}participants__membership__in": me, f"{case}participants__status": "named"}
    )
    return here & (wrote | takes_part | broken_in(actor, case))


def case_parts(actor: Actor, category: str, *, manager: bool, case: str = "case__") -> Q:
    """What belongs to a case and can be shared with the school under one category.

    `manager`: whether the unit manager needs it for a decision.
    """
    if isinstance(actor, Clock):
        return Q()
    if not isinstance(actor, Membership):
        return NOBODY
    if actor.role == Role.TEAM:
        return own_cases(actor, case)
    if actor.role == Role.MANAGER:
        here = Q(**{f"{case}team": actor.organisation_id, f"{case}enrolled__isnull": False})
        seen = here & unprotected(actor, f"{case}pupil__") if manager else NOBODY
        return seen | own_cases(actor, case)
    if actor.role in SCHOOL_ROLES and category:
        return shared_with_school(actor, category, case)
    return NOBODY


def pupils(actor: Actor) -> Q:
    """Whose identity the actor may know."""
    if not isinstance(actor, Membership):
        return NOBODY
    current = Q(status="current") & unprotected(actor, "")
    own = selves(actor)
    if actor.role == Role.PRINCIPAL:
        told = consented(
            "cases__own_consents",
            side="names_school",
            organisation=actor.organisation_id,
            statuses=(ConsentStatus.ACTIVE,),
        )
        return current & Q(school=actor.organisation_id) & (Q(team=None) | told)
    if actor.role == Role.SCHOOL:
        wrote = Q(referrals__author__in=own) | Q(referrals__colleague__in=own)
        part = Q(cases__participants__membership__in=own, cases__participants__status="named")
        known = Q(registered_by__in=own) | wrote | part | broken_in(actor, "cases__")
        return current & Q(school=actor.organisation_id) & known
    if actor.role in TEAM_ROLES:
        ours = own_cases(actor, "cases__") | direct_cases(actor, "cases__")
        return current & (ours | Q(registered_by__in=own))
    if actor.role == Role.RECEIVER:
        return current & Q(
            cases__transfers__receiver=actor.organisation_id,
            cases__transfers__status__in=HANDED_OVER,
        )
    return NOBODY


def contacts(actor: Membership) -> Q:
    """Guardians who have said "the team may contact me", to responsible and deputy only."""
    own = selves(actor)
    asked = {
        "lines__consent__purpose": Purpose.CONTACT,
        "lines__consent__status": ConsentStatus.ACTIVE,
        "lines__status": "signed",
    }
    in_case = Q(lines__consent__referral__case__responsible__in=own) | Q(
        lines__consent__referral__case__deputy__in=own
    )
    before = Q(lines__consent__referral__responsible__in=own) | Q(
        lines__consent__referral__deputy__in=own
    )
    return Q(**asked) & Q(pupil__protection="none") & (in_case | before)


def referral_in_full(actor: Membership, referral: str = "") -> Q:
    """Referrals whose content a team member may read: a consent opens them, and the case is theirs."""
    named = consented(
        f"{referral}consents",
        side="names_team",
        organisation=actor.organisation_id,
        category=Category.REFERRAL,
        statuses=KEPT,
    )
    return named & own_cases(actor, f"{referral}case__")


def not_in_error(path: str = "") -> Q:
    return ~Q(**{f"{path}status": EntryStatus.IN_ERROR})
