"""Interviews of the evaluation: a schedule, a permission of its own, a conversation, themes and no scores.

No name of whoever is interviewed is kept, and no key leads to a pupil, a case or a consent: a pupil
or parent is asked by somebody who knows them, and only that they said yes is written here.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Actor, Clock, Membership, Organisation
from collaboration import policy, sight
from collaboration.choices import InterviewOccasion, InterviewTheme, InterviewWith, PermissionHow
from collaboration.choices import InterviewStatus as Status
from collaboration.handing import handing_on
from collaboration.texts import interview as guides
from history.models import Living, LivingQuerySet, Part, StatusField, transition
from vault.fields import SealedTextField

# Calendar days: asked so long before the day, summarised so long after.
ASK_BEFORE, SUMMARISE_WITHIN = 14, 14


class InterviewQuerySet(LivingQuerySet["Interview"]):
    def visible_to(self, actor: Actor) -> InterviewQuerySet:
        """Those who plan: all. Others: the ones they hold, or ask the permission for."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role in sight.OVERVIEW:
            return self.all()
        return self.filter(Q(interviewer=actor) | Q(asker=actor))


class Interview(Living):
    """One conversation with one person, who is not named."""

    birth, beginner, editor = "plan", policy.central, policy.central

    subject = models.CharField("vem", max_length=10, choices=InterviewWith)
    occasion = models.CharField("tillfälle", max_length=10, choices=InterviewOccasion)
    district = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    on = models.DateField("dag")
    # When it was planned, or last moved: nobody is late with asking before that.
    planned_on = models.DateField(default=clock.today, editable=False)
    # The guide of this version is what is talked about.
    guide = models.PositiveSmallIntegerField(default=guides.VERSION, editable=False)
    interviewer = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    # Who knows the pupil or parent and asks them; staff are asked by the interviewer.
    asker = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    permitted_on = models.DateField(null=True, editable=False)
    permitted_how = models.CharField(
        max_length=10, choices=PermissionHow, blank=True, editable=False
    )
    held_on = models.DateField(null=True, editable=False)
    status = StatusField(choices=Status.choices, default=Status.PLANNED)

    objects = InterviewQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="interview_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(Status.HELD, Status.SUMMARISED))
                | Q(permitted_on__isnull=False, held_on__isnull=False),
                name="interview_held_is_permitted",
            ),
        ]
        indexes = [models.Index(fields=["status", "on"], name="interview_when")]

    def __str__(self) -> str:
        return f"{self.get_subject_display()}, {self.district}"

    @property
    def is_open(self) -> bool:
        return self.status in (Status.PLANNED, Status.HELD)

    @property
    def topics(self) -> guides.Topics:
        return guides.topics(self.subject)

    @property
    def responsible(self) -> Membership:
        """Who has the next step: whoever asks, until there is a yes; then the interviewer."""
        asks = self.status == Status.PLANNED and self.permitted_on is None
        return self.asker if asks and self.asker is not None else self.interviewer

    @property
    def deputy(self) -> None:
        return None

    @property
    def organisation(self) -> Organisation:
        return self.responsible.organisation

    @property
    def next_due(self) -> date:
        if self.status == Status.HELD:
            return (self.held_on or self.on) + timedelta(days=SUMMARISE_WITHIN)
        if self.permitted_on is not None:
            return self.on
        return max(self.planned_on, self.on - timedelta(days=ASK_BEFORE))

    def before_birth(self) -> None:
        self.asked_by_somebody_who_knows_them()

    def asked_by_somebody_who_knows_them(self) -> None:
        if self.subject != InterviewWith.STAFF and self.asker is None:
            raise ValidationError({"asker": _("Välj vem som känner personen och frågar.")})

    @transition(status, Status.PLANNED, permission=policy.central | policy.interviewer)
    def move_to(
        self,
        *,
        on: date,
        district: Organisation,
        interviewer: Membership,
        asker: Membership | None = None,
    ) -> None:
        """Another day or place: a yes holds. Somebody else who listens: the person is asked anew."""
        if on is None or on < clock.today():
            raise ValidationError({"on": _("Välj i dag eller en dag framåt.")})
        if interviewer.pk != self.interviewer_id:
            self.permitted_on, self.permitted_how = None, ""
        self.on, self.district = on, district
        self.interviewer, self.asker = interviewer, asker
        self.planned_on = clock.today()
        self.asked_by_somebody_who_knows_them()

    def unasked(self) -> bool:
        return self.permitted_on is None

    @transition(
        status, Status.PLANNED, conditions=[unasked], permission=policy.interviewer | policy.asker
    )
    def permit(self, *, how: str, guardian: bool = False) -> None:
        """A yes to this and nothing else; a pupil's guardian has said yes too."""
        if how not in PermissionHow.values:
            raise ValidationError({"how": _("Välj hur personen sa ja.")})
        if self.subject == InterviewWith.PUPIL and not guardian:
            words = _("En elev intervjuas bara när vårdnadshavaren också har sagt ja.")
            raise ValidationError({"guardian": words})
        self.permitted_on, self.permitted_how = clock.today(), how

    @transition(
        status,
        [Status.PLANNED, Status.HELD],
        Status.DECLINED,
        permission=policy.interviewer | policy.asker,
    )
    def decline(self) -> None:
        """The person says no, or takes the yes back: nothing of the conversation is kept."""
        self.permitted_on, self.permitted_how = None, ""

    def permitted(self) -> bool:
        return self.permitted_on is not None

    @transition(
        status,
        Status.PLANNED,
        Status.HELD,
        conditions=[permitted],
        permission=policy.interviewer,
    )
    def hold(self, *, on: date) -> None:
        """The conversation has been."""
        if on is None or on > clock.today() or (self.permitted_on and on < self.permitted_on):
            raise ValidationError({"on": _("Välj en dag efter att personen sa ja, senast i dag.")})
        self.held_on = on

    @transition(status, Status.HELD, Status.SUMMARISED, permission=policy.interviewer)
    def summarise(self, *, themes: dict[str, str]) -> None:
        """What was said, under themes; what nobody can be known by, and no figure."""
        said = {key: text.strip() for key, text in themes.items() if text.strip()}
        if not said or not set(said) <= set(InterviewTheme.values):
            first = f"theme_{InterviewTheme.values[0]}"
            raise ValidationError({first: _("Skriv under minst ett tema.")})
        for key, text in said.items():
            self.themes.create(theme=key, text=text)

    @transition(status, Status.PLANNED, Status.CANCELLED, permission=policy.central)
    def cancel(self, *, why: str) -> None:
        """It will not be, for a reason of ours."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför det inte blir av.")})

    cover, hand_on = handing_on(status, [Status.PLANNED, Status.HELD], "interviewer", "asker")


class InterviewSaid(Part):
    """What one conversation said under one theme."""

    owner_name = "interview"

    interview = models.ForeignKey(Interview, models.PROTECT, related_name="themes")
    theme = models.CharField("tema", max_length=20, choices=InterviewTheme)
    text = SealedTextField("vad som sades")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "theme"], name="theme_once_an_interview")
        ]

    def __str__(self) -> str:
        return self.get_theme_display()


def told(rows: Any, smallest: int) -> dict[str, list[str]]:
    """The texts by theme, in an order that says nothing; {} of fewer conversations than `smallest`."""
    held = rows.filter(status=Status.SUMMARISED)
    if held.count() < smallest:
        return {}
    found: dict[str, list[str]] = {}
    for row in InterviewSaid.objects.filter(interview__in=held):
        found.setdefault(row.theme, []).append(row.text.open())
    return {theme: sorted(found[theme]) for theme in InterviewTheme.values if theme in found}
