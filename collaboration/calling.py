"""Whom a school calls: who holds each post, who answers meanwhile and who is on the way.

There is always somebody: the other post's holder, the leader of the team, the team itself. Each is
found for a whole page of schools at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from accounts.models import Kind, Membership, Organisation, Role
from collaboration import serving
from collaboration.choices import COMING_CONTACT, OPEN_CONTACT, ContactStatus, Post
from collaboration.models import ContactAssignment


@dataclass(frozen=True)
class Reached:
    """Somebody who answers, and how: a person of a team, or the team where nobody leads it."""

    who: str
    team: Organisation
    phone: str = ""
    email: str = ""
    hours: str = ""


def own_post(person: Membership) -> ContactAssignment | None:
    """The newest post of theirs that says how they are reached."""
    rows = ContactAssignment.objects.filter(person=person, status__in=OPEN_CONTACT)
    return rows.exclude(phone="").order_by("-pk").first()


def reaches(teams: Iterable[Organisation]) -> dict[int, Reached]:
    """How each team is reached: by its own number, else by the number its leader has at a school."""
    teams = list({team.pk: team for team in teams}.values())
    there = Membership.objects.in_force().filter(
        organisation__in=teams, role__in=(Role.MANAGER, Role.DISTRICT), stands_in_for=None
    )
    leaders = {one.organisation_id: one for one in there.select_related("user").order_by("-pk")}
    held = ContactAssignment.objects.filter(
        person__in=[one.pk for one in leaders.values()], status__in=OPEN_CONTACT
    )
    newest = held.exclude(phone="").order_by().values("person").annotate(pk_of=Max("pk"))
    known = ContactAssignment.objects.filter(pk__in=newest.values("pk_of"))
    posts = {row.person_id: row for row in known}
    found = {}
    for team in teams:
        leader = leaders.get(team.pk)
        post = posts.get(leader.pk) if leader else None
        own = not team.phone and post is not None
        found[team.pk] = Reached(
            who=leader.name if leader else "",
            team=team,
            phone=post.phone if own and post else team.phone,
            email=team.function_address or (post.email if post else ""),
            hours=post.hours if own and post else "",
        )
    return found


def _as_reached(row: ContactAssignment) -> Reached:
    who = row.person.name if row.person else ""
    return Reached(who, row.team, row.phone, row.email, row.hours)


def cover_of(row: ContactAssignment) -> Reached:
    """Who answers while a post is empty: the other post's holder, else the team and its leader."""
    cover = row.cover()
    if isinstance(cover, ContactAssignment):
        return _as_reached(cover)
    return reaches([row.team])[row.team_id]


def posts_of(schools: Sequence[Organisation]) -> list[dict[str, Any]]:
    """Each school with its contact and its deputy, in two questions for all of them."""
    rows = ContactAssignment.objects.filter(school__in=schools).select_related("person__user")
    held = {(row.school_id, row.post): row for row in rows.now().select_related("team")}
    due = {
        (row.school_id, row.post): row
        for row in rows.filter(status__in=COMING_CONTACT).select_related("team")
    }
    return [
        {
            "school": school,
            "duty": serving.has_duty(school),
            "posts": [
                {
                    "label": post.label,
                    "now": held.get((school.pk, post)),
                    "next": due.get((school.pk, post)),
                }
                for post in Post
            ],
        }
        for school in schools
    ]


def cards(schools: Sequence[Organisation]) -> list[dict[str, Any]]:
    """The same with who answers where nobody holds the post; `outside` where nobody here does,
    so that the pupil's home district is to be called."""
    found = posts_of(schools)
    posts = [post["now"] or post["next"] for card in found for post in card["posts"]]
    teams = [row.team for row in posts if row]
    others = answering_teams() if any(post is None for post in posts) else []
    known = reaches([*teams, *others])
    for card in found:
        own = [p["now"] for p in card["posts"] if p["now"] and p["now"].status == "active"]
        for post in card["posts"]:
            now = post["now"]
            if now is None or now.status == ContactStatus.VACANT:
                team = now.team if now else _answering(card["school"], others)
                if own and (now or card["duty"]):
                    post["cover"] = _as_reached(own[0])
                else:
                    post["cover"] = known[team.pk] if team else None
        card["outside"] = not any(p["now"] or p.get("cover") for p in card["posts"])
    return found


def answering_teams() -> list[Organisation]:
    """The teams, and the districts that have none; by district."""
    rows = Organisation.objects.in_service()
    teams = list(rows.filter(kind=Kind.TEAM).select_related("parent").prefetch_related("serves"))
    has = {team.parent_id for team in teams if team.parent_id}
    has |= {one.pk for team in teams for one in team.serves.all()}
    without = rows.filter(kind=Kind.DISTRICT).exclude(pk__in=has)
    bare = without.select_related("parent").prefetch_related("serves")
    return sorted([*teams, *bare], key=lambda one: (str(one.district or one.parent), one.name))


def _answering(school: Organisation, teams: Sequence[Organisation]) -> Organisation | None:
    """Which of these answers for a school of the municipality that has no post yet."""
    if not serving.has_duty(school):
        return None
    where = {school.pk, school.parent_id}
    serves = [one for one in teams if {reach.pk for reach in one.serves.all()} & where]
    near = [one for one in teams if school.parent_id in (one.parent_id, one.pk)]
    return next(iter([*serves, *near]), None)


def elsewhere() -> list[Reached]:
    """For a school nobody here answers for: the pupil's home district does, wherever the school is."""
    teams = answering_teams()
    known = reaches(teams)
    return [known[team.pk] for team in teams]


def whose(school: Organisation) -> Organisation | None:
    """The team whose school it is: which has somebody there, else which answers for it; None for a
    school elsewhere that nobody has taken on."""
    rows = ContactAssignment.objects.filter(school=school, status__in=OPEN_CONTACT)
    holds = rows.exclude(person=None).select_related("team").order_by("pk").first()
    if holds is not None:
        return holds.team
    return serving.answering(school) if serving.has_duty(school) else None
