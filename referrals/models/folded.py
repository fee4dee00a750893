"""The rows of a subquery as one JSON list, so that a page's small lists cost no query of their own."""

from __future__ import annotations

from typing import Any

from django.db.models import Aggregate, JSONField, QuerySet, Subquery
from django.db.models.functions import JSONObject


class _JsonList(Aggregate):
    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG", **more)


def folded(rows: QuerySet[Any, Any], of: str, **columns: str) -> Subquery:
    """Each row of `rows` as a dict of `columns`, in no order; None when there is no row.

    `of` is the foreign key by which `rows` was filtered to the outer row. Sealed columns stay
    sealed: their tokens are no use here.
    """
    grouped = rows.order_by().values(of).annotate(found=_JsonList(JSONObject(**columns)))
    return Subquery(grouped.values("found")[:1])
