"""Whom an actor speaks for in the collaboration. There are no pupils here, so no consent is asked."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.models import Membership, Role

SCHOOL_ROLES = (Role.SCHOOL, Role.PRINCIPAL)
TEAM_ROLES = (Role.TEAM, Role.MANAGER)
# These read the whole collaboration, of every district (design section 5).
OVERVIEW = (Role.CENTRAL, Role.ADMIN)
# How many mergers back something is looked for: more than an organisation lives through.
STEPS_BACK = 3


def sides(actor: Membership) -> list[int]:
    """The organisations the actor speaks for: their own, and for a team the district it lies in."""
    own = [actor.organisation_id]
    if actor.role in TEAM_ROLES and actor.organisation.parent_id:
        own.append(actor.organisation.parent_id)
    return own


def inherited(path: str, *owners: int | None) -> Q:
    """It is of one of these organisations, or of one they have followed, step by step.

    A condition and no list of numbers: reading rules are kept and read again after a merger.
    """
    there, found, step = [one for one in owners if one is not None], Q(pk__in=()), path
    for _n in range(STEPS_BACK + 1):
        found |= Q(**{f"{step}__in": there})
        step += "__successor"
    return found


def district_in(query: Any) -> str:
    """The district an address asks for, as digits; "" for none, or for what cannot be one."""
    chosen = str(query.get("stadsdel", ""))
    return chosen if chosen.isdecimal() and len(chosen) < 10 else ""
