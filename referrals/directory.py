"""Answers the auditor's desk: which pupil, which name, who is named. No page asks this itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import ValidationError

import vault
from accounts import personnummer
from referrals.choices import Protection, PupilStatus
from referrals.models import Case, Guardian, NamePart, Pupil, Referral


def find(words: str) -> list[UUID]:
    """Of exactly this reference or number; protected pupils are found by nobody."""
    words = words.strip()
    found: list[UUID] = []
    open_ = {"pupil__protection": Protection.NONE}
    for model in (Case, Referral):
        rows = model.objects.filter(reference=words.upper(), **open_)
        found += rows.values_list("pupil__uuid", flat=True)
    try:
        signs = vault.signs("pupil.number", personnummer.read(words).text)
    except ValidationError:
        return list(dict.fromkeys(found))
    people = Pupil.objects.filter(number_index__in=signs, protection=Protection.NONE)
    return list(dict.fromkeys([*found, *people.values_list("uuid", flat=True)]))


def name(pupil: UUID) -> str:
    row = Pupil.objects.filter(uuid=pupil, protection=Protection.NONE).first()
    return row.name if row and row.status != PupilStatus.ERASED else ""


def references(pupils: Iterable[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    wanted = list(pupils)
    for model in (Referral, Case):  # a case's number wins over its referral's
        known = {"pupil__uuid__in": wanted, "pupil__protection": Protection.NONE}
        rows = model.objects.filter(**known).order_by("pk")
        found |= dict(rows.values_list("pupil__uuid", "reference"))
    return found


def with_name_parts(indexes: Iterable[str]) -> dict[str, set[UUID]]:
    return _by_sign(NamePart.objects.filter(index__in=list(indexes)), "index")


def with_guardians(indexes: Iterable[str]) -> dict[str, set[UUID]]:
    rows = Guardian.objects.filter(email_index__in=list(indexes))
    return _by_sign(rows, "email_index")


def _by_sign(rows: object, column: str) -> dict[str, set[UUID]]:
    found: dict[str, set[UUID]] = defaultdict(set)
    for sign, pupil in rows.values_list(column, "pupil__uuid"):  # type: ignore[attr-defined]  # rows of one model or another
        found[sign].add(pupil)
    return found


def named(pupils: Iterable[UUID]) -> set[tuple[UUID, int]]:
    wanted = list(pupils)
    found: set[tuple[UUID, int]] = set()
    people = {
        Pupil: ("uuid", ("registered_by",)),
        Referral: ("pupil__uuid", ("author", "colleague", "responsible", "deputy")),
        Case: ("pupil__uuid", ("responsible", "deputy", "participants__membership")),
    }
    for model, (key, roles) in people.items():
        rows = model.objects.filter(**{f"{key}__in": wanted})  # type: ignore[attr-defined]  # one of three models
        for pupil, *who in rows.values_list(key, *roles):
            found |= {(pupil, one) for one in who if one}
    return found
