"""Who works in the teams: the register that the state grant asks for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db import models
from django.db.models import Q

from accounts.models import Actor, Clock, Membership, Organisation, Role
from collaboration import sight
from collaboration.choices import Employer
from history import legal

# What the state grant asks of a team (förordning 2023:179): full-time equivalents in all, and of
# each side. The numbers are dated data, as all the law is.
CONDITIONS = ("grant.team_posts", "grant.team_posts_each_side")


class TeamPostQuerySet(models.QuerySet["TeamPost"]):
    def visible_to(self, actor: Actor) -> TeamPostQuerySet:
        """The team's own, the district's teams', and all for those who see the whole collaboration;
        what a team that was merged left is read by its heir."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role in sight.OVERVIEW:
            return self.all()
        if actor.role == Role.DISTRICT:
            return self.filter(sight.inherited("team__parent", actor.organisation_id))
        if actor.role in sight.TEAM_ROLES:
            return self.filter(sight.inherited("team", actor.organisation_id))
        return self.none()

    def kept(self) -> TeamPostQuerySet:
        """Without those that were put there by mistake."""
        return self.filter(removed_on=None)

    def on(self, day: date) -> TeamPostQuerySet:
        """In force on this day."""
        return self.kept().filter(since__lte=day).exclude(until__lte=day)


class TeamPost(models.Model):
    """One post of a team: profession, employer and share of full time, for a period.

    `until` is the first day it no longer holds. A change is a new row, so that the register can say
    how a team was staffed on any day. What never was is marked as removed, with why.
    """

    team = models.ForeignKey(Organisation, models.PROTECT, related_name="posts")
    profession = models.CharField("yrke", max_length=100)
    employer = models.CharField("anställd av", max_length=10, choices=Employer)
    fte = models.DecimalField("del av heltid", max_digits=3, decimal_places=2)
    since = models.DateField("från")
    until = models.DateField("till", null=True, blank=True)
    removed_on = models.DateField(null=True, blank=True, editable=False)
    removed_why = models.TextField("varför den togs bort", blank=True, editable=False)
    # Made when the form was drawn, so that a double click is one post.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = TeamPostQuerySet.as_manager()

    class Meta:
        ordering = ["team__name", "profession", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fte__gt=0) & Q(fte__lte=1), name="team_post_part_of_full_time"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("since")), name="team_post_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profession}, {self.get_employer_display()}"

    @property
    def last(self) -> date | None:
        """The last day it holds, as people say it."""
        return self.until and self.until - timedelta(days=1)


def asked_of_a_team(day: date) -> tuple[int, int]:
    """Full-time posts in all, and of each side, as the law was on a day."""
    asked = legal.limits(*CONDITIONS, on=day)
    return asked[CONDITIONS[0]], asked[CONDITIONS[1]]


def meets_the_grant(posts: Iterable[TeamPost], asked: tuple[int, int]) -> bool:
    """Whether a team so staffed is one the state grant is given for."""
    shares: dict[str, Decimal] = dict.fromkeys(Employer.values, Decimal(0))
    for post in posts:
        shares[post.employer] += post.fte
    in_all, of_each = asked
    return sum(shares.values()) >= in_all and min(shares.values()) >= of_each
