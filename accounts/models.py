"""People, organisations, and who is acting."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts import clock
from vault.indexes import normalised


class Role(models.TextChoices):
    SCHOOL = "school", _("Skolans personal")
    PRINCIPAL = "principal", _("Rektor")
    TEAM = "team", _("Skolsocionom")
    MANAGER = "manager", _("Enhetschef")
    DISTRICT = "district", _("Avdelningschef")
    RECEIVER = "receiver", _("Mottagare i socialtjänsten")
    CENTRAL = "central", _("Analytiker")
    AUDITOR = "auditor", _("Granskare")
    ADMIN = "admin", _("Administratör")


class Kind(models.TextChoices):
    MUNICIPALITY = "municipality", _("Kommun")
    DISTRICT = "district", _("Stadsdel")
    PROVIDER = "provider", _("Huvudman")
    SCHOOL = "school", _("Skola")
    TEAM = "team", _("Skolsocialt team")
    RECEIVER = "receiver", _("Biståndsbedömd socialtjänst")


# In what kind of organisation each role is held.
WHERE: dict[str, Kind] = {
    Role.SCHOOL: Kind.SCHOOL,
    Role.PRINCIPAL: Kind.SCHOOL,
    Role.TEAM: Kind.TEAM,
    Role.MANAGER: Kind.TEAM,
    Role.DISTRICT: Kind.DISTRICT,
    Role.RECEIVER: Kind.RECEIVER,
    Role.CENTRAL: Kind.MUNICIPALITY,
    Role.AUDITOR: Kind.MUNICIPALITY,
    Role.ADMIN: Kind.MUNICIPALITY,
}
# Roles that name a deputy with the same rights for a period (design section 4, contact assignment).
LEADERS = (Role.MANAGER, Role.PRINCIPAL)


class User(AbstractUser):
    """A person who signs in. Deactivated when they leave, never deleted."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    language = models.CharField("språk", max_length=8, default="sv")
    # Who they are to the municipality's single sign-on: set by an administrator, never guessed by mail.
    sso_id = models.CharField("identitet i inloggningstjänsten", max_length=255, blank=True)
    # Name and mail in small letters: SQLite does not know that Å and å are the same.
    sought = models.CharField(max_length=600, blank=True, editable=False)
    # The memberships in force, read together with the person of a session (accounts.backend).
    roles: list[Membership]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="user_mail_once"),
            models.UniqueConstraint(
                fields=["sso_id"], condition=~Q(sso_id=""), name="user_sso_once"
            ),
        ]
        indexes = [models.Index(fields=["last_name", "first_name", "id"], name="user_by_name")]

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sought = normalised(f"{self.get_full_name()} {self.email}")
        if (only := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*only, "sought"}
        super().save(*args, **kwargs)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def in_service(self) -> OrganisationQuerySet:
        return self.exclude(until__lte=clock.today())

    def of(self, kind: Kind) -> OrganisationQuerySet:
        return self.filter(kind=kind)

    def at_work(self) -> OrganisationQuerySet:
        """In service, or winding up: ended, with people who still have something to finish."""
        today = clock.today()
        roles = Membership.objects.filter(Q(until=None) | Q(until__gt=today))
        return self.filter(~Q(until__lte=today) | Exists(roles.filter(organisation=OuterRef("pk"))))


class Organisation(models.Model):
    """A secrecy domain of its own: what one holds, another reads only on a ground."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("slag", max_length=20, choices=Kind.choices)
    name = models.CharField("namn", max_length=200)
    # Skolverket's eight-digit school unit code; names change, codes are the key (seed 000's footnote).
    code = models.CharField("skolenhetskod", max_length=20, blank=True)
    independent = models.BooleanField("fristående", default=False)
    municipality_code = models.CharField("kommunkod", max_length=4, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name="ligger i"
    )
    provider = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="runs", verbose_name="huvudman"
    )
    # A team's reach: the districts and schools it serves; empty for a team of the whole municipality.
    serves = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="served_by")
    function_address = models.EmailField("funktionsadress", blank=True)
    # A number that is always answered: what a school calls when it has no contact person of its own.
    phone = models.CharField("telefon", max_length=30, blank=True)
    since = models.DateField("från", default=clock.today)
    until = models.DateField("till", null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ersatt av"
    )

    # Name, earlier names and code in small letters, to be searched.
    sought = models.TextField(blank=True, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="organisation_kind_known"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="organisation_code_unique"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="organisation_period"
            ),
        ]
        ordering = ["name"]
        indexes = [models.Index(fields=["name", "id"], name="organisation_by_name")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        earlier = self.former.values_list("name", flat=True) if self.pk else ()
        self.sought = normalised(" ".join([self.name, self.code, *earlier]))
        if (only := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*only, "sought"}
        super().save(*args, **kwargs)

    @property
    def in_service(self) -> bool:
        return self.until is None or self.until > clock.today()

    @property
    def heir(self) -> Organisation:
        """The organisation that has its tasks today: itself, or whoever followed, step by step."""
        here = self
        while here.successor is not None and not here.in_service:
            here = here.successor
        return here

    def as_of(self, day: date) -> Former | Organisation:
        """What it was called and where it lay on a day: a former period, or itself as it is now."""
        return self.former.filter(since__lte=day, until__gt=day).first() or self

    @property
    def district(self) -> Organisation | None:
        """The district it is or lies in; None for what belongs to the whole municipality."""
        here: Organisation | None = self
        while here is not None and here.kind != Kind.DISTRICT:
            here = here.parent
        return here


class Former(models.Model):
    """What an organisation was called and where it lay before: one row a period, ended, in order.

    Seed 000's footnote: schools are renamed, moved and replaced; what was written then still says
    which school it was.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="former")
    name = models.CharField("namn", max_length=200)
    parent = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    provider = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    independent = models.BooleanField("fristående", default=False)
    since = models.DateField("från")
    until = models.DateField("till och med dagen före")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "until"], name="former_once_a_day"),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="former_period"),
        ]
        ordering = ["organisation", "until"]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self) -> MembershipQuerySet:
        today = clock.today()
        ended = Q(until__lte=today)
        return self.exclude(ended).filter(since__lte=today, user__is_active=True)


class Membership(models.Model):
    """A person in one role in one organisation, for a period: the usual actor."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField("roll", max_length=20, choices=Role.choices)
    profession = models.CharField("yrke", max_length=100, blank=True)
    since = models.DateField("från", default=clock.today)
    until = models.DateField("till och med dagen före", null=True, blank=True)
    # Set on the membership by which a deputy acts for a unit manager or principal, with its own period.
    stands_in_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="deputies"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="membership_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_role_display()})"

    @property
    def name(self) -> str:
        return self.user.get_full_name() or self.user.get_username()

    @property
    def in_force(self) -> bool:
        today = clock.today()
        ended = self.until is not None and self.until <= today
        return self.since <= today and not ended and self.user.is_active


class Signatory(models.Model):
    """Someone without an account, acting by a one-time link, and what the link is for.

    The link's token and the code sent another way are kept only as keyed hashes.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The uuid of the object the link opens, and of the line on it that is this person's.
    opens = models.UUIDField(db_index=True)
    line = models.UUIDField(null=True)
    purpose = models.CharField(max_length=30, default="sign")
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    code_hash = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    made = models.DateTimeField(default=clock.now)
    expires = models.DateTimeField(null=True)
    used = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "Den som skriver under"


class Clock:
    """The system acting on its own: a value, so that nobody's absence can be taken for it."""

    def __str__(self) -> str:
        return "Systemet"


CLOCK = Clock()
Actor = Membership | Signatory | Clock


class SchoolBreak(models.Model):
    """Days the municipality's schools are closed, with the first and the last of them.

    No longer than a summer, so that a slip of the year cannot stand still every deadline of a school.
    """

    LONGEST = 100  # days

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("vad lovet heter", max_length=60)
    first = models.DateField("första dagen")
    last = models.DateField("sista dagen")

    class Meta:
        ordering = ("first", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="school_break_in_order")
        ]

    def __str__(self) -> str:
        return self.name


class Epoch(models.Model):
    """One counter: raised, in its own transaction, by whatever can close a door to a pupil's data.

    A page rendered under one number is not let out under another (design section 5).
    """

    number = models.BigIntegerField(default=0)
