"""Page after page of a list that stays in the hundreds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet


def page(
    rows: QuerySet[Any, Any] | Sequence[Any], before: str, *, size: int = 50
) -> tuple[list[Any], str]:
    """The rows after as many as `before` says, and what the next page says, "" on the last.

    For lists in an order of several kinds, such as a day that may be empty and then a name; one
    that grows into the thousands, or changes under its reader, goes by `keyset`.
    """
    start = int(before) if before.isdecimal() and len(before) < 6 else 0
    found = list(rows[start : start + size + 1])
    return found[:size], str(start + size) if len(found) > size else ""
