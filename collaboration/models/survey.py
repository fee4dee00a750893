"""Survey rounds: asked by one-time links, answered by nobody in particular, told only of many."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Actor, Clock, Membership, Organisation, Role
from collaboration import policy, questions, sight
from collaboration.choices import RoundStatus as Status
from collaboration.choices import Side, SurveyKind
from collaboration.handing import handing_on
from history import outbox
from history.models import Living, LivingQuerySet, StatusField, transition
from vault.fields import SealedTextField

# Results of fewer are told to nobody (domain.md A4; a limit of the municipality's own may be higher).
SMALLEST = 5
# Days after opening at which those who have not answered get a fresh link.
REMINDERS = (7, 14)
OPEN_FOR = timedelta(days=21)
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
        return self.title

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
        """How many have answered."""
        rows = SurveyMark.objects.filter(box=self.box)
        return rows.values("sheet").distinct().count()

    def people_asked(self) -> models.QuerySet[Membership]:
        """Whom it is sent to: these roles, in the district or in the whole city; each person once."""
        found = Membership.objects.in_force().filter(role__in=self.roles.split())
        if self.district_id:
            here = Q(organisation=self.district_id) | Q(organisation__parent=self.district_id)
            found = found.filter(here)
        return found.exclude(user__email="").select_related("user").order_by("user", "pk")

    @transition(status, Status.DRAFT, Status.DROPPED, permission=policy.central)
    def drop(self) -> None:
        """It is not asked after all: nobody has been sent anything."""

    @transition(status, Status.DRAFT, Status.OPEN, permission=policy.central | policy.clock)
    def open(self, *, closes: date | None = None) -> None:
        """Everybody asked gets a link of their own."""
        today = clock.today()
        if closes is not None and closes <= today:
            raise ValidationError({"closes": _("Välj en dag framåt i tiden.")})
        self.opened, self.closes = today, closes or self.closes or today + OPEN_FOR
        people = {one.user_id: one for one in self.people_asked()}
        others = [line.strip() for line in self.addresses.splitlines() if line.strip()]
        if not people and not others and self.kind != SurveyKind.ENTRY:
            raise ValidationError(_("Ingen med e-postadress har de rollerna. Välj fler."))
        for person in people.values():
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
        outbox.add("survey.invite", key=key, token=str(token.uuid))

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
        """No more answers; they are put in an order that says nothing."""
        self.tokens.update(token_hash=None)
        shuffle(self.box)
        if self.closes is not None:
            self.closes = min(self.closes, clock.today())

    cover, hand_on = handing_on(status, [Status.DRAFT, Status.OPEN, Status.CLOSED], "responsible")

    def enough(self) -> bool:
        return self.sheets() >= SMALLEST

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


class SurveyMark(models.Model):
    """One question on one sheet. No key leads from here to a link, a person or a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    box = models.UUIDField(db_index=True)
    sheet = models.UUIDField()
    side = models.CharField(max_length=10, choices=Side, blank=True)
    question = models.SlugField(max_length=40)
    # 1–5, or empty for "don't know".
    today = models.PositiveSmallIntegerField(null=True)
    before = models.PositiveSmallIntegerField(null=True)
    choice = models.SlugField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "question"], name="mark_once_a_sheet"),
            models.CheckConstraint(
                condition=(Q(today=None) | Q(today__range=(1, 5)))
                & (Q(before=None) | Q(before__range=(1, 5))),
                name="mark_on_the_scale",
            ),
        ]

    def __str__(self) -> str:
        return self.question


class SurveyWords(models.Model):
    """What somebody wrote, apart from what the same person marked."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    box = models.UUIDField(db_index=True)
    question = models.SlugField(max_length=40)
    text = SealedTextField()

    def __str__(self) -> str:
        return self.question


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


def shuffle(box: uuid.UUID) -> None:
    """Write the answers anew in the order of new random ids, so that no row stands where it fell.

    A database keeps rows in the order they came, and the order of the links' use could be known.
    """
    sheets: dict[uuid.UUID, uuid.UUID] = {}
    marks = list(SurveyMark.objects.filter(box=box))
    for mark in marks:
        mark.id = uuid.uuid4()
        mark.sheet = sheets.setdefault(mark.sheet, uuid.uuid4())
    words = [
        SurveyWords(box=box, question=row.question, text=row.text.open())
        for row in SurveyWords.objects.filter(box=box)
    ]
    SurveyMark.objects.filter(box=box).delete()
    SurveyWords.objects.filter(box=box).delete()
    SurveyMark.objects.bulk_create(sorted(marks, key=lambda row: row.id))
    for row in sorted(words, key=lambda row: row.uuid):
        row.save(force_insert=True)
