"""New keys: everything sealed is sealed anew, a piece at a time, while the product is in use.

The work remembers nothing of its own: what already has the newest key is passed over, so it can be stopped
anywhere and run again. A value that somebody changes meanwhile is left, for it was sealed anew by them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from vault import files, keys
from vault.fields import SealedTextField
from vault.models import State, StoredFile
from vault.sealing import Unsealable, key_of, seal, unseal

BATCH = 200
# What makes a row's indexes anew: returns whether something was changed. Registered by whoever has indexes.
Reindex = Callable[[Any], bool]
_indexed: dict[type[models.Model], Reindex] = {}


def reindexes(model: type[models.Model]) -> Callable[[Reindex], Reindex]:
    """Register what writes one row's blind indexes anew under the newest key."""

    def register(function: Reindex) -> Reindex:
        _indexed[model] = function
        return function

    return register


def sealed_models() -> list[tuple[type[models.Model], list[SealedTextField]]]:
    found = []
    for model in apps.get_models():
        fields = [f for f in model._meta.local_concrete_fields if isinstance(f, SealedTextField)]
        if fields:
            found.append((model, fields))
    return found


def rows_of(model: type[models.Model]) -> Iterator[list[Any]]:
    """Every row, a batch at a time, in order of key; rows added meanwhile are met too."""
    last = 0
    rows: models.QuerySet[Any] = models.QuerySet(model)
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def columns() -> Iterator[tuple[str, int]]:
    """Seal every column anew; yields (table, values sealed) after each batch."""
    for model, fields in sealed_models():
        for batch in rows_of(model):
            with transaction.atomic():
                yield (
                    model._meta.db_table,
                    sum(_sealed_anew(row, f) for row in batch for f in fields),
                )


def _sealed_anew(row: Any, field: SealedTextField) -> bool:
    """Whether one value was sealed anew; raises Unsealable for one that does not open here."""
    token = row.__dict__[field.attname].token
    if not token or key_of(token) == keys.ring().current:
        return False
    binding = f"{field.binding}.{row.uuid}"
    try:
        fresh = seal(unseal(token, binding), binding)
    except Unsealable as error:
        raise Unsealable(f"{field.binding}, rad {row.pk}: {error}") from error
    quote = connection.ops.quote_name
    table, column, pk = map(quote, (row._meta.db_table, field.column, row._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = %s WHERE {pk} = %s AND {column} = %s",  # noqa: S608 -- own names
            [fresh, row.pk, token],
        )
        return bool(cursor.rowcount)


def stored_files() -> Iterator[int]:
    """Seal every file anew; yields how many after each batch. A lost file is passed over here."""
    for batch in rows_of(StoredFile):
        done = 0
        for row in batch:
            if row.state != State.INFECTED and files.key_of(row) not in ("", keys.ring().current):
                files.seal_anew(row)
                done += 1
        yield done


def indexes() -> Iterator[tuple[str, int]]:
    """Write every blind index anew; yields (table, rows changed) after each batch."""
    for model, reindex in _indexed.items():
        for batch in rows_of(model):
            with transaction.atomic():
                yield model._meta.db_table, sum(reindex(row) for row in batch)


def left() -> int:
    """How many sealed values and files still have an older key."""
    current, count = keys.ring().current, 0
    for model, fields in sealed_models():
        for batch in rows_of(model):
            tokens = [row.__dict__[field.attname].token for row in batch for field in fields]
            count += sum(bool(token) and key_of(token) != current for token in tokens)
    files_: models.QuerySet[StoredFile] = models.QuerySet(StoredFile)
    kept = files_.exclude(state=State.INFECTED)
    return count + sum(files.key_of(row) not in ("", current) for row in kept.iterator(BATCH))
