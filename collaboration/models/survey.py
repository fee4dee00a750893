"""Survey rounds: asked by one-time links, answered by nobody in particular, told only of many."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts import clock, working_days
from accounts.models import Actor, Clock, Membership, Organisation, Role
from collaboration import few, policy, questions, sight
from collaboration.choices import RoundStatus as Status
from collaboration.choices import SurveyKind
from collaboration.handing import handing_on
from collaboration.models.survey_answers import SurveyMark, SurveyWords, shuffle
from history import outbox
from history.models import Living, LivingQuerySet, StatusField, transition

# Days after opening at which those who have not answered get a fresh link.
REMINDERS = (7, 14)
OPEN_FOR = timedelta(days=21)
# A year typed wrong is no last day to answer.
FURTHEST = timedelta(days=2 * 365)


def last_day(day: date) -> date:
    """A day that there is time to answer until; else a ValidationError in words for its field."""
    today = clock.today()
    if not today < day <= today + FURTHEST:
        raise ValidationError(_("Välj en dag framåt i tiden, högst två år bort."))
    return day


# After its last day, a result is told within this (domain.md A3.13).
REPORT_WITHIN = timedelta(days=30)


class SurveyRoundQuerySet(LivingQuerySet["SurveyRound"]):
    def visible_to(self, actor: Actor) -> SurveyRoundQuerySet:
        """The central ones: all. A district: the city's and its own. Others: what is reported,
        and the team the pupils' survey that it hands out.
        """
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role in sight.OVERVIEW:
            return self.all()
        near = Q(district=None)
        if place := actor.organisation.district:
            near |= Q(district=place)
        if actor.role == Role.DISTRICT:
            return self.filter(near).exclude(status__in=(Status.DRAFT, Status.DROPPED))
        told = Q(status=Status.REPORTED)
        if actor.role in sight.TEAM_ROLES:
            told |= Q(kind=SurveyKind.ENTRY, status=Status.OPEN)
        return self.filter(near & told)

    def to_hand_out(self, actor: Actor) -> SurveyRoundQuerySet:
        """The pupils' own that the actor's team hands to them now, newest first."""
        if not isinstance(actor, Membership) or actor.role not in sight.TEAM_ROLES:
            return self.none()
        rows = self.visible_to(actor).filter(kind=SurveyKind.ENTRY, status=Status.OPEN)
        return rows.order_by("-pk")


class SurveyRound(Living):
    """One asking, of one version of the questions, for a time."""

    birth, beginner, editor = "draft", policy.central | policy.clock, policy.central

    kind = models.CharField("enkät", max_length=20, choices=SurveyKind)
    # The questions are locked per version, so that years compare.
    questions_version = models.PositiveSmallIntegerField(editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    title = models.CharField("namn", max_length=200)
    district = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Whom it is sent to: codes of roles, with spaces; and addresses of others, one a line.
    roles = models.CharField("roller", max_length=200, blank=True)
    addresses = models.TextField("fler adresser", blank=True)
    responsible = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    opened = models.DateField(null=True, editable=False)
    closes = models.DateField("stänger", null=True)
    reminders = models.PositiveSmallIntegerField(default=0, editable=False)
    # Where the answers lie. They name this and nothing else: not who, not when, not in which order.
    box = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # A pulse is followed by next month's.
    repeats = models.BooleanField("upprepas varje månad", default=False)
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="followed_by", editable=False
    )
    status = StatusField(choices=Status.choices, default=Status.DRAFT)

    objects = SurveyRoundQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="survey_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=(Status.DRAFT, Status.DROPPED))
                | Q(opened__isnull=False, closes__isnull=False),
                name="survey_open_is_dated",
            ),
        ]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The title; a pulse carries its month too, so that a year of them can be told apart."""
        if self.kind != SurveyKind.PULSE or self.opened is None:
            return self.title
        return f"{self.title}, {date_format(self.opened, 'F Y')}"

    @property
    def editable(self) -> tuple[str, ...]:
        changes = ("title", "district", "closes", "roles", "addresses", "repeats")
        return changes if self.status == Status.DRAFT else ()

    @property
    def is_open(self) -> bool:
        return self.status in (Status.DRAFT, Status.OPEN, Status.CLOSED)

    @property
    def organisation(self) -> Organisation:
        return self.responsible.organisation

    @property
    def deputy(self) -> None:
        return None

    @property
    def next_due(self) -> date:
        """When it is to be told of, once nobody can answer any more."""
        return (self.closes or clock.today()) + REPORT_WITHIN

    @property
    def questions(self) -> questions.QuestionSet:
        return questions.asked(self.kind, self.questions_version)

    def before_birth(self) -> None:
        self.questions_version = questions.newest(self.kind)
        self.fingerprint = self.questions.fingerprint

    def sheets(self) -> int:
        """How many answers there are."""
        rows = SurveyMark.objects.filter(box=self.box)
        return rows.values("sheet").distinct().count()

    def answered(self) -> int:
        """How many have answered, also when the answers have been erased."""
        return self.tokens.filter(used=True).count()

    def people_asked(self) -> models.QuerySet[Membership]:
        """Whom it is sent to: these roles, in the district or in the whole city; each person once."""
        found = Membership.objects.in_force().filter(role__in=self.roles.split())
        if self.district_id:
            here = Q(organisation=self.district_id) | Q(organisation__parent=self.district_id)
            found = found.filter(here)
        return found.exclude(user__email="").select_related("user").order_by("user", "pk")

    def reached(self) -> tuple[list[Membership], list[str]]:
        """Whom it is sent to and the other addresses: one of either for each address there is."""
        people: dict[str, Membership] = {}
        for one in self.people_asked():
            people.setdefault(one.user.email.casefold(), one)
        lines = filter(None, (line.strip() for line in self.addresses.splitlines()))
        others = {line.casefold(): line for line in lines if line.casefold() not in people}
        return list(people.values()), list(others.values())

    @transition(status, Status.DRAFT, Status.DROPPED, permission=policy.central)
    def drop(self) -> None:
        """It is not asked after all: nobody has been sent anything."""

    @transition(status, Status.DRAFT, Status.OPEN, permission=policy.central | policy.clock)
    def open(self, *, closes: date | None = None) -> None:
        """Everybody asked gets a link of their own, and nobody two."""
        today = clock.today()
        try:
            self.closes = last_day(closes or self.closes or today + OPEN_FOR)
        except ValidationError as error:
            raise ValidationError({"closes": error}) from error
        self.opened = today
        people, others = self.reached()
        if not people and not others and self.kind != SurveyKind.ENTRY:
            raise ValidationError(_("Ingen med e-postadress har de rollerna. Välj fler."))
        for person in people:
            self.invite(membership=person)
        for address in others:
            self.invite(email=address)

    def invite(self, **to: Any) -> SurveyToken:
        """One link, promised; `to` is a membership or an address, or nothing for one handed over."""
        token = SurveyToken.objects.create(round=self, **to)
        if to:
            self.promise(token)
        return token

    def promise(self, token: SurveyToken) -> None:
        key = f"survey.invite:{token.uuid}:{self.reminders}"
        outbox.add("survey.invite", key=key, token=str(token.uuid), again=self.reminders > 0)

    def waits_for_answers(self) -> bool:
        return self.kind != SurveyKind.ENTRY and self.reminders < len(REMINDERS)

    @transition(
        status,
        Status.OPEN,
        None,
        conditions=[waits_for_answers],
        permission=policy.central | policy.clock,
    )
    def remind(self) -> None:
        """Those who have not answered get a fresh link; those who have are not known any more."""
        self.reminders += 1
        for token in self.tokens.filter(used=False).exclude(membership=None, email=""):
            self.promise(token)

    @transition(status, Status.OPEN, Status.CLOSED, permission=policy.central | policy.clock)
    def close(self) -> None:
        """No more answers; they are put in an order that says nothing.

        The links that nobody used are nobody's either now: whoever is left would tell who has answered.
        """
        self.tokens.update(token_hash=None, membership=None, email="")
        shuffle(self.box)
        if self.closes is not None:
            self.closes = min(self.closes, clock.today())

    def goes_on(self) -> bool:
        """Whether another will follow it."""
        return self.repeats and not SurveyRound.objects.filter(follows=self).exists()

    @transition(status, list(Status.values), None, conditions=[goes_on], permission=policy.central)
    def stop_repeating(self) -> None:
        """It is asked this month and not again."""
        self.repeats = False

    def next_on(self) -> date | None:
        """When the clock opens the one after it: the first working day of the month after its last."""
        if self.closes is None or not self.goes_on():
            return None
        first = (self.closes.replace(day=1) + timedelta(days=31)).replace(day=1)
        return working_days.add(first - timedelta(days=1), 1)

    def next_one(self) -> SurveyRound:
        """The same again, until this month is over."""
        today = clock.today()
        month_after = (today.replace(day=1) + timedelta(days=31)).replace(day=1)
        last = month_after - timedelta(days=1)
        return SurveyRound(
            trail_id=self.trail_id,
            kind=self.kind,
            title=self.title,
            district=self.district,
            roles=self.roles,
            addresses=self.addresses,
            responsible=self.responsible,
            repeats=True,
            closes=last if last > today else last + OPEN_FOR,
            follows=self,
        )

    cover, hand_on = handing_on(status, [Status.DRAFT, Status.OPEN, Status.CLOSED], "responsible")

    def enough(self) -> bool:
        return self.sheets() >= few.smallest()

    def not_enough(self) -> bool:
        return not self.enough()

    @transition(
        status,
        Status.CLOSED,
        Status.REPORTED,
        conditions=[enough],
        permission=policy.central,
    )
    def report(self) -> None:
        """The result goes back to all who were asked."""
        outbox.add("survey.report", key=f"survey.report:{self.uuid}", round=str(self.uuid))

    @transition(
        status,
        Status.CLOSED,
        Status.TOO_FEW,
        conditions=[not_enough],
        permission=policy.central | policy.clock,
    )
    def set_aside(self) -> None:
        """Too few have answered to be told of without telling of somebody: the answers are erased."""
        SurveyMark.objects.filter(box=self.box).delete()
        SurveyWords.objects.filter(box=self.box).delete()


class SurveyToken(models.Model):
    """One link to one round. Once it is used nothing tells any more whose it was."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(SurveyRound, models.PROTECT, related_name="tokens")
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    email = models.EmailField(blank=True)
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    used = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used=False) | Q(membership=None, email="", token_hash=None),
                name="survey_used_token_is_nobodys",
            )
        ]

    def __str__(self) -> str:
        return "Enkätlänk"


class CityFigure(models.Model):
    """The city's own public result of a question, for comparison (seed 000: Stockholmsenkäten)."""

    question = models.SlugField(max_length=40)
    choice = models.SlugField(max_length=20)
    year = models.PositiveSmallIntegerField()
    percent = models.DecimalField(max_digits=4, decimal_places=1)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "choice", "year"], name="city_figure_once_a_year"
            ),
            models.CheckConstraint(
                condition=Q(percent__range=(0, 100)), name="city_figure_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.year}"
