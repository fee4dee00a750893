"""The register of the teams' posts, as the state grant asks for it: of the reader's own organisation."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import Membership, Organisation, Role
from collaboration import staffed
from collaboration.models import TeamPost
from documents.sheets import Sheet
from history import legal

READERS = (Role.DISTRICT, Role.CENTRAL, Role.ADMIN, Role.MANAGER, Role.TEAM)


def rows(actor: Membership) -> QuerySet[Organisation]:
    """The one the reader works in; what of the teams they see there is the register's own to say."""
    if actor.role not in READERS:
        return Organisation.objects.none()
    return Organisation.objects.filter(pk=actor.organisation_id)


def about(organisation: Organisation) -> dict[str, Any]:
    """The day it is of; a trail of its own, and no pupil."""
    return {"reference": clock.today().isoformat()}


def page(organisation: Organisation) -> str:
    return reverse("collaboration:team_register")


def sheet(organisation: Organisation, actor: Membership, language: str) -> Sheet:
    day = clock.today()
    teams = staffed.on(staffed.teams(actor, day), day)
    law = legal.reference("team_grant")
    return Sheet(
        title=_("Teamens tjänster"),
        sender=str(organisation),
        reference=day.isoformat(),
        values={
            "day": day,
            "law": f"{law.statute} ({law.sfs})",
            "teams": [
                {
                    "name": str(one.team),
                    "total": number_format(one.total, 2),
                    "meets": one.meets,
                    "posts": [_row(post) for post in (*one.now, *one.coming, *one.past)],
                }
                for one in teams
            ],
        },
    )


def _row(post: TeamPost) -> tuple[str, ...]:
    return (
        post.profession,
        post.get_employer_display(),
        number_format(post.fte, 2),
        date_format(post.since, "Y-m-d"),
        date_format(post.last, "Y-m-d") if post.last else "–",
    )
