"""Rows by the hundred thousand, straight into their tables: COPY on PostgreSQL, executemany on SQLite.

The one place where living things are born beside the door; it serves a database that holds nothing
but a bench (see `config.bench.town`), and no shipped command lets it near another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from vault.fields import SealedTextField


class Table:
    """One model's rows to be, as tuples: `varying` columns are given per row, the rest once.

    Columns that are neither varying nor given take the field's default; text without one is empty.
    """

    def __init__(self, model: type[models.Model], varying: str, **constant: Any) -> None:
        self.model = model
        self.rows: list[tuple[Any, ...]] = []
        names = varying.split()
        fields = {f.attname: f for f in model._meta.local_concrete_fields}
        counted = {f.attname for f in fields.values() if isinstance(f, models.AutoField)}
        rest = [name for name in fields if name not in names and name not in counted]
        self.columns = [str(fields[name].column) for name in (*names, *rest)]
        self.constant = tuple(_prepared(fields[name], constant) for name in rest)

    def add(self, *values: Any) -> None:
        self.rows.append(values + self.constant)

    def write(self) -> int:
        """Send what has been gathered; how many rows that was."""
        rows, self.rows = self.rows, []
        table = connection.ops.quote_name(self.model._meta.db_table)
        columns = ", ".join(connection.ops.quote_name(name) for name in self.columns)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(self.columns))
                sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 -- our names
                cursor.executemany(sql, rows)
        return len(rows)


def _prepared(field: models.Field[Any, Any], constant: dict[str, Any]) -> Any:
    if field.attname in constant:
        value = constant[field.attname]
    elif field.has_default():
        value = field.get_default()
    else:
        value = None if field.null else ""
    if isinstance(field, SealedTextField) and not value:
        return ""  # nothing is sealed as nothing
    return field.get_db_prep_save(value, connection)


@contextmanager
def loading(tables: Iterable[Table]) -> Iterator[None]:
    """One transaction in which the engine takes our word for it: no foreign key is looked up."""
    if connection.vendor == "sqlite":
        names = {table.model._meta.db_table for table in tables}
        with (
            _unhurried(),
            connection.constraint_checks_disabled(),
            transaction.atomic(),
            _indexed_afterwards(names),
        ):
            yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        if cursor.fetchone()[0]:
            cursor.execute("SET LOCAL session_replication_role = replica")
        yield


@contextmanager
def _unhurried() -> Iterator[None]:
    """SQLite waits for no disk meanwhile; inside a test's own transaction it waits as ever."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = FULL")


@contextmanager
def _indexed_afterwards(tables: set[str]) -> Iterator[None]:
    """SQLite makes an index in order far faster than it keeps one up row by row; what a table's own
    definition asks to be unique it keeps up all the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index'")
        made = [(name, sql) for name, table, sql in cursor.fetchall() if sql and table in tables]
        for name, _sql in made:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
    yield
    with connection.cursor() as cursor:
        for _name, sql in made:
            cursor.execute(sql)


def settle() -> None:
    """Afterwards: counters that go on where we stopped, and statistics for the planner."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
                cursor.execute(sql)
            cursor.execute("VACUUM ANALYZE" if connection.get_autocommit() else "ANALYZE")
        else:
            cursor.execute("ANALYZE")
