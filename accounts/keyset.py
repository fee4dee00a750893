"""`(due, id) > (…)` as both engines' indexes follow it; the usual OR reads the whole list."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, F, Field, Func, Lookup, QuerySet

if TYPE_CHECKING:
    AnyField = Field[Any, Any]
    AnyLookup = Lookup[Any]
else:
    AnyField, AnyLookup = Field, Lookup


class RowField(AnyField):
    """What a row value is, so that it can be compared."""


class Row(Func):
    """Several columns as one value, in order."""

    function = ""
    template = "(%(expressions)s)"

    def __init__(self, *columns: str) -> None:
        super().__init__(*[F(column) for column in columns], output_field=RowField())


@RowField.register_lookup
class After(AnyLookup):
    """Strictly after the given values, compared from left to right."""

    lookup_name = "after"
    sign = ">"
    output_field = BooleanField()

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        left, params = self.process_lhs(compiler, connection)
        adapt = connection.ops.adapt_datefield_value
        values = [adapt(one) if isinstance(one, date) else one for one in self.rhs]
        marks = ", ".join("%s" for _one in values)
        return f"{left} {self.sign} ({marks})", (*params, *values)


@RowField.register_lookup
class Before(After):
    """Strictly before them: what comes next where the newest stands first."""

    lookup_name = "before"
    sign = "<"


def page(
    rows: QuerySet[Any, Any],
    columns: tuple[str, ...],
    key: str,
    *,
    size: int = 50,
    newest: bool = False,
) -> tuple[list[Any], str]:
    """One page of rows in the order of these columns, and the key of the next, "" on the last.

    The first column is a number or a day and travels in the key, so that a row which has moved
    since makes nobody skip what lies between; the last column is the row's own key, by which those
    in the middle, which may be names, are looked up. `newest`: every column falls instead of rises.
    """
    if place := _place(rows, columns, key):
        side = "before" if newest else "after"
        rows = rows.alias(row_place=Row(*columns)).filter(**{f"row_place__{side}": place})
    found = list(rows.order_by(*(f"-{name}" if newest else name for name in columns))[: size + 1])
    if len(found) <= size:
        return found, ""
    last, ends = found[size - 1], (columns[0], columns[-1])
    said = [last[name] if isinstance(last, dict) else getattr(last, name) for name in ends]
    return found[:size], f"{said[0]}_{said[1]}"


def _place(rows: QuerySet[Any, Any], columns: tuple[str, ...], key: str) -> tuple[Any, ...] | None:
    """Where the page before ended; None for no key, and for one that cannot be read."""
    said, _sign, own = key.partition("_")
    if not (own.isdecimal() and len(own) < 12):
        return None
    try:
        first: date | int = date.fromisoformat(said) if "-" in said else int(said[:12])
    except ValueError:
        return None
    there = rows.filter(**{columns[-1]: int(own)}).order_by(columns[-1])
    rest = there.values_list(*columns[1:]).first()
    return (first, *rest) if rest else None
