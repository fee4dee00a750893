"""`(due, id) > (…)` as both engines' indexes follow it; the usual OR reads the whole list."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, F, Field, Func, Lookup

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
    output_field = BooleanField()

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        left, params = self.process_lhs(compiler, connection)
        adapt = connection.ops.adapt_datefield_value
        values = [adapt(one) if isinstance(one, date) else one for one in self.rhs]
        marks = ", ".join("%s" for _one in values)
        return f"{left} > ({marks})", (*params, *values)
