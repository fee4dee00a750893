"""How the teams are staffed on a day: each team in service then, with its posts, those to come and
those that have been; what a team that was merged left is its heir's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from accounts.models import Kind, Membership, Organisation, Role
from collaboration import sight
from collaboration.models import TeamPost
from collaboration.models.team_post import asked_of_a_team, meets_the_grant


@dataclass
class Staffing:
    """One team on one day."""

    team: Organisation
    asked: tuple[int, int]
    now: list[TeamPost] = field(default_factory=list)
    coming: list[TeamPost] = field(default_factory=list)
    past: list[TeamPost] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((post.fte for post in self.now), Decimal(0))

    @property
    def meets(self) -> bool:
        return meets_the_grant(self.now, self.asked)


def teams(actor: Membership, day: date) -> QuerySet[Organisation]:
    """The teams in service on a day that this reader may see the staffing of."""
    there = Organisation.objects.of(Kind.TEAM).filter(since__lte=day).exclude(until__lte=day)
    if actor.role == Role.DISTRICT:
        there = there.filter(sight.inherited("parent", actor.organisation_id))
    elif actor.role not in sight.OVERVIEW:
        own = actor.organisation_id
        there = there.filter(Q(pk=own) | sight.inherited("successor", own))
    return there.order_by("name", "pk")


def on(rows: Iterable[Organisation], day: date) -> list[Staffing]:
    """Each of these teams as it was staffed on a day."""
    asked = asked_of_a_team(day)
    found = {team.pk: Staffing(team, asked) for team in rows}
    heirs = _heirs(day)
    posts = TeamPost.objects.kept().filter(team__in=_with_heirs(found, heirs))
    for post in posts.select_related("team").order_by("profession", "pk"):
        staffing = found[_heir(post.team_id, heirs)]
        if post.since > day:
            staffing.coming.append(post)
        elif post.until is not None and post.until <= day:
            staffing.past.append(post)
        else:
            staffing.now.append(post)
    return list(found.values())


def _heirs(day: date) -> dict[int, int]:
    """Who had followed each of the teams that were closed by a day."""
    closed = Organisation.objects.of(Kind.TEAM).filter(until__lte=day, successor__isnull=False)
    return {pk: heir for pk, heir in closed.values_list("pk", "successor") if heir is not None}


def _heir(team: int, heirs: dict[int, int]) -> int:
    while team in heirs:
        team = heirs[team]
    return team


def _with_heirs(found: Iterable[int], heirs: dict[int, int]) -> set[int]:
    wanted = set(found)
    return wanted | {team for team in heirs if _heir(team, heirs) in wanted}
