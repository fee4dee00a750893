"""What an extract holds: every row its controller keeps about the pupil, in words, and nothing about others.

The models are walked, not listed, so that a new kind of record is in the extract from its first day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Kind as Place
from accounts.models import Membership, Organisation, Role
from history.models import AccessEntry, Living, Outcome, rows_of
from history.views.words import ground_in_words, words_for
from referrals.choices import Side
from referrals.models import (
    Attachment,
    Case,
    ConcernReport,
    Consent,
    Guardian,
    Note,
    Pupil,
    Referral,
    Section,
    SignatureLine,
)
from vault.fields import SealedTextField
from workflows.extracts import Extract, Kind
from workflows.labels import label

# Our own book-keeping of a row, which says nothing about the pupil.
SKIPPED = frozenset(
    {"id", "uuid", "trail", "version", "touched", "used", "sent", "frozen", "reminders", "order"}
    | {"number_index", "phone_index", "email_index", "file", "hidden_why", "narrowed_to"}
)
# Fields that name other people than the pupil: their own business.
OTHERS = frozenset({"guardian", "witness", "lapse_code"})
TITLES = {
    "absence": _lazy("Frånvaro"),
    "attachment": _lazy("Fil"),
    "case": _lazy("Ärende"),
    "concernreport": _lazy("Orosanmälan"),
    "consent": _lazy("Samtycke"),
    "estimate": _lazy("Skattning av ett mål"),
    "fostervoice": _lazy("Familjehemmets röst"),
    "goal": _lazy("Mål"),
    "intervention": _lazy("Insats"),
    "mappedneed": _lazy("Behov"),
    "note": _lazy("Anteckning"),
    "occasion": _lazy("Tillfälle"),
    "outsidecontact": _lazy("Kontakt med annan part"),
    "plan": _lazy("Plan"),
    "pupilvoice": _lazy("Elevens röst"),
    "referral": _lazy("Remiss"),
    "review": _lazy("Uppföljning"),
    "section": _lazy("Kartläggning"),
    "transfer": _lazy("Överlämning"),
}
# An emergency opening is a look, told in the other kind of extract; why, the auditor asks.
NEVER = ("Document", "Extract", "Disposal", "ProtectionRight", "Participant", "BreakGlass")
# On a referral each side has words of its own, and whoever is their controller alone releases them:
# what a consent has opened to the team once is not open to it for good by way of an extract.
WORDS_OF = {
    Place.SCHOOL: frozenset(
        {"worry", "measures", "other_plans_note", "pupil_knows", "guardians_know", "unfinished"}
    ),
    Place.TEAM: frozenset({"exception"}),
}


@dataclass(frozen=True)
class Piece:
    """One part of an extract: a row with its values, or a list of looks."""

    key: str
    title: str
    values: list[tuple[str, str]]
    # Why a checker should think twice, where there is a reason to.
    warning: str = ""


def parts_of(extract: Extract) -> list[Piece]:
    """Everything that would be in the extract, in order; the checker decides what is left out."""
    if extract.kind == Kind.LOOKS:
        return list(_looks(extract))
    return list(_register(extract))


def _register(extract: Extract) -> Iterator[Piece]:
    yield _section(extract.pupil, ())
    if extract.guardian:
        yield _section(extract.guardian, ())
    place = extract.organisation.kind
    theirs = frozenset().union(*(words for side, words in WORDS_OF.items() if side != place))
    for model in _models():
        for row in _held(model, extract).order_by("pk"):
            yield _section(row, OTHERS, theirs if model is Referral else ())
            if isinstance(row, Consent):
                yield from _own_line(row, extract)


def _models() -> list[type[Living]]:
    living = [model for model in apps.get_models() if issubclass(model, Living)]
    skipped = (*NEVER, "Pupil", "Guardian")
    wanted = [model for model in living if model.__name__ not in skipped]
    order = {"Referral": 0, "Consent": 1, "Case": 2}
    return sorted(wanted, key=lambda model: (order.get(model.__name__, 3), model.__name__))


def _held(model: type[Living], extract: Extract) -> QuerySet[Any]:
    """The rows of one kind on the pupil's path that this organisation holds."""
    place = extract.organisation
    rows: QuerySet[Any] = rows_of(model)
    if model is ConcernReport:
        return rows.filter(pupil=extract.pupil, reporters=place)
    rows = rows.filter(trail=extract.trail_id)
    names = {field.name for field in model._meta.fields}
    at_school = place.kind == Place.SCHOOL
    if model is Referral:
        return rows.filter(school=place) if at_school else rows.filter(team=place, sent=True)
    if model is Case:
        return rows.none() if at_school else rows.filter(team=place)
    if model is Consent:
        return rows.filter(asked_by__organisation=place)
    if model in (Note, Section, Attachment):
        own = rows.filter(side=Side.SCHOOL if at_school else Side.TEAM)
        return own.filter(_of(place, names))
    if at_school:
        return rows.filter(referral__school=place) if "referral" in names else rows.none()
    return rows.filter(case__team=place) if "case" in names else rows.none()


def _of(place: Organisation, names: set[str]) -> Q:
    found = Q(case__school=place) | Q(case__team=place)
    return found | Q(referral__school=place) if "referral" in names else found


def _section(row: Any, left_out: Any, theirs: Any = ()) -> Piece:
    """`theirs`: fields with the other side's own words, of which is told that they are there."""
    title = f"{row._meta.verbose_name}".capitalize()
    known = {Pupil: _("Eleven"), Guardian: _("Du själv")}
    values = [(label, value) for label, value in _values(row, left_out, theirs) if value]
    return Piece(
        key=f"{row._meta.model_name}:{row.uuid}",
        title=known.get(type(row)) or str(TITLES.get(row._meta.model_name, title)),
        values=values,
        warning=_warning(row),
    )


def _warning(row: Any) -> str:
    if isinstance(row, ConcernReport):
        return _("En orosanmälan lämnas bara ut efter särskild prövning.")
    if getattr(row, "hidden_from_guardian", False):
        return _("Den som skrev har markerat att vårdnadshavaren inte ska se det här.")
    if isinstance(row, Attachment):
        return _("Filen följer inte med. Pröva den för sig.")
    if getattr(row, "took_part", None):
        return _("Här kan andra personer vara nämnda.")
    return ""


def _values(row: Any, left_out: Any, theirs: Any = ()) -> Iterator[tuple[str, str]]:
    for field in row._meta.fields:
        if field.name in SKIPPED or field.name in left_out:
            continue
        value = getattr(row, field.name)
        if isinstance(field, SealedTextField):
            value = value.open()
            if value and field.name in theirs:
                value = _("Den andra sidan svarar för de orden och lämnar ut dem.")
        elif field.choices:
            value = getattr(row, f"get_{field.name}_display")()
        yield label(field), _in_words(value)


def _in_words(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Ja") if value else _("Nej")
    if isinstance(value, datetime):
        return date_format(localtime(value), "j F Y H.i")
    if isinstance(value, date):
        return date_format(value, "j F Y")
    if isinstance(value, Membership):
        return f"{value.name}, {value.get_role_display()}"
    if isinstance(value, models.Model) and not isinstance(value, Living):
        return str(value)
    return getattr(value, "reference", "") if isinstance(value, Living) else str(value).strip()


def _own_line(consent: Consent, extract: Extract) -> Iterator[Piece]:
    """The asker's own answer; what the others have answered is theirs to ask for."""
    lines = SignatureLine.objects.filter(consent=consent, guardian=extract.guardian)
    for line in lines:
        yield Piece(
            key=f"signatureline:{line.uuid}",
            title=_("Ditt svar på frågan om samtycke"),
            values=[pair for pair in _values(line, {"consent", "guardian"}) if pair[1]],
        )


def _looks(extract: Extract) -> Iterator[Piece]:
    """When, in which role and organisation, what and on what ground; no reader's name without a check."""
    pupils = Pupil.objects.filter(trail=extract.trail_id).values("uuid")
    looks = AccessEntry.objects.filter(
        seen__pupil_uuid__in=pupils,
        outcome=Outcome.SHOWN,
        organisation_id=extract.organisation_id,
    ).distinct()
    for entry in (
        looks.select_related("membership__user").prefetch_related("seen").order_by("position")
    ):
        grounds = {row.ground for row in entry.seen.all()}
        role = Role(entry.role).label if entry.role in Role.values else _("Den som skriver under")
        concern = entry.what.startswith("concern")
        yield Piece(
            key=f"look:{entry.uuid}",
            title=date_format(localtime(entry.at), "j F Y H.i"),
            values=[
                (_("Roll"), str(role)),
                (_("Organisation"), str(extract.organisation)),
                (_("Vad"), words_for(entry.what)),
                (_("Grund"), ", ".join(sorted(ground_in_words(ground) for ground in grounds))),
            ],
            warning=_("En orosanmälan lämnas bara ut efter särskild prövning.") if concern else "",
        )
