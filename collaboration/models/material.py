"""The support material: what everybody should have read, in which version, and who has."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Actor, Clock, Membership, Organisation, Role
from collaboration import policy, sight
from collaboration.choices import TO_SHOW, MaterialKind
from collaboration.choices import MaterialStatus as Status
from collaboration.handing import handing_on
from history.models import Living, LivingQuerySet, Part, StatusField, transition
from vault.models import State, StoredFile

# Looked over again so long after it was last found right, where nobody has said another day.
REVIEWED_EVERY = timedelta(days=365)


def _for(role: str) -> Q:
    return Q(audience="") | Q(audience__contains=f" {role} ")


class SupportMaterialQuerySet(LivingQuerySet["SupportMaterial"]):
    def visible_to(self, actor: Actor) -> SupportMaterialQuerySet:
        """Published: its audience. Everything: those who keep the library, and each owner."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role in (*sight.OVERVIEW, Role.DISTRICT):
            return self.all()
        return self.filter(status=Status.PUBLISHED).for_role(actor.role)

    def for_role(self, role: str) -> SupportMaterialQuerySet:
        """Meant for those who have this role."""
        return self.filter(_for(role))

    def to_show(self, actor: Actor | None) -> SupportMaterialQuerySet:
        """Films and pages of the toolbox that hold now: all that the reader may see, and for those
        without an account what is meant for everybody."""
        rows = self.filter(status=Status.PUBLISHED, kind__in=TO_SHOW)
        return rows.visible_to(actor) if isinstance(actor, Membership) else rows.filter(audience="")

    def with_receipt(self, actor: Membership) -> SupportMaterialQuerySet:
        """`read`: whether the actor has read the version that holds now; `meant`: whether it is for
        the actor to read; `waits`: whether it is and has not been read."""
        mine = Receipt.objects.filter(
            material=OuterRef("pk"), number=OuterRef("number"), membership__user=actor.user_id
        )
        meant = Q(_for(actor.role), status=Status.PUBLISHED)
        return self.annotate(
            read=Exists(mine), meant=ExpressionWrapper(meant, output_field=models.BooleanField())
        ).annotate(waits=Case(When(Q(meant=True, read=False), then=1), default=0))

    def unread_by_newcomer(self, membership: Membership) -> SupportMaterialQuerySet:
        """What this person must read before anything else, and has never read in any version."""
        ever = Receipt.objects.filter(material=OuterRef("pk"), membership__user=membership.user_id)
        must = self.filter(status=Status.PUBLISHED, for_newcomers=True).for_role(membership.role)
        return must.exclude(Exists(ever))


class SupportMaterial(Living):
    """One guide, film or form, in versions; only the newest is shown to its audience."""

    birth, beginner, editor = "draft", policy.keeper, policy.keeper

    title = models.CharField("namn", max_length=200)
    kind = models.CharField("slag", max_length=20, choices=MaterialKind)
    about = models.CharField("vad det handlar om", max_length=300)
    # Codes of roles with spaces round each; empty for everyone.
    audience = models.CharField("för vilka", max_length=200, blank=True)
    # What a newcomer must read before first access.
    for_newcomers = models.BooleanField("läses av alla som är nya", default=False)
    owner = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("version", default=0, editable=False)
    published_on = models.DateField(null=True, editable=False)
    review_by = models.DateField("ses över senast", null=True, blank=True)
    status = StatusField(choices=Status.choices, default=Status.DRAFT)

    objects = SupportMaterialQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="material_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.PUBLISHED) | Q(number__gte=1),
                name="material_published_has_version",
            ),
        ]
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def editable(self) -> tuple[str, ...]:
        if self.status == Status.RETIRED:
            return ()
        return ("title", "about", "audience", "for_newcomers", "owner", "review_by")

    def is_for(self, role: str) -> bool:
        """Whether it is meant for those who have this role."""
        return not self.audience or f" {role} " in self.audience

    @property
    def is_open(self) -> bool:
        """Whether it has a next step with a day: what is published is looked over again."""
        return bool(self.status == Status.PUBLISHED)

    @property
    def responsible(self) -> Membership:
        return self.owner

    @property
    def deputy(self) -> None:
        return None

    @property
    def organisation(self) -> Organisation:
        return self.owner.organisation

    @property
    def district(self) -> Organisation | None:
        return self.owner.organisation.district

    @property
    def next_due(self) -> date:
        """The day it is looked over, at the latest."""
        return self.review_by or (self.published_on or clock.today()) + REVIEWED_EVERY

    @property
    def current(self) -> MaterialVersion | None:
        return self.versions.with_file().filter(number=self.number).first()

    @transition(
        status,
        [Status.DRAFT, Status.PUBLISHED],
        Status.PUBLISHED,
        permission=policy.keeper,
    )
    def publish(
        self, *, text: str, address: str = "", what_is_new: str = "", file: Any = None
    ) -> None:
        """A new version; from now on it is this one people read, and have read or not."""
        if not (text.strip() or address or file):
            raise ValidationError({"text": _("Skriv texten, lägg till en fil eller en adress.")})
        if self.number and not what_is_new.strip():
            raise ValidationError({"what_is_new": _("Skriv vad som är nytt.")})
        self.number += 1
        self.published_on = clock.today()
        if self.review_by is None or self.review_by <= self.published_on:
            self.review_by = self.published_on + REVIEWED_EVERY
        self.versions.create(
            number=self.number,
            text=text.strip(),
            address=address,
            what_is_new=what_is_new.strip(),
            file=file,
            published_on=self.published_on,
        )

    @transition(status, Status.PUBLISHED, None, permission=policy.audience)
    def acknowledge(self, *, who: Membership) -> None:
        """ "Read and understood", of the version that holds now."""
        mine = self.receipts.filter(number=self.number, membership__user=who.user_id)
        if not mine.exists():
            self.receipts.create(number=self.number, membership=who, on=clock.today())

    @transition(status, Status.PUBLISHED, None, permission=policy.keeper)
    def reaffirm(self, *, review_by: date) -> None:
        """Looked over and still right, until it is looked over again."""
        if review_by <= clock.today():
            raise ValidationError({"review_by": _("Välj en dag framåt i tiden.")})
        self.review_by = review_by

    cover, hand_on = handing_on(status, [Status.DRAFT, Status.PUBLISHED], "owner")

    @transition(status, Status.PUBLISHED, Status.RETIRED, permission=policy.keeper)
    def retire(self, *, why: str) -> None:
        """It no longer holds; nobody is asked to read it."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför det inte gäller längre.")})


class MaterialVersionQuerySet(models.QuerySet["MaterialVersion"]):
    def holding(self, materials: SupportMaterialQuerySet) -> MaterialVersionQuerySet:
        """Of each of these materials the version that holds now, by title."""
        now = self.filter(material__in=materials, number=F("material__number")).with_file()
        return now.select_related("material").order_by("material__title", "material_id")

    def with_file(self) -> MaterialVersionQuerySet:
        """`opens`: whether its file may be fetched: there is one, and the scanner has passed it."""
        clean = StoredFile.objects.filter(uuid=OuterRef("file"), state=State.CLEAN)
        return self.annotate(opens=Exists(clean))


class MaterialVersion(Part):
    """What it said in one version."""

    owner_name = "material"

    material = models.ForeignKey(SupportMaterial, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    # A film or a page of the municipality's own: shown as a link, never fetched by us.
    address = models.URLField(blank=True)
    what_is_new = models.CharField(max_length=300, blank=True)
    file = models.UUIDField(null=True)
    published_on = models.DateField()

    objects = MaterialVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["material", "number"], name="version_once_a_material")
        ]

    def __str__(self) -> str:
        return f"{self.material}, {self.number}"


class Receipt(Part):
    """One person has read one version."""

    owner_name = "material"

    material = models.ForeignKey(SupportMaterial, models.PROTECT, related_name="receipts")
    number = models.PositiveSmallIntegerField()
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["material", "number", "membership"], name="receipt_once_a_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership}: {self.number}"
