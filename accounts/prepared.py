"""Reading rules built once for each reader and thread, since building them costs more than their rows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.db.models import BooleanField, Case, DateTimeField, Q, QuerySet, Value, When
from django.db.models.sql.where import WhereNode

from accounts import clock
from accounts.models import Membership

Reading = TypeVar("Reading", bound=Callable[..., Any])

# Rules kept a thread: a worker's day touches about ten of them, so some hundred people at once.
KEPT = 1000
_kept = threading.local()  # one set of rules a thread: to compile a query touches it


class Moment(Value):
    """Now, when the query is sent: a rule that is kept must not keep the time it was built."""

    def __init__(self) -> None:
        super().__init__(None, output_field=DateTimeField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self if _is_putting_in_words() else self.told(connection),)

    def told(self, connection: Any) -> Any:
        return self.output_field.get_db_prep_value(clock.now(), connection=connection)


class Said(WhereNode):
    """Conditions whose SQL is kept with them, as long as no table in it is given another name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words: dict[str, tuple[str, list[Any]]] = {}  # shared by all clones; by vendor

    # A list, whatever the stubs say: an UPDATE adds its own list of values to this one.
    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any
    ) -> tuple[str, list[Any]]:
        if connection.vendor not in self.words:
            before, _kept.in_words = _is_putting_in_words(), True
            try:
                sql, built = super().as_sql(compiler, connection)
                self.words[connection.vendor] = sql, list(built)
            finally:
                _kept.in_words = before
        sql, told = self.words[connection.vendor]
        if not _is_putting_in_words():
            told = [one.told(connection) if isinstance(one, Moment) else one for one in told]
        return sql, told

    def clone(self) -> Said:
        new = cast(Said, super().clone())
        new.words = self.words
        return new

    def relabel_aliases(self, change_map: dict[str | None, str]) -> None:
        self.words = {}
        super().relabel_aliases(change_map)


def _is_putting_in_words() -> bool:
    return getattr(_kept, "in_words", False)


def as_one(rule: Q) -> Case:
    """The rule as one yes or no that no planner looks into.

    For a rule that no index can answer, where other conditions choose the rows. PostgreSQL takes
    the parts of such a rule for independent ("of my team" on top of "on my team's side": one row
    in four hundred) and then reads and sorts a whole list for the sake of its first page.
    """
    return Case(When(rule, then=True), default=False, output_field=BooleanField())


def prepared(rule: Reading) -> Reading:
    """A `visible_to` or its like whose conditions depend on nothing but who the reader is.

    Conditions are kept, never rows: what the reader may see is asked of the database each time. A
    rule that reads anything else as it is built (a setting, the day, a list of rows) must not be
    prepared; `tests/test_prepared.py` holds every prepared rule against one built anew.
    """

    @wraps(rule)
    def kept_for(self: QuerySet[Any], actor: Any) -> QuerySet[Any]:
        if not isinstance(actor, Membership) or not _whole(self):
            built: QuerySet[Any] = rule(self, actor)
            return built
        rules: OrderedDict[tuple[Any, ...], QuerySet[Any]]
        rules = _kept.__dict__.setdefault("rules", OrderedDict())
        key = (rule, type(self), self.model, self.db, *_who(actor))
        if key in rules:
            rules.move_to_end(key)
        else:
            rules[key] = built = rule(self, actor)
            where = built.query.where
            if where.children and not built.query.is_empty():  # nobody's rows stay plainly none
                said = Said(where.children, where.connector, where.negated)
                built.query.where = type(where)([said])
            if len(rules) > KEPT:
                rules.popitem(last=False)
        return rules[key].all()

    return cast(Reading, kept_for)


def _whole(rows: QuerySet[Any]) -> bool:
    """All rows of a model, nothing chosen yet."""
    query = rows.query
    chosen = query.where or query.annotations or query.is_sliced or query.combinator
    return not (chosen or query.distinct or query.extra_order_by or query.order_by)


def _who(actor: Membership) -> tuple[Any, ...]:
    """All that a rule may ask of its reader."""
    lies_in = actor.organisation.parent_id
    return actor.pk, actor.role, actor.organisation_id, lies_in, actor.stands_in_for_id
