"""Where school and social services meet: forums, and the meetings of a term."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Actor, Clock, Membership, Organisation, Role, Signatory
from collaboration import inviting, policy, sight
from collaboration.choices import (
    OPEN_MEETING,
    TOOK_PLACE,
    Level,
    MeetingKind,
    Presence,
    Reply,
    Seat,
)
from collaboration.choices import MeetingStatus as Status
from collaboration.handing import handing_on
from history import outbox
from history.models import Living, LivingQuerySet, StatusField, Trail, transition

# Days: invitations go out so long before, minutes come so long after, those who have not answered
# are reminded so long before (domain A3.12).
INVITE_BEFORE, MINUTES_AFTER, REMIND_BEFORE = 21, 14, 7
# By the invitee's uuid: who came in their stead, and in which role somebody came.
Came = dict[str, tuple[str, str]]


class Forum(models.Model):
    """One group of one district that meets again and again; all its meetings share a trail."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    trail = models.OneToOneField(Trail, models.PROTECT, related_name="+", editable=False)
    district = models.ForeignKey(Organisation, models.PROTECT, related_name="forums")
    level = models.CharField("nivå", max_length=20, choices=Level)
    name = models.CharField("namn", max_length=100)
    convener = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    place = models.CharField("plats", max_length=200, blank=True)
    active = models.BooleanField("i bruk", default=True)

    class Meta:
        ordering = ["district__name", "level", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="forum_level_known"),
            models.UniqueConstraint(
                fields=["district", "level", "name"], name="forum_once_a_district"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.district}"

    def kept_by(self, actor: Actor) -> bool:
        """Whether this is whoever may call its meetings: theirs to change and to close."""
        called = ForumMeeting(forum=self, convener=self.convener)
        return bool(called.beginner(called, actor))


class MeetingQuerySet(LivingQuerySet["ForumMeeting"]):
    def visible_to(self, actor: Actor) -> MeetingQuerySet:
        """Those who are called, the district and its teams; those with the overview see all."""
        if isinstance(actor, Clock):
            return self.all()
        if isinstance(actor, Signatory):
            return self.filter(uuid=actor.opens)
        if actor.role in sight.OVERVIEW:
            return self.all()
        seen = Q(convener=actor)
        if actor.role in (Role.DISTRICT, *sight.TEAM_ROLES):
            seen |= Q(forum__district__in=sight.sides(actor))
        called = self.model.objects.filter(invitees__organisation__in=sight.sides(actor))
        return self.filter(seen | Q(pk__in=called.values("pk")) & ~Q(status=Status.PLANNED))

    def took_place(self) -> MeetingQuerySet:
        return self.filter(status__in=TOOK_PLACE)


class ForumMeeting(Living):
    """One meeting, from plan to minutes. It holds no pupil: its texts are checked for names."""

    birth = "plan"
    beginner = policy.convener
    editor = policy.convener

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="meetings")
    term = models.CharField("termin", max_length=6)
    kind = models.CharField("slag", max_length=12, choices=MeetingKind, default=MeetingKind.MEETING)
    convener = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    starts = models.DateTimeField("börjar")
    length = models.PositiveSmallIntegerField("minuter", default=120)
    place = models.CharField("plats", max_length=200, blank=True)
    agenda = models.TextField("dagordning", blank=True)
    # How many times the invitation has been sent out: a calendar's SEQUENCE.
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)
    invited_on = models.DateField(null=True, editable=False)
    reminded_on = models.DateField(null=True, editable=False)
    minutes = models.TextField("minnesanteckningar", blank=True, editable=False)
    corrected_why = models.TextField(blank=True, editable=False)
    ended_why = models.TextField(blank=True, editable=False)
    status = StatusField(choices=Status.choices, default=Status.PLANNED)

    objects = MeetingQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="meeting_status_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=MeetingKind.values), name="meeting_kind_known"
            ),
        ]
        indexes = [
            models.Index(fields=["forum", "starts"], name="meeting_forum_starts"),
            models.Index(fields=["status", "starts"], name="meeting_status_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.forum.name}, {date_format(clock.local_date(self.starts), 'j F Y')}"

    @property
    def editable(self) -> tuple[str, ...]:
        if self.status == Status.PLANNED:
            return ("starts", "length", "place", "agenda", "kind", "term")
        return ("agenda",) if self.status == Status.INVITED else ()

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_MEETING

    @property
    def organisation(self) -> Organisation:
        return self.convener.organisation

    @property
    def district(self) -> Organisation:
        return self.forum.district

    @property
    def responsible(self) -> Membership:
        return self.convener

    @property
    def deputy(self) -> None:
        return None

    @property
    def ends(self) -> datetime:
        return self.starts + timedelta(minutes=self.length)

    @property
    def next_due(self) -> date:
        day = clock.local_date(self.starts)
        if self.status == Status.PLANNED:
            return day - timedelta(days=INVITE_BEFORE)
        return day + timedelta(days=MINUTES_AFTER) if self.status == Status.HELD else day

    def find_trail(self) -> None:
        self.trail_id = self.forum.trail_id

    def born(self, **details: Any) -> None:
        self.call_everybody()

    def call_everybody(self) -> None:
        """A row for each whom the agreement names, and for every school of the district."""
        there = set(self.invitees.values_list("organisation_id", flat=True))
        for called in inviting.called(self.forum):
            if called.organisation.pk not in there:
                self.invitees.create(
                    organisation=called.organisation,
                    name=called.name,
                    email=called.email,
                    role=called.role,
                )

    @transition(status, [Status.PLANNED, Status.INVITED], None, permission=policy.convener)
    def set_invitee(
        self,
        *,
        invitee: Any,
        name: str = "",
        email: str = "",
        role: str = "",
        organisation: Any = None,
    ) -> None:
        """Somebody more is called, or somebody's name, role or address is put right."""
        if role and role not in Seat.values:
            raise ValidationError({"role": _("Välj en roll.")})
        if organisation is not None:
            invitee.organisation = organisation
        usual = invitee.role if invitee.pk else inviting.seat_of(invitee.organisation)
        invitee.role = role or usual
        invitee.meeting, invitee.name, invitee.email = self, name.strip(), email.strip()
        self.refuse_a_second_call(invitee)
        invitee.save()
        if self.status == Status.INVITED:
            self.send("forum.invite", [invitee])

    def refuse_a_second_call(self, invitee: Any) -> None:
        """The same person of the same organisation is called once."""
        of, name = invitee.organisation, invitee.name
        there = self.invitees.filter(organisation=of, name__iexact=name)
        if there.exclude(pk=invitee.pk).exists():
            words = (
                _("%(name)s från %(organisation)s är redan kallad.")
                if name
                else _("%(organisation)s är redan kallad. Skriv vem mer ni kallar därifrån.")
            )
            raise ValidationError({"name": words % {"name": name, "organisation": of}})

    def send(self, kind: str, to: Any, **more: Any) -> None:
        for row in to:
            key = f"{kind}:{row.uuid}:{self.version}"
            outbox.add(kind, key=key, invitee=str(row.uuid), **more)

    @transition(status, Status.PLANNED, Status.INVITED, permission=policy.convener)
    def invite(self) -> None:
        """Everyone gets the invitation, as a calendar entry and with a link to answer by."""
        if self.starts <= clock.now():
            raise ValidationError({"agenda": _("Mötet har redan varit. Ändra tiden först.")})
        if not self.agenda.strip():
            raise ValidationError({"agenda": _("Skriv vad mötet ska handla om.")})
        self.call_everybody()
        if names := [str(row) for row in self.invitees.filter(email="").order_by("pk")]:
            words = _("Skriv en e-postadress för: %s.") % ", ".join(names)
            raise ValidationError({"agenda": words})
        self.invited_on, self.sequence = clock.today(), 1
        self.send("forum.invite", self.invitees.all())

    def is_to_come(self) -> bool:
        return clock.now() < self.ends

    def is_over(self) -> bool:
        return not self.is_to_come()

    @transition(status, Status.INVITED, None, conditions=[is_to_come], permission=policy.convener)
    def move_to(self, *, starts: datetime, place: str, length: int) -> None:
        """Another time or place: all are told, and asked again."""
        if starts <= clock.now():
            raise ValidationError({"on": _("Välj en tid som inte har varit.")})
        about = "time" if (starts, length) != (self.starts, self.length) else "place"
        self.starts, self.place, self.length = starts, place.strip(), length
        self.sequence, self.reminded_on = self.sequence + 1, None
        for row in self.invitees.all():
            row.reply, row.instead = Reply.NONE, ""
            row.save()
        self.send("forum.invite", self.invitees.all(), about=about)

    def some_are_silent(self) -> bool:
        return bool(self.invitees.filter(reply=Reply.NONE).exists())

    @transition(
        status,
        Status.INVITED,
        None,
        conditions=[is_to_come, some_are_silent],
        permission=policy.convener | policy.clock,
    )
    def remind(self) -> None:
        """Those who have not answered are asked again."""
        self.reminded_on = clock.today()
        self.send("forum.invite", self.invitees.filter(reply=Reply.NONE), about="remind")

    @transition(
        status,
        Status.INVITED,
        None,
        conditions=[is_to_come],
        permission=policy.party_link | policy.called,
    )
    def answer(self, *, invitee: Any, reply: str, instead: str = "") -> None:
        """Whether one who is called comes; it may be changed until the meeting is over."""
        if reply == Reply.OTHER and not instead.strip():
            raise ValidationError({"instead": _("Skriv vem som kommer i stället.")})
        row = self.invitees.get(pk=invitee.pk)
        row.reply, row.replied_at = reply, clock.now()
        row.instead = instead.strip() if reply == Reply.OTHER else ""
        row.save()

    @transition(
        status,
        [Status.PLANNED, Status.INVITED],
        Status.CANCELLED,
        permission=policy.convener,
    )
    def cancel(self, *, why: str) -> None:
        """It will not be: those who were called are told, and their calendars too."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför mötet ställs in.")})
        self.ended_why = why.strip()
        if self.sequence:
            self.sequence += 1
            self.send("forum.cancel", self.invitees.all())

    def has_begun(self) -> bool:
        return self.starts <= clock.now()

    @transition(
        status,
        Status.INVITED,
        Status.HELD,
        conditions=[has_begun],
        permission=policy.convener,
    )
    def hold(self, *, presence: dict[str, str], came: Came | None = None) -> None:
        """Who was there, organisation by organisation; `presence` by the invitee's uuid."""
        self.note_presence(presence, came or {})

    def note_presence(self, presence: dict[str, str], came: Came) -> None:
        """`came`: who it was in somebody's stead, "" for nobody, and in which role."""
        for row in self.invitees.all():
            said = presence.get(str(row.uuid), Presence.UNKNOWN)
            if said == Presence.UNKNOWN:
                raise ValidationError({"presence": _("Fyll i närvaron för alla som var kallade.")})
            row.presence = said
            row.instead, row.role = came.get(str(row.uuid), (row.instead, row.role))
            row.save()

    @transition(status, [Status.HELD, Status.MINUTED], None, permission=policy.convener)
    def correct_presence(
        self, *, presence: dict[str, str], why: str, came: Came | None = None
    ) -> None:
        """It was noted wrongly. Whoever has had the minutes gets them anew, for they say it too."""
        self.note_presence(presence, came or {})
        self.correct(why)

    cover, hand_on = handing_on(status, OPEN_MEETING, "convener")

    @transition(status, Status.HELD, Status.MINUTED, permission=policy.convener)
    def write_minutes(self, *, minutes: str, decisions: list[str]) -> None:
        """What was said and decided, without pupils; sent to those who came and those who did not."""
        self.note_minutes(minutes, decisions)
        self.send("forum.minutes", self.invitees.exclude(email=""))

    def note_minutes(self, minutes: str, decisions: list[str]) -> None:
        if not minutes.strip():
            raise ValidationError({"minutes": _("Skriv vad ni pratade om.")})
        self.minutes = minutes.strip()
        for text in decisions:
            self.decisions.create(text=text)

    @transition(status, Status.MINUTED, None, permission=policy.convener)
    def correct_minutes(self, *, minutes: str, decisions: list[str], why: str) -> None:
        """Something in them was wrong: everybody gets them anew."""
        self.decisions.all().delete()
        self.note_minutes(minutes, decisions)
        self.correct(why)

    def correct(self, why: str) -> None:
        """Say why, to everybody who has been told otherwise."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv vad som var fel.")})
        self.corrected_why = why.strip()
        if self.status == Status.MINUTED:
            self.send("forum.minutes", self.invitees.exclude(email=""), about="correct")
