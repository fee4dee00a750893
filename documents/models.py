"""A document: asked for by one person, made by the worker, kept encrypted, opened only by them."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Actor, Clock, Membership
from accounts.rules import Rule, by_itself
from documents.kinds import KINDS, Kind
from history import outbox
from history.models import Living, LivingQuerySet, StatusField, transition
from referrals.models.sight import selves


class Status(models.TextChoices):
    WAITING = "waiting", _("Görs")
    DONE = "done", _("Klar")
    FAILED = "failed", _("Blev inte gjord")


class FailCode(models.TextChoices):
    RIGHT_GONE = "right_gone", _("Du har inte längre rätt att läsa det som dokumentet handlar om.")
    REFUSED = "refused", _("Texterna är för långa för att bli ett dokument.")


class MayPrint(Rule):
    """Asks for themselves, for something of that kind they may print right now."""

    def __call__(self, obj: Document, actor: Actor) -> bool:
        if not isinstance(actor, Membership) or obj.requested_by_id != actor.pk:
            return False
        kind = KINDS.get(obj.kind)
        return kind is not None and kind.rows(actor).filter(uuid=obj.object_uuid).exists()


class DocumentQuerySet(LivingQuerySet["Document"]):
    def visible_to(self, actor: Actor) -> DocumentQuerySet:
        """One's own, for as long as one may read what they are about."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        readable = Q(pk__in=())
        for kind in KINDS.values():
            there = kind.rows(actor).values("uuid")
            readable |= Q(kind=kind.name, object_uuid__in=there)
        return self.filter(readable, requested_by__in=selves(actor))


class Document(Living):
    """One rendering of one object in one language."""

    birth, beginner = "request", MayPrint()

    kind = models.CharField("slag", max_length=20)
    object_uuid = models.UUIDField()
    # For the access log, the extract and retention; none where no pupil stands in it.
    pupil_uuid = models.UUIDField(null=True, db_index=True)
    reference = models.CharField("nummer", max_length=20)
    language = models.CharField("språk", max_length=8, default="sv")
    # A consent form for one person only, and with a one-time link drawn on it.
    line = models.UUIDField(null=True)
    with_link = models.BooleanField(default=False)
    requested_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    requested = models.DateTimeField(default=clock.now)
    made = models.DateTimeField(null=True, editable=False)
    # What made it: template and stylesheet as a fingerprint, the family's text by its number.
    template_version = models.CharField(max_length=60, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveIntegerField("storlek i byte", default=0, editable=False)
    file = models.UUIDField(null=True, editable=False)  # in the vault's file store
    code = models.CharField("skäl", max_length=20, choices=FailCode, blank=True, editable=False)
    status = StatusField(choices=Status.choices, default=Status.WAITING)

    objects = DocumentQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="document_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.DONE) | (Q(file__isnull=False) & ~Q(sha256="")),
                name="document_done_has_its_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_of.label} {self.reference}"

    @property
    def kind_of(self) -> Kind:
        return KINDS[self.kind]

    @property
    def file_name(self) -> str:
        """What it is called when fetched: kind, number and language, nobody's name."""
        return f"{self.kind_of.file_word}-{self.reference}-{self.language}.pdf"

    @property
    def language_name(self) -> str:
        return dict(self.kind_of.languages)[self.language]

    def born(self, **details: object) -> None:
        outbox.add("document", key=f"document:{self.uuid}", document=str(self.uuid))

    @transition(status, Status.WAITING, Status.DONE, permission=by_itself)
    def keep(self, *, file: UUID, sha256: str, size: int, template_version: str) -> None:
        """It is made and lies in the file store."""
        self.file, self.sha256, self.size = file, sha256, size
        self.template_version, self.made = template_version, clock.now()

    @transition(status, Status.WAITING, Status.FAILED, permission=by_itself)
    def fail(self, *, code: str) -> None:
        """It is not made, and asking again at once would not help."""
        self.code = FailCode(code)
