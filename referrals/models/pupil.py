"""The pupil and the guardians: the school's own record, sealed, found only by a keyed index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

import vault
from accounts import clock
from accounts.models import Actor, Clock, Membership, Organisation, Role
from accounts.prepared import prepared
from history.models import Living, LivingQuerySet, Part, StatusField, transition
from referrals import policy
from referrals.choices import GuardianKind, Protection, Sex
from referrals.choices import PupilStatus as Status
from referrals.models import sight
from vault.fields import SealedTextField

if TYPE_CHECKING:
    from referrals.models.protection import GuardianDecision


class PupilQuerySet(LivingQuerySet["Pupil"]):
    @prepared
    def visible_to(self, actor: Actor) -> PupilQuerySet:
        """Whose name the actor may know: their own school's, and those a consent has opened."""
        if isinstance(actor, Clock):
            return self.all()
        return self.filter(sight.pupils(actor)).distinct()

    def reachable_by(self, actor: Actor, move: str) -> PupilQuerySet:
        return sight.without_emergencies(self.visible_to(actor), actor, "cases__")

    def named(self, words: str) -> PupilQuerySet:
        """Those in whose name every one of these words stands, exactly as a part of it."""
        parts = set(vault.name_parts(words))
        found = self.filter(status="current") if parts else self.none()
        for index in parts:
            found = found.filter(name_parts__index=index)
        return found.distinct()

    def by_number(self, number: str, school: Organisation) -> PupilQuerySet:
        """The school's own pupil with exactly this normalised number."""
        return self.filter(school=school, number_index__in=vault.signs("pupil.number", number))


class Pupil(Living):
    """A pupil as one school knows them. Two schools' records of one person share only the trail."""

    birth, beginner, editor = "register", policy.school | policy.team, policy.school | policy.team
    closing_fields = frozenset({"protection", "school"})

    school = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="skola")
    # Set where a programme starts without a school's referral: the team that registered the pupil.
    team = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    registered_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    given_name = SealedTextField("förnamn")
    family_name = SealedTextField("efternamn")
    number = SealedTextField("personnummer")
    number_index = models.CharField(max_length=64, db_index=True, editable=False)
    birth_date = SealedTextField("födelsedatum")  # ISO; not always the one in the number
    grade = models.PositiveSmallIntegerField("årskurs", null=True)
    sex = models.CharField("kön", max_length=10, choices=Sex, default=Sex.UNKNOWN)
    home_district = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="hemstadsdel"
    )
    address = SealedTextField("adress", blank=True)
    phone = SealedTextField("telefon", blank=True)
    email = SealedTextField("e-post", blank=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    email_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    language = models.CharField("språk", max_length=8, default="sv")
    interpreter = models.BooleanField("behöver tolk", default=False)
    protection = models.CharField(
        "skyddade personuppgifter", max_length=12, choices=Protection, default=Protection.NONE
    )
    foster_placed = models.BooleanField("placerad i familjehem", default=False)
    # Who holds that this is the wrong pupil, and why, until somebody else has looked at it.
    error_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    error_why = SealedTextField("varför felregistrerad", blank=True)
    status = StatusField(choices=Status.choices, default=Status.CURRENT)

    objects = PupilQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["school", "number_index"],
                # A protected pupil is told to nobody, not even to whoever would register them again.
                condition=Q(status="current", protection="none"),
                name="pupil_once_a_school",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="pupil_status_known"
            ),
        ]

    def __str__(self) -> str:
        return "Elev"

    @property
    def editable(self) -> tuple[str, ...]:
        if self.status != Status.CURRENT:
            return ()
        return (
            "given_name",
            "family_name",
            "number",
            "number_index",
            "birth_date",
            "grade",
            "sex",
            "home_district",
            "address",
            "phone",
            "email",
            "language",
            "interpreter",
            "protection",
            "foster_placed",
        )

    @property
    def name(self) -> str:
        """The full name in clear; only after `visible_to` has let the pupil through."""
        return f"{self.given_name.open()} {self.family_name.open()}".strip()

    @property
    def protected(self) -> bool:
        return self.protection != Protection.NONE

    def age(self) -> int | None:
        """Whole years today; None while the birth date is not known."""
        born: str = self.birth_date.open()
        if not born:
            return None
        today = clock.today().isoformat()
        return int(today[:4]) - int(born[:4]) - (today[5:] < born[5:])

    def find_trail(self) -> None:
        """One person, one trail, whichever schools know them; nobody is told of it."""
        self.number_index = vault.index("pupil.number", self.number.open())
        signs = vault.signs("pupil.number", self.number.open())
        twin = Pupil.objects.filter(number_index__in=signs).order_by("pk").first()
        if twin:
            self.trail = twin.trail

    def save(self, *args: object, **kwargs: object) -> None:
        told = contact_indexes(self.phone.open(), self.email.open())
        self.phone_index, self.email_index = told
        super().save(*args, **kwargs)
        self._index_name()

    def _index_name(self) -> None:
        """Each part of the name as it is now can be searched, and no part of an older name."""
        wanted = set(vault.name_parts(self.name)) if self.status == Status.CURRENT else set()
        kept = set(self.name_parts.values_list("index", flat=True))
        self.name_parts.exclude(index__in=wanted).delete()
        for index in sorted(wanted - kept):
            NamePart(pupil=self, index=index).save()

    def is_reported_in_error(self) -> bool:
        return self.error_by_id is not None

    @transition(status, Status.CURRENT, None, permission=policy.school | policy.team)
    def report_in_error(self, *, reporter: Membership, why: str) -> None:
        """Whoever wrote it says that it is the wrong pupil; a principal or unit manager looks."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv vad som blev fel.")})
        self.error_by, self.error_why = reporter, why

    @transition(
        status,
        Status.CURRENT,
        None,
        conditions=[is_reported_in_error],
        permission=policy.chief,
    )
    def keep_after_all(self) -> None:
        """It was the right pupil."""
        self.error_by, self.error_why = None, ""

    @transition(
        status,
        Status.CURRENT,
        Status.IN_ERROR,
        conditions=[is_reported_in_error],
        permission=policy.chief,
        custom={"closes": True},
    )
    def mark_in_error(self, *, approver: Membership) -> None:
        """Two persons agree: gone from every reader but the auditor and retention."""
        if approver == self.error_by:
            words = _("Du har själv anmält felet. Någon annan behöver godkänna det.")
            raise ValidationError({"approver": words})

    @transition(
        status,
        [Status.CURRENT, Status.IN_ERROR],
        Status.ERASED,
        permission=policy.clock,
        custom={"closes": True},
    )
    def erase(self) -> None:
        """Disposed of: nothing that tells who it was is left, here or in what belongs to it."""
        for name in (
            "given_name",
            "family_name",
            "number",
            "birth_date",
            "address",
            "phone",
            "error_why",
        ):
            setattr(self, name, "")
        self.email, self.number_index = "", ""
        self.protection = Protection.NONE

    @transition(status, Status.CURRENT, None, permission=policy.clock, custom={"closes": True})
    def change_school(self, *, school: Organisation) -> None:
        """Follow the case to another school; the old one's access ends."""
        self.school = school


def contact_signs(phone: str, email: str) -> tuple[list[str], list[str]]:
    """Every keyed sign a number and an address may stand under, however they are written; the
    newest key's first, none for an empty one."""
    digits = "".join(char for char in phone if char.isdigit())
    for country in ("0046", "46"):
        if digits.startswith(country):
            digits = "0" + digits.removeprefix(country).removeprefix("0")
            break
    address = email.strip().casefold()
    return (
        vault.signs("contact.phone", digits) if digits else [],
        vault.signs("contact.email", address) if address else [],
    )


def contact_indexes(phone: str, email: str) -> tuple[str, str]:
    """What is kept to look them up by: the newest key's; '' for none."""
    numbers, addresses = contact_signs(phone, email)
    return next(iter(numbers), ""), next(iter(addresses), "")


class NamePart(Part):
    """One part of a pupil's name as a keyed index, so that an exact part can be searched."""

    owner_name = "pupil"

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="name_parts")
    index = models.CharField(max_length=64, db_index=True)


class GuardianQuerySet(LivingQuerySet["Guardian"]):
    @prepared
    def visible_to(self, actor: Actor) -> GuardianQuerySet:
        """Guardians are known to whoever knows the pupil; a contact consent opens one of them."""
        if isinstance(actor, Clock):
            return self.all()
        known = Pupil.objects.visible_to(actor)
        if isinstance(actor, Membership) and actor.role in (Role.TEAM, Role.MANAGER):
            opened = sight.contacts(actor)
            return self.filter(Q(pupil__in=known) | opened).distinct()
        return self.filter(pupil__in=known)

    def reachable_by(self, actor: Actor, move: str) -> GuardianQuerySet:
        return sight.without_emergencies(self.visible_to(actor), actor, "pupil__cases__")

    def with_custody(self) -> GuardianQuerySet:
        return self.filter(custody=True, status=Status.CURRENT)


class Guardian(Living):
    """Whoever holds custody of the pupil, or stands in that place, or fosters the pupil."""

    birth, beginner, editor = "register", policy.school | policy.team, policy.school | policy.team

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="guardians")
    kind = models.CharField(
        "roll", max_length=12, choices=GuardianKind, default=GuardianKind.PARENT
    )
    custody = models.BooleanField("har vårdnaden", default=True)
    given_name = SealedTextField("förnamn")
    family_name = SealedTextField("efternamn")
    # Only where the family is to be able to sign with an e-identity.
    number = SealedTextField("personnummer", blank=True)
    phone = SealedTextField("telefon", blank=True)
    email = SealedTextField("e-post", blank=True)
    address = SealedTextField("adress", blank=True)
    # Where a link is asked for anew: the keyed index of the number and the address on file.
    phone_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    email_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    language = models.CharField("språk", max_length=8, default="sv")
    interpreter = models.BooleanField("behöver tolk", default=False)
    status = StatusField(choices=Status.choices, default=Status.CURRENT)

    objects = GuardianQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False

    def __str__(self) -> str:
        return "Vårdnadshavare"

    @property
    def editable(self) -> tuple[str, ...]:
        if self.status != Status.CURRENT:
            return ()
        return (
            "kind",
            "custody",
            "number",
            "given_name",
            "family_name",
            "phone",
            "email",
            "address",
            "language",
            "interpreter",
        )

    @property
    def name(self) -> str:
        return f"{self.given_name.open()} {self.family_name.open()}".strip()

    def may_be_asked(self) -> bool:
        """Whether anybody may ask, link or write to them: of a protected pupil, once decided."""
        if not self.pupil.protected:
            return True
        decision = self.decision()
        return decision is not None and decision.may_be_asked

    def decision(self) -> GuardianDecision | None:
        """What a holder of the right has decided last for this guardian; None before that."""
        return self.decisions.filter(status="made").order_by("-pk").first()

    @property
    def school(self) -> Organisation:
        return self.pupil.school

    @property
    def team(self) -> Organisation | None:
        return self.pupil.team

    def find_trail(self) -> None:
        self.trail_id = self.pupil.trail_id

    def before_birth(self) -> None:
        if not self.given_name.open():
            raise ValidationError({"given_name": _("Skriv vårdnadshavarens namn.")})

    def save(self, *args: object, **kwargs: object) -> None:
        self.index_contacts()
        super().save(*args, **kwargs)

    def index_contacts(self) -> None:
        told = contact_indexes(self.phone.open(), self.email.open())
        self.phone_index, self.email_index = told

    @transition(
        status,
        Status.CURRENT,
        Status.IN_ERROR,
        permission=policy.school | policy.team,
        custom={"closes": True},
    )
    def mark_in_error(self) -> None:
        """Not a guardian of this pupil after all."""
