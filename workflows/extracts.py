"""Extracts: all that one controller holds about a pupil (GDPR art. 15), or who has looked. Never unchecked."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.controllers import Controller, controller_of
from accounts.models import Actor, Clock, Membership, Organisation, Role
from accounts.rules import Holds, Rule, by_itself
from history import legal, outbox
from history.models import Living, LivingQuerySet, Part, StatusField, transition
from referrals.models import Guardian, Pupil, sight
from vault.fields import SealedTextField


class Kind(models.TextChoices):
    REGISTER = "register", _("Registerutdrag: allt som finns om eleven")
    LOOKS = "looks", _("Vem som har läst om eleven")


class Status(models.TextChoices):
    ASKED = "asked", _("Begärt")
    CHECKED = "checked", _("Sekretessprövat")
    RELEASED = "released", _("Utlämnat, filerna görs")
    READY = "ready", _("Klart att hämta")
    HANDED_OUT = "handed_out", _("Lämnat till den som bad")
    REFUSED = "refused", _("Inte utlämnat")


OPEN = [Status.ASKED, Status.CHECKED, Status.RELEASED, Status.READY]


class HandedHow(models.TextChoices):
    PAPER = "paper", _("På papper, i handen")
    POST = "post", _("Rekommenderat brev")
    SECURE = "secure", _("Säker digital post")


class Another(Rule):
    """The principal or unit manager there, and never whoever made the secrecy check."""

    def __call__(self, obj: Extract, actor: Actor) -> bool:
        if not chief(obj, actor) or not isinstance(actor, Membership):
            return False
        return obj.checked_by is None or obj.checked_by.user_id != actor.user_id


SIDES = (Role.SCHOOL, Role.PRINCIPAL, Role.TEAM, Role.MANAGER)
side = Holds("organisation", SIDES)
chief = Holds("organisation", (Role.PRINCIPAL, Role.MANAGER))
releaser = Another()


class ExtractQuerySet(LivingQuerySet["Extract"]):
    def visible_to(self, actor: Actor) -> ExtractQuerySet:
        """The controller's own side: its chief, whoever noted the asking, and whoever may know the pupil."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        here = Q(organisation=actor.organisation_id) & sight.unprotected(actor, "pupil__")
        if actor.role in (Role.PRINCIPAL, Role.MANAGER):
            return self.filter(here).distinct()
        if actor.role in (Role.SCHOOL, Role.TEAM):
            known = Q(pupil__in=Pupil.objects.visible_to(actor).values("pk"))
            own = sight.selves(actor)
            mine = Q(asked_by__in=own) | Q(responsible__in=own)
            return self.filter(here & (known | mine)).distinct()
        return self.none()


class Extract(Living):
    """One asking by a pupil or a guardian, to one controller, for what that controller holds."""

    birth, beginner = "ask", side

    kind = models.CharField("slag", max_length=10, choices=Kind)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="extracts")
    # The case or referral it was asked under, by which its own side knows whom it is about.
    reference = models.CharField("nummer", max_length=20, blank=True, editable=False)
    guardian = models.ForeignKey(Guardian, models.PROTECT, null=True, related_name="+")
    language = models.CharField("språk", max_length=8, default="sv")
    asked_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    # Whoever noted the asking, until they hand it on: it is theirs to see it answered in time.
    responsible = models.ForeignKey(Membership, models.PROTECT, related_name="+", editable=False)
    asked_on = models.DateField("begärt", default=clock.today)
    due = models.DateField("senast", editable=False)
    checked_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    checked_on = models.DateField(null=True, editable=False)
    released_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    released_on = models.DateField(null=True, editable=False)
    handed_on = models.DateField(null=True, editable=False)
    handed_how = models.CharField(max_length=10, choices=HandedHow, blank=True)
    why = SealedTextField("skäl", blank=True)
    pdf_file = models.UUIDField(null=True, editable=False)
    json_file = models.UUIDField(null=True, editable=False)
    status = StatusField(choices=Status.choices, default=Status.ASKED)

    objects = ExtractQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=[Status.READY, Status.HANDED_OUT])
                | Q(pdf_file__isnull=False, json_file__isnull=False),
                name="extract_ready_has_its_files",
            )
        ]

    def __str__(self) -> str:
        return "Utdrag"

    @property
    def controller(self) -> Controller:
        return controller_of(self.organisation)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    def find_trail(self) -> None:
        self.trail_id = self.pupil.trail_id

    @property
    def next_due(self) -> date:
        """The day the law gives, whatever is still to be done."""
        return self.due

    def before_birth(self) -> None:
        self.responsible = self.asked_by
        if self.guardian and self.guardian.pupil_id != self.pupil_id:
            raise ValidationError({"for_whom": _("Välj vem som ber om utdraget.")})
        age, limit = self.pupil.age(), legal.limit("age.extract_by_guardian")
        if self.guardian and age is not None and age > limit:
            words = _("Eleven är äldre än %(limit)s år och ber själv om sitt utdrag.")
            raise ValidationError({"for_whom": ValidationError(words, params={"limit": limit})})
        if self.asked_on > clock.today():
            raise ValidationError({"asked_on": _("Dagen har inte varit än.")})
        self.due = self.asked_on + timedelta(days=legal.limit("extract.answer"))

    @transition(status, [Status.ASKED, Status.CHECKED], Status.CHECKED, permission=side)
    def examine(self, *, whose: Membership, hidden: dict[str, str]) -> None:
        """Every part has been read; those left out each have a reason: part → why."""
        if any(not why.strip() for why in hidden.values()):
            raise ValidationError(_("Skriv varför varje del som utelämnas är hemlig."))
        HiddenPart.objects.filter(extract=self).delete()
        for part, why in hidden.items():
            HiddenPart(extract=self, part=part, why=why).save()
        self.checked_by, self.checked_on = whose, clock.today()

    @transition(status, Status.CHECKED, Status.RELEASED, permission=releaser)
    def release(self, *, whose: Membership) -> None:
        """The controller lets it go, as it was checked; the worker makes the files."""
        self.released_by, self.released_on = whose, clock.today()
        outbox.add("extract", key=f"extract:{self.uuid}", extract=str(self.uuid))

    @transition(status, Status.RELEASED, Status.READY, permission=by_itself)
    def keep(self, *, pdf_file: UUID, json_file: UUID) -> None:
        """Both files lie in the file store."""
        self.pdf_file, self.json_file = pdf_file, json_file

    @transition(status, Status.READY, Status.HANDED_OUT, permission=side)
    def hand_out(self, *, how: str) -> None:
        """Given to whoever asked; how, so that it can be shown later."""
        if how not in HandedHow.values:
            raise ValidationError({"how": _("Välj hur utdraget lämnades.")})
        self.handed_how, self.handed_on = how, clock.today()

    @transition(status, [Status.ASKED, Status.CHECKED], Status.REFUSED, permission=chief)
    def refuse(self, *, why: str) -> None:
        """Not released at all; the reason is a decision that can be appealed."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför utdraget inte lämnas ut.")})
        self.why = why

    @transition(status, OPEN, None, permission=by_itself)
    def cover(self, *, responsible: Membership) -> None:
        """Whoever saw to it has left: the leader does meanwhile."""
        self.responsible = responsible

    @transition(status, OPEN, None, permission=chief)
    def hand_on(self, *, responsible: Membership) -> None:
        """Let somebody else see that it is answered."""
        if responsible.organisation_id != self.organisation_id or not responsible.in_force:
            raise ValidationError({"responsible": _("Välj någon som arbetar hos er.")})
        self.responsible = responsible


class HiddenPart(Part):
    """One part left out of an extract, and why."""

    owner_name = "extract"

    extract = models.ForeignKey(Extract, models.PROTECT, related_name="hidden")
    part = models.CharField(max_length=60)
    why = SealedTextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["extract", "part"], name="hidden_once"),
        ]
