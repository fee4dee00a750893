"""Whom a school calls in social services: one contact and one deputy, and never a gap."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock, school_days, working_days
from accounts.models import Actor, Clock, Membership, Organisation, Signatory
from collaboration import naming, policy, serving
from collaboration.choices import COMING_CONTACT, HELD, OPEN_CONTACT, Gone, Post, Why
from collaboration.choices import ContactStatus as Status
from history import outbox
from history.models import Living, LivingQuerySet, StatusField, transition

# Working days the school has to confirm, how many reminders before the unit manager may do it,
# and after how many working days an empty post is alarmed and escalated (design section 4).
CONFIRM_WITHIN = 5
REMINDERS = 2
ALARM, ESCALATE = 1, 5
# How often team and school make sure that the named person is still the right one.
CHECKED_EVERY = timedelta(days=365)


class ContactQuerySet(LivingQuerySet["ContactAssignment"]):
    def visible_to(self, actor: Actor) -> ContactQuerySet:
        """Whom to call is no secret inside the municipality; a link opens its own."""
        if isinstance(actor, Clock):
            return self.all()
        if isinstance(actor, Signatory):
            return self.filter(uuid=actor.opens)
        return self.all()

    def now(self) -> ContactQuerySet:
        """Who holds a post, or left it empty."""
        return self.filter(status__in=HELD)

    def on(self, day: date) -> ContactQuerySet:
        """Who held a post on a day."""
        return self.filter(Q(held_until=None) | Q(held_until__gt=day), held_from__lte=day)


class ContactAssignment(Living):
    """One person as one school's contact or deputy, from naming to end. A post has one trail."""

    birth = "appoint"
    beginner = policy.unit_manager | policy.administrator | policy.clock
    editor = policy.unit_manager | policy.administrator | policy.contact_person

    school = models.ForeignKey(Organisation, models.PROTECT, related_name="contacts")
    team = models.ForeignKey(Organisation, models.PROTECT, related_name="contact_posts")
    post = models.CharField("uppdrag", max_length=10, choices=Post)
    # Nobody, only where a post was never filled: it is born to be vacant.
    person = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="contact_for")
    why = models.CharField("varför", max_length=10, choices=Why, default=Why.NEW)
    since = models.DateField("från", default=clock.today)
    # The last day, when the next step is due: of a leave somebody stands in for, or of a planned end
    # (then `gone` says why, and the post is empty the day after unless somebody has taken over).
    expected_end = models.DateField("till och med", null=True, blank=True)
    phone = models.CharField("telefon", max_length=30, blank=True)
    email = models.EmailField("e-post", blank=True)
    hours = models.CharField("svarar", max_length=200, blank=True)
    helps_with = models.TextField("kan hjälpa till med", blank=True)
    # Read by social services only; about the work, never about a pupil.
    handover = models.TextField("överlämning", blank=True)
    # Where the school is told, if its own function address is not known.
    told_at = models.EmailField("skolans adress", blank=True)
    told_on = models.DateField(null=True, editable=False)
    reminders = models.PositiveSmallIntegerField(default=0, editable=False)
    reminded = models.DateField(null=True, editable=False)
    confirmed_on = models.DateField(null=True, editable=False)
    confirmed_why = models.TextField(blank=True, editable=False)
    checked_on = models.DateField(null=True, editable=False)
    vacant_since = models.DateField(null=True, editable=False)
    gone = models.CharField("varför vakant", max_length=10, choices=Gone, blank=True)
    # When the post was this assignment's, half-open; null while it has never been.
    held_from = models.DateField(null=True, editable=False)
    held_until = models.DateField(null=True, editable=False)
    status = StatusField(choices=Status.choices, default=Status.APPOINTED)

    objects = ContactQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="contact_status_known"
            ),
            models.CheckConstraint(condition=Q(post__in=Post.values), name="contact_post_known"),
            models.UniqueConstraint(
                fields=["school", "post"],
                condition=Q(status__in=COMING_CONTACT, person__isnull=False),
                name="contact_one_coming",
            ),
            models.UniqueConstraint(
                fields=["school", "post"], condition=Q(status__in=HELD), name="contact_one_now"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.ACTIVE)
                | Q(person__isnull=False, told_on__isnull=False, held_from__isnull=False),
                name="contact_active_is_told",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.ACTIVE) | ~Q(phone=""),
                name="contact_active_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.VACANT)
                | Q(vacant_since__isnull=False, held_from__isnull=False),
                name="contact_vacant_is_dated",
            ),
        ]
        indexes = [models.Index(fields=["school", "post", "held_from"], name="contact_history")]

    def __str__(self) -> str:
        return f"{self.get_post_display()}, {self.school}"

    @property
    def editable(self) -> tuple[str, ...]:
        return ("phone", "email", "hours", "helps_with", "expected_end") if self.is_open else ()

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_CONTACT

    @property
    def district(self) -> Organisation | None:
        return self.school.district or self.team.district

    @property
    def responsible(self) -> Membership | None:
        """Whose turn it is: the principal to confirm, the manager of the team for all else."""
        if self.status == Status.ANNOUNCED and self.confirmed_on is None:
            return serving.leader_of(self.school)
        return serving.manager_of(self.team)

    @property
    def deputy(self) -> Membership | None:
        return self.person if self.status == Status.ACTIVE else None

    @property
    def side(self) -> Organisation:
        """Which organisation's turn it is."""
        waits = self.status == Status.ANNOUNCED and self.confirmed_on is None
        return self.school if waits else self.team

    @property
    def next_due(self) -> date:
        """When the school should have confirmed, the post been filled, the person been checked."""
        today = clock.today()
        if self.status == Status.ANNOUNCED:
            if self.confirmed_on is not None:
                return self.since
            return school_days.add(self.reminded or self.told_on or today, CONFIRM_WITHIN)
        if self.status == Status.VACANT:
            return working_days.add(self.vacant_since or today, ALARM)
        if self.status == Status.ACTIVE:
            last = self.checked_on or self.held_from or today
            return min(self.expected_end or date.max, last + CHECKED_EVERY)
        return today

    @property
    def ends_after(self) -> date | None:
        """The last day of a planned end; None while nobody has planned one."""
        return self.expected_end if self.status == Status.ACTIVE and self.gone else None

    @property
    def late(self) -> bool:
        """Its day has come, and it waits for the school."""
        return self.status in COMING_CONTACT and self.since < clock.today()

    @property
    def predecessor(self) -> ContactAssignment | None:
        """Who has the post now, or left it empty."""
        mine = type(self).objects.now().filter(school=self.school_id, post=self.post)
        return mine.exclude(pk=self.pk).first()

    def tells(self) -> list[str]:
        """The addresses at which the school is told; its own people are told in the system too."""
        return [one for one in (self.told_at, self.school.function_address) if one]

    def find_trail(self) -> None:
        before = type(self).objects.filter(school=self.school_id, post=self.post)
        if (trail := before.values_list("trail", flat=True).first()) is not None:
            self.trail_id = trail

    def before_birth(self) -> None:
        naming.check(self)

    def is_named(self) -> bool:
        return self.person is not None

    def is_empty(self) -> bool:
        return self.person is None

    @transition(
        status,
        Status.APPOINTED,
        Status.ANNOUNCED,
        conditions=[is_named],
        permission=policy.clock,
    )
    def announce(self) -> None:
        """The school is told in the transaction that names the person, or nobody is named."""
        self.told_on = clock.today()
        self.tell("contact.named")

    def tell(self, kind: str) -> None:
        """Promise the school a letter at every address it has."""
        for number in range(len(self.tells())):
            key = f"{kind}:{self.uuid}:{self.version}:{number}"
            outbox.add(kind, key=key, assignment=str(self.uuid), address=number)

    @transition(
        status,
        Status.APPOINTED,
        Status.VACANT,
        conditions=[is_empty],
        permission=policy.clock,
    )
    def open_vacancy(self) -> None:
        """A school that has nobody: the post is empty from today, and chased like any other."""
        self.held_from = self.vacant_since = clock.today()
        self.gone = Gone.NEVER
        self.tell("contact.vacant")

    def unconfirmed(self) -> bool:
        return self.confirmed_on is None

    @transition(
        status,
        Status.ANNOUNCED,
        None,
        conditions=[unconfirmed],
        permission=policy.school_side | policy.party_link,
    )
    def confirm(self) -> None:
        """The school knows whom to call."""
        self.confirmed_on = clock.today()

    def reminded_twice(self) -> bool:
        return self.confirmed_on is None and self.reminders >= REMINDERS

    @transition(
        status,
        Status.ANNOUNCED,
        None,
        conditions=[reminded_twice],
        permission=policy.unit_manager,
    )
    def confirm_for(self, *, why: str) -> None:
        """After two reminders the unit manager has called the school, and says so."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv hur skolan har fått veta det.")})
        self.confirmed_on, self.confirmed_why = clock.today(), why.strip()

    @transition(
        status,
        Status.ANNOUNCED,
        None,
        conditions=[unconfirmed],
        permission=policy.unit_manager | policy.clock,
    )
    def remind(self) -> None:
        """The school is told again, with a fresh link."""
        self.reminders, self.reminded = self.reminders + 1, clock.today()
        self.tell("contact.named")

    def its_day(self) -> bool:
        return self.confirmed_on is not None and self.since <= clock.today()

    @transition(
        status,
        Status.ANNOUNCED,
        Status.ACTIVE,
        conditions=[its_day],
        permission=policy.clock,
    )
    def activate(self) -> None:
        """Confirmed, and its day has come; whoever had the post has just ended."""
        self.held_from = self.checked_on = clock.today()

    @transition(
        status,
        Status.ACTIVE,
        Status.VACANT,
        permission=policy.unit_manager | policy.administrator | policy.clock,
    )
    def vacate(self, *, gone: str = Gone.LEFT) -> None:
        """The person is gone and nobody is named yet: the deputy answers, and it is chased."""
        self.vacant_since, self.gone = clock.today(), gone
        self.tell("contact.vacant")

    @transition(
        status,
        Status.ACTIVE,
        None,
        permission=policy.unit_manager | policy.administrator,
    )
    def plan_end(self, *, last_day: date | None, gone: str, handover: str = "") -> None:
        """The person's last day is known: the post is empty after it, unless a successor has it.

        Without a day the plan is taken back.
        """
        if last_day is not None and last_day < clock.today():
            raise ValidationError({"last_day": _("Välj i dag eller en dag framåt.")})
        self.expected_end, self.gone = last_day, gone if last_day else ""
        self.handover = handover.strip()

    @transition(status, Status.ACTIVE, None, permission=policy.unit_manager)
    def reaffirm(self) -> None:
        """Still the right person, with the right number."""
        self.checked_on = clock.today()

    @transition(
        status,
        [*COMING_CONTACT, Status.ACTIVE],
        None,
        permission=policy.unit_manager | policy.contact_person,
    )
    def write_handover(self, *, handover: str) -> None:
        """What the next one needs to know about the work with the school."""
        self.handover = handover.strip()

    @transition(status, list(HELD), Status.ENDED, permission=policy.clock)
    def end(self) -> None:
        """A successor has the post from today."""
        self.held_until = clock.today()

    @transition(
        status,
        list(COMING_CONTACT),
        Status.ENDED,
        conditions=[is_named],
        permission=policy.unit_manager | policy.administrator | policy.clock,
    )
    def withdraw(self, *, why: str) -> None:
        """Somebody else is to be named instead; the school is told that this was not to be."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför det inte blir så.")})
        self.tell("contact.withdrawn")

    @transition(status, list(OPEN_CONTACT), None, permission=policy.clock)
    def follow_team(self, *, team: Organisation, person: Membership | None) -> None:
        """The team is another's now: the same person goes on there, at the same number."""
        self.team, self.person = team, person or self.person

    @transition(status, list(OPEN_CONTACT), Status.ENDED, permission=policy.clock)
    def close_with_school(self, *, on: date) -> None:
        """The school is no more; whoever was its contact is nobody's from that day."""
        if self.held_from is not None:
            self.held_until = max(on, self.held_from)

    def cover(self) -> Any:
        """Who answers meanwhile: the other post's holder, else the leader of the team."""
        other = type(self).objects.now().filter(school=self.school_id).exclude(post=self.post)
        stands_in = other.filter(status=Status.ACTIVE).select_related("person__user").first()
        return stands_in or serving.manager_of(self.team)
