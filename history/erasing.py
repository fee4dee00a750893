"""Emptying rows round the door, when retention has decided: nothing else may.

A row stays, with its codes, dates and organisations, so that counts and the chain stand; what tells of a
person is emptied. The decision is an event of the disposal and of the pupil; the chain covers both.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import QuerySet

from history.models import AccessEntry, AccessText, EventText, Outgoing
from vault.fields import SealedTextField


def empty(rows: QuerySet[Any], kept: frozenset[str], values: dict[str, Any]) -> int:
    """Empty every sealed column and every free text of these rows, and set what else is told.

    `kept` are texts that are codes or numbers for people; a text nobody has thought of is emptied.
    """
    model: type[models.Model] = rows.model
    found = {
        field.attname: ""
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and (isinstance(field, SealedTextField) or not (field.choices or field.attname in kept))
    }
    wanted = rows.order_by().values("pk")
    return _around(
        models.QuerySet(model).filter(pk__in=list(wanted.values_list("pk", flat=True))),
        found | values,
    )


def _around(rows: QuerySet[Any], values: dict[str, Any]) -> int:
    """An update that the living's own manager refuses, and that sealed fields let through as ''."""
    return rows.update(**values) if values else 0


def remove(rows: QuerySet[Any]) -> int:
    """Take whole rows away: indexes, followers, what lies in a queue."""
    return (
        models.QuerySet(rows.model)
        .filter(pk__in=list(rows.values_list("pk", flat=True)))
        .delete()[0]
    )


def words_on(trails: set[int]) -> int:
    """The free words of the events of these trails; the events stay, and so does the chain."""
    return EventText.objects.filter(event__trail__in=trails).delete()[0]


def reasons_about(pupils: list[Any]) -> int:
    """The reasons given for looks that showed one of these pupils and nobody else."""
    looks = AccessEntry.objects.filter(seen__pupil_uuid__in=pupils, pupils=1)
    return AccessText.objects.filter(entry__in=looks).delete()[0]


def promises_about(uuids: set[str]) -> int:
    """What the outbox has kept or still promises about any of these objects."""
    about = [
        row.pk
        for row in Outgoing.objects.only("pk", "key", "payload").iterator(2000)
        if not uuids.isdisjoint(_words(row))
    ]
    return Outgoing.objects.filter(pk__in=about).delete()[0]


def _words(row: Outgoing) -> set[str]:
    return {*row.key.split(":"), *(str(value) for value in row.payload.values())}
