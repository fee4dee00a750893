"""The local agreement on collaboration: drafted, commented on, signed, evaluated, revised, ended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE

from accounts import clock
from accounts.models import Actor, Clock, Membership, Organisation, Role, Signatory
from collaboration import policy, programmes, sight
from collaboration.choices import COMING, IN_FORCE, OPEN_AGREEMENT, PAST, Signature, SignedHow
from collaboration.choices import AgreementStatus as Status
from collaboration.handing import handing_on
from history import outbox
from history.models import Living, LivingQuerySet, StatusField, transition

# How often it is evaluated (seed 001: once a year), and how long a comment round lasts unless told.
EVALUATED_EVERY = timedelta(days=365)
COMMENTS_FOR = timedelta(days=30)
# Days before an evaluation or an end at which those concerned are reminded (issue, point 1).
REMINDERS = (90, 60, 30, 0)
# What the database's own rule against two at once is called (migration no_overlap).
OVERLAP = "agreement_party_no_overlap"


class AgreementQuerySet(LivingQuerySet["Agreement"]):
    def visible_to(self, actor: Actor) -> AgreementQuerySet:
        """In force or past: everyone. Under way: the district, its parties and those who write it."""
        if isinstance(actor, Clock):
            return self.all()
        if isinstance(actor, Signatory):
            return self.filter(uuid=actor.opens)
        if actor.role in sight.OVERVIEW:
            return self.all()
        seen = Q(status__in=(*IN_FORCE, *PAST))
        if actor.role == Role.DISTRICT:
            here = actor.organisation_id
            seen |= Q(district=here) | Q(district__successor=here)
        every = self.model.objects
        asked = every.filter(parties__organisation__in=sight.sides(actor))
        seen |= Q(status__in=(Status.IN_REVIEW, Status.SIGNED), pk__in=asked.values("pk"))
        writes = every.filter(sections__owner=actor, status__in=COMING)
        return self.filter(seen | Q(pk__in=writes.values("pk")))

    def in_force(self) -> AgreementQuerySet:
        return self.filter(status__in=IN_FORCE)


class Agreement(Living):
    """One version of one district's agreement; a revision is a new row on the same trail."""

    birth, beginner, editor = "draft", policy.district_manager, policy.district_manager

    district = models.ForeignKey(Organisation, models.PROTECT, related_name="agreements")
    # A programme's key, "" for the whole collaboration; the programmes are another room's.
    programme = models.SlugField("program", blank=True)
    title = models.CharField("namn", max_length=200)
    number = models.PositiveSmallIntegerField("version", default=1)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="revisions")
    responsible = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField("gäller från", null=True)
    valid_to = models.DateField("gäller till och med", null=True)
    comment_by = models.DateField("synpunkter senast", null=True, editable=False)
    # Comments are closed and the text stands still from this day on.
    signing_since = models.DateField(null=True, editable=False)
    # When those who have not answered were last asked again.
    reminded_on = models.DateField(null=True, editable=False)
    signed_on = models.DateField(null=True, editable=False)
    published_on = models.DateField(null=True, editable=False)
    evaluate_by = models.DateField("utvärderas senast", null=True, editable=False)
    ended_on = models.DateField(null=True, editable=False)
    end_reason = models.TextField("skäl", blank=True, editable=False)
    status = StatusField(choices=Status.choices, default=Status.DRAFT)

    objects = AgreementQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="agreement_status_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="agreement_period",
            ),
            models.UniqueConstraint(
                fields=["trail"], condition=Q(status__in=COMING), name="agreement_one_coming"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=IN_FORCE)
                | Q(valid_from__isnull=False, evaluate_by__isnull=False),
                name="agreement_in_force_is_dated",
            ),
        ]
        indexes = [models.Index(fields=["status", "evaluate_by"], name="agreement_evaluate")]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"

    @property
    def editable(self) -> tuple[str, ...]:
        people = ("responsible", "deputy")
        return (*people, "title") if self.status == Status.DRAFT else people

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_AGREEMENT

    @property
    def programme_name(self) -> str:
        return programmes.name_of(self.programme)

    @property
    def next_due(self) -> date:
        """The day its next step is due: comments, signatures, publishing, evaluation."""
        today = clock.today()
        known = {
            Status.DRAFT: None,
            Status.IN_REVIEW: None if self.signing_since else self.comment_by,
            Status.SIGNED: self.valid_from,
            Status.ACTIVE: self.evaluate_by,
            Status.REVIEW_DUE: self.evaluate_by,
        }
        last = self.signing_since or today
        return known.get(self.status) or last + COMMENTS_FOR

    def find_trail(self) -> None:
        if self.replaces is not None:
            self.trail_id = self.replaces.trail_id

    def before_birth(self) -> None:
        if self.replaces is not None:
            if self.replaces.status not in IN_FORCE:
                raise ValidationError(_("Bara en överenskommelse som gäller kan revideras."))
            if self.replaces.revisions.filter(status__in=COMING).exists():
                raise ValidationError(_("En ny version är redan på väg."))

    def born(
        self,
        *,
        sections: list[tuple[str, str, str]] | None = None,
        parties: list[dict[str, Any]] | None = None,
        **details: Any,
    ) -> None:
        """Sections as (key, title, body) in order; parties as the fields of their rows."""
        for place, (key, title, body) in enumerate(sections or [], start=1):
            self.sections.create(position=place, key=key, title=title, body=body)
        for party in parties or []:
            self.set_row(self.parties.model(agreement=self), **party)

    def set_row(self, row: Any, **fields: Any) -> None:
        """Save one party's row; what its constraint needs is copied from the agreement."""
        for name, value in fields.items():
            setattr(row, name, value)
        row.district_id, row.programme = self.district_id, self.programme
        row.save()

    @transition(
        status, Status.DRAFT, None, permission=policy.district_manager | policy.section_owner
    )
    def write_section(self, *, section: Any, title: str, body: str) -> None:
        """Its owner or the district manager writes one section."""
        row = self.sections.filter(pk=section.pk).first()
        if row is None:
            raise ValidationError({"body": _("Avsnittet finns inte längre.")})
        row.title, row.body = title.strip(), body.strip()
        row.save()

    @transition(
        status,
        list(COMING),
        None,
        permission=policy.district_manager | policy.administrator | policy.clock,
    )
    def assign_section(self, *, section: Any, owner: Membership | None) -> None:
        """Somebody else is asked to write it, or nobody any more."""
        row = self.sections.get(pk=section.pk)
        row.owner = owner
        row.save()

    @transition(status, Status.DRAFT, None, permission=policy.district_manager)
    def add_section(self, *, title: str, body: str, owner: Membership | None = None) -> None:
        """One more section, last."""
        last = self.sections.last()
        self.sections.create(
            key=f"own-{self.number}-{self.version}",
            position=last.position + 1 if last else 1,
            title=title.strip(),
            body=body.strip(),
            owner=owner,
        )

    @transition(status, Status.DRAFT, None, permission=policy.district_manager)
    def remove_section(self, *, section: Any) -> None:
        """A section that is not to be part of it."""
        section.delete()

    @transition(status, Status.DRAFT, None, permission=policy.district_manager)
    def set_party(self, *, party: Any, remove: bool = False, **fields: Any) -> None:
        """Add a party, change who signs for it, or take it away."""
        if remove:
            party.delete()
            return
        self.set_row(party, agreement=self, **fields)

    @transition(status, Status.DRAFT, Status.IN_REVIEW, permission=policy.district_manager)
    def send_for_comment(self, *, comment_by: date) -> None:
        """Every party gets a link, and may write what it thinks."""
        today = clock.today()
        if comment_by is None or comment_by <= today:
            raise ValidationError({"comment_by": _("Välj en dag som inte har varit.")})
        empty = [row.title for row in self.sections.all() if not row.body.strip()]
        if empty:
            words = _("Skriv klart avsnitten: %s.") % ", ".join(empty)
            raise ValidationError({"comment_by": words})
        self.needs_signers("comment_by")
        self.comment_by, self.signing_since, self.reminded_on = comment_by, None, None
        self.send_links()

    def names_signers_to(self, actor: Actor) -> bool:
        """Who signs for each party, and the papers: for the district that keeps it and the overview."""
        overview = isinstance(actor, Membership) and actor.role in sight.OVERVIEW
        return overview or policy.district_manager(self, actor)

    @property
    def may_begin(self) -> bool:
        """Whether the first day that was signed has come."""
        return self.valid_from is None or self.valid_from <= clock.today()

    def needs_signers(self, beside: str) -> None:
        """At least two parties sign, and each has somebody who does."""
        signing = self.parties.exclude(signature=Signature.NOT_NEEDED)
        if signing.count() < 2:
            raise ValidationError({beside: _("Minst två parter ska skriva under.")})
        nobody = signing.filter(Q(signer_name="") | Q(signer_email=""))
        if names := [str(row.organisation) for row in nobody.select_related("organisation")]:
            words = _("Skriv vem som skriver under, och e-postadressen, för: %s.")
            raise ValidationError({beside: words % ", ".join(names)})

    def tell_signers(self, kind: str) -> None:
        """Promise those who signed a letter: that it holds now, or has ended."""
        for row in self.parties.filter(signature=Signature.SIGNED).exclude(signer_email=""):
            outbox.add(kind, key=f"{kind}:{row.uuid}:{self.version}", party=str(row.uuid))

    def send_links(self) -> None:
        """Promise a link to each who has yet to sign; made when it is sent."""
        for row in self.parties.filter(signature=Signature.WAITING).exclude(signer_email=""):
            key = f"agreement.link:{row.uuid}:{self.version}"
            outbox.add("agreement.link", key=key, party=str(row.uuid))

    def open_for_comments(self) -> bool:
        return self.signing_since is None

    @transition(
        status,
        Status.IN_REVIEW,
        None,
        conditions=[open_for_comments],
        permission=policy.party | policy.party_link | policy.district_manager,
    )
    def comment(
        self,
        *,
        text: str,
        organisation: Organisation,
        author: str,
        section: Any = None,
    ) -> None:
        """One party says what it thinks, of a section or of the whole."""
        if not text.strip():
            raise ValidationError({"text": _("Skriv vad ni tycker.")})
        self.comments.create(
            organisation=organisation, author=author, section=section, text=text.strip()
        )

    @transition(status, Status.IN_REVIEW, Status.DRAFT, permission=policy.district_manager)
    def reopen(self, *, why: str) -> None:
        """Back to drafting: what was signed was another text, so nobody has signed any more."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför texten ändras.")})
        self.signing_since = self.comment_by = None
        for row in self.parties.filter(signature=Signature.SIGNED):
            row.signature, row.signed_at, row.how, row.file = Signature.WAITING, None, "", None
            row.save()

    @transition(
        status,
        Status.IN_REVIEW,
        None,
        conditions=[open_for_comments],
        permission=policy.district_manager,
    )
    def ask_signatures(self, *, valid_from: date, valid_to: date | None = None) -> None:
        """Comments are closed; the text stands still and every party gets a link to sign by."""
        self.needs_signers("valid_from")
        self.set_period(valid_from, valid_to)
        self.signing_since, self.reminded_on = clock.today(), None
        self.send_links()

    def set_period(self, valid_from: date, valid_to: date | None) -> None:
        """From when to when it holds; nobody of its parties may be bound by another then."""
        if valid_to is not None and valid_to < valid_from:
            raise ValidationError({"valid_to": _("Slutet kommer före början.")})
        self.valid_from, self.valid_to = valid_from, valid_to
        taken = self.already_bound().select_related("organisation", "agreement").first()
        if taken is not None:
            words = _("%(party)s har redan en överenskommelse den tiden: %(other)s.")
            said = {"party": taken.organisation, "other": taken.agreement}
            raise ValidationError({"valid_from": words % said})

    def open_for_signatures(self) -> bool:
        return self.signing_since is not None

    @transition(status, Status.IN_REVIEW, None, permission=policy.district_manager | policy.clock)
    def remind(self) -> None:
        """Those who are still to sign get a fresh link, to say what they think or to sign."""
        self.reminded_on = clock.today()
        self.send_links()

    @transition(
        status,
        Status.IN_REVIEW,
        GET_STATE(
            lambda obj, **kw: Status.IN_REVIEW if obj.somebody_waits() else Status.SIGNED,
            states=[Status.IN_REVIEW, Status.SIGNED],
        ),
        conditions=[open_for_signatures],
        permission=policy.party_link | policy.district_manager,
    )
    def sign(
        self, *, party: Any, how: str, name: str = "", on: date | None = None, file: Any = None
    ) -> None:
        """One party signs: by its own link, or on paper that the district manager has in hand."""
        row = self.parties.filter(pk=party.pk).first()
        if row is None or row.signature != Signature.WAITING:
            raise ValidationError(_("Den parten har redan skrivit under."))
        if how == SignedHow.PAPER and file is None:
            raise ValidationError({"scan": _("Lägg till det skannade papperet.")})
        if on is not None and on > clock.today():
            raise ValidationError({"on": _("Dagen har inte varit än.")})
        if name.strip():
            row.signer_name = name.strip()
        row.signature, row.how, row.file = Signature.SIGNED, how, file
        row.signed_at, row.signed_on = clock.now(), on or clock.today()
        row.save()
        if not self.somebody_waits():
            self.signed_on = clock.today()

    def somebody_waits(self) -> bool:
        return self.parties.filter(signature=Signature.WAITING).exists()

    @transition(
        status, Status.SIGNED, Status.ACTIVE, permission=policy.district_manager | policy.clock
    )
    def publish(self, *, valid_from: date | None = None) -> None:
        """From now on it holds. The version it replaces lets go of its parties first.

        The period is what was signed. Only the first day may be later, when signatures came late.
        """
        today = clock.today()
        agreed = self.valid_from or today
        begins = valid_from or max(agreed, self.signed_on or agreed)
        if begins > today:
            raise ValidationError(
                {"valid_from": _("Den börjar gälla den dagen av sig själv. Publicera då.")}
            )
        if begins < agreed:
            words = _("Parterna har skrivit under att den gäller från %s, inte tidigare.")
            raise ValidationError({"valid_from": words % date_format(agreed, "j F Y")})
        self.set_period(begins, self.valid_to)
        self.published_on, self.evaluate_by = today, begins + EVALUATED_EVERY
        if self.valid_to:
            self.evaluate_by = min(self.evaluate_by, self.valid_to)
        if self.replaces is not None:
            # The old version is superseded by what follows from this move; its place is given up
            # here, for the database holds no two at once, not even for a moment.
            self.replaces.parties.update(in_force=False, until=begins)
        self.take_place()
        self.tell_signers("agreement.holds")

    def take_place(self) -> None:
        """Every party's row says that it is bound now; another agreement's row refuses.

        One at a time in a district: two that wait for each other's rows would wait in a ring.
        """
        list(Organisation.objects.select_for_update(no_key=True).filter(pk=self.district_id))
        try:
            for row in self.parties.all():
                row.in_force, row.since = True, self.valid_from
                row.until = self.valid_to + timedelta(days=1) if self.valid_to else None
                row.save()
        except IntegrityError as error:
            if OVERLAP not in str(error):
                raise
            words = _("En av parterna har redan en överenskommelse den tiden.")
            raise ValidationError({"valid_from": words}) from error

    def already_bound(self) -> Any:
        """Rows in force of others that this one would stand beside."""
        rows = self.parties.model.objects.filter(
            in_force=True,
            district=self.district_id,
            programme=self.programme,
            organisation__in=self.parties.values("organisation"),
        ).filter(Q(until=None) | Q(until__gt=self.valid_from))
        if self.valid_to:
            rows = rows.filter(since__lte=self.valid_to)
        return rows.exclude(agreement=self).exclude(agreement=self.replaces_id)

    @transition(
        status,
        Status.ACTIVE,
        Status.REVIEW_DUE,
        permission=policy.clock | policy.district_manager,
    )
    def call_review(self) -> None:
        """A year has gone, or the district finds that it is needed."""

    @transition(status, Status.REVIEW_DUE, Status.ACTIVE, permission=policy.district_manager)
    def keep(self, *, on: date, result: str, text: str, **more: Any) -> None:
        """The steering group has evaluated it and keeps it; the next evaluation is dated."""
        if self.valid_to and self.valid_to < clock.today():
            raise ValidationError(_("Den har löpt ut. Skriv en ny överenskommelse."))
        self.add_evaluation(on=on, result=result, text=text, **more)
        self.evaluate_by = clock.today() + EVALUATED_EVERY
        if self.valid_to and self.valid_to > clock.today():
            self.evaluate_by = min(self.evaluate_by, self.valid_to)

    @transition(status, Status.REVIEW_DUE, None, permission=policy.district_manager)
    def evaluate(self, *, on: date, result: str, text: str, **more: Any) -> None:
        """The steering group has evaluated it and wants it revised: it still waits to be replaced."""
        self.add_evaluation(on=on, result=result, text=text, **more)

    def add_evaluation(self, *, on: date, result: str, text: str, **more: Any) -> None:
        if on is None or on > clock.today():
            raise ValidationError({"on": _("Skriv vilken dag styrgruppen utvärderade.")})
        if self.valid_from and on < self.valid_from:
            raise ValidationError({"on": _("Den dagen gällde den inte än.")})
        if not text.strip():
            raise ValidationError({"text": _("Skriv vad styrgruppen kom fram till.")})
        self.evaluations.create(on=on, result=result, text=text.strip(), **more)

    @transition(status, list(IN_FORCE), Status.SUPERSEDED, permission=policy.clock)
    def supersede(self) -> None:
        """A new version holds instead."""
        self.ended_on = clock.today()

    @transition(status, list(IN_FORCE), Status.TERMINATED, permission=policy.district_manager)
    def terminate(self, *, why: str) -> None:
        """It ends today, with a reason; its schools have no agreement from now on."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför överenskommelsen upphör.")})
        self.end_reason, self.ended_on = why.strip(), clock.today()
        self._let_go(clock.today())

    @transition(status, list(IN_FORCE), Status.TERMINATED, permission=policy.clock)
    def run_out(self) -> None:
        """Its last day has passed, and nothing has taken its place."""
        self.ended_on = self.valid_to or clock.today()
        self._let_go(self.ended_on + timedelta(days=1))

    def _let_go(self, until: date) -> None:
        """Nobody is bound by it from that day on."""
        for row in self.parties.all():
            row.in_force, row.until = False, max(until, row.since or until)
            row.save()
        self.tell_signers("agreement.ended")

    cover, hand_on = handing_on(status, OPEN_AGREEMENT, "responsible", "deputy")

    @transition(status, list(OPEN_AGREEMENT), None, permission=policy.clock)
    def follow_organisation(self, *, old: Organisation, new: Organisation) -> None:
        """What an organisation was bound to binds its successor: the day it is merged or closed.

        A district's successor owns the agreement. A party's place goes over as it was signed; where
        the successor stands in it already, or is bound by another in force, the old one just ends.
        So does the place of a party that another agreement of the new district binds already.
        """
        if self.district_id == old.pk:
            self.district = new
        today = clock.today()
        for row in self.parties.select_related("organisation"):
            if row.organisation_id == old.pk and self.free_for(new):
                row.organisation = new
            elif row.organisation_id == old.pk or self.bound_elsewhere(row):
                row.in_force = False
                row.until = max(today, row.since) if row.since else None
            row.district_id = self.district_id
            row.save()

    def bound_elsewhere(self, row: Any) -> bool:
        """Whether another agreement of its district binds the same party, once this one lies there."""
        others = self.parties.model.objects.filter(
            in_force=True,
            district=self.district_id,
            programme=self.programme,
            organisation=row.organisation_id,
        )
        return bool(row.in_force and others.exclude(agreement=self).exists())

    def free_for(self, organisation: Organisation) -> bool:
        """Whether it can be a party here: not one already, and bound by no other in force."""
        rows = self.parties.model.objects.filter(organisation=organisation)
        elsewhere = rows.filter(
            in_force=True, district=self.district_id, programme=self.programme
        ).exclude(agreement=self)
        return not rows.filter(agreement=self).exists() and not elsewhere.exists()

    @transition(status, list(COMING), Status.DROPPED, permission=policy.district_manager)
    def drop(self, *, why: str) -> None:
        """It never came to hold, and why."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför det inte blev något.")})
        self.end_reason, self.ended_on = why.strip(), clock.today()
