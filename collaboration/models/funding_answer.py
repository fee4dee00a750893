"""What a school's principal says of the application for money their school is part of."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock, school_days
from accounts.models import Actor, Clock, Membership, Organisation, Role
from collaboration import policy
from collaboration.choices import OPEN_FUNDING, FundingStatus
from collaboration.choices import AnswerStatus as Status
from collaboration.models.funding import FundingApplication
from collaboration.models.funding_year import ANSWER_WITHIN
from history.models import Living, LivingQuerySet, StatusField, transition


class FundingAnswerQuerySet(LivingQuerySet["FundingAnswer"]):
    def visible_to(self, actor: Actor) -> FundingAnswerQuerySet:
        """As the application it is about."""
        if isinstance(actor, Clock):
            return self.all()
        return self.filter(application__in=FundingApplication.objects.visible_to(actor))


class FundingAnswer(Living):
    """One principal is asked to stand behind an application, and does, or does not and says why.

    It holds for the text as it was then: when that is changed they are asked anew (receivers.py).
    """

    birth, beginner = "ask", policy.clock

    application = models.ForeignKey(FundingApplication, models.PROTECT, related_name="answers")
    school = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    asked_on = models.DateField(default=clock.today, editable=False)
    due = models.DateField(default=clock.today, editable=False)
    # Whether what they had answered to has been changed since.
    changed = models.BooleanField(default=False, editable=False)
    answered_on = models.DateField(null=True, editable=False)
    answered_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, editable=False, related_name="+"
    )
    why = models.TextField("varför inte", blank=True, editable=False)
    # Which text the answer is to (`FundingApplication.seal`).
    text_seal = models.CharField(max_length=64, blank=True, editable=False)
    status = StatusField(choices=Status.choices, default=Status.ASKED)

    objects = FundingAnswerQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="funding_answer_status_known"
            ),
            models.UniqueConstraint(
                fields=["application", "school"],
                condition=~Q(status=Status.LAPSED),
                name="funding_answer_one_a_school",
            ),
        ]

    def __str__(self) -> str:
        return str(self.application)

    def find_trail(self) -> None:
        self.trail_id = self.application.trail_id

    @property
    def is_open(self) -> bool:
        return bool(self.status == Status.ASKED)

    @property
    def district(self) -> Organisation:
        return self.application.district.heir

    @property
    def organisation(self) -> Organisation:
        return self.school.heir

    @property
    def responsible(self) -> Membership | None:
        """Whoever leads the school now."""
        there = Membership.objects.in_force().filter(
            organisation=self.organisation, role=Role.PRINCIPAL, stands_in_for=None
        )
        return there.order_by("pk").first()

    @property
    def deputy(self) -> Membership:
        """Who asks, and is told when no answer comes."""
        return self.application.responsible

    @property
    def next_due(self) -> date:
        return self.due

    def before_birth(self) -> None:
        self.due = school_days.add(clock.today(), ANSWER_WITHIN)

    def can_be_answered(self) -> bool:
        """There is a whole text to stand behind, and still something to do with it."""
        of = self.application
        return of.status in OPEN_FUNDING and not of.unanswered()

    def can_be_declined(self) -> bool:
        """Whoever stood behind what has been sent has said so."""
        return self.is_open or bool(self.application.status == FundingStatus.DRAFT)

    @transition(
        status,
        [Status.ASKED, Status.DECLINED],
        Status.JOINED,
        conditions=[can_be_answered],
        permission=policy.school_leader,
    )
    def join(self, *, who: Membership) -> None:
        """The school's principal stands behind the application."""
        self._answered(who, "")

    @transition(
        status,
        [Status.ASKED, Status.JOINED],
        Status.DECLINED,
        conditions=[can_be_declined],
        permission=policy.school_leader,
    )
    def decline(self, *, who: Membership, why: str) -> None:
        """The school's principal does not; the district reads why."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför skolan inte står bakom ansökan.")})
        self._answered(who, why.strip())

    def _answered(self, who: Membership, why: str) -> None:
        self.answered_on, self.answered_by, self.why = clock.today(), who, why
        self.text_seal, self.changed = self.application.seal(), False

    @transition(status, [Status.JOINED, Status.DECLINED], Status.ASKED, permission=policy.clock)
    def ask_again(self) -> None:
        """What they answered to has been changed, so the answer holds no more."""
        self.asked_on, self.changed = clock.today(), True
        self.due = school_days.add(clock.today(), ANSWER_WITHIN)
        self.answered_on, self.answered_by, self.why, self.text_seal = None, None, "", ""

    @transition(
        status,
        [Status.ASKED, Status.JOINED, Status.DECLINED],
        Status.LAPSED,
        permission=policy.clock,
    )
    def lapse(self) -> None:
        """The school is no longer part of it, or nothing came of it."""
