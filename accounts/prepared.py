"""Reading rules built once for each reader and thread, since building them costs more than their rows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Self, TypeVar, cast

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    DateTimeField,
    Expression,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.sql.where import WhereNode

from accounts import clock
from accounts.models import Actor, Membership

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


class Slot(Value):
    """A number that is given each time a kept condition is used: which case, which trail."""

    def __init__(self, name: str) -> None:
        super().__init__(None, output_field=BigIntegerField())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not _is_putting_in_words():
            raise ValueError(f"{self.name} är inte ifyllt: frågan hör till kept_with().")
        return "%s", (self,)


class Said(WhereNode):
    """Conditions whose SQL is kept with them, as long as no table in it is given another name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words: dict[str, tuple[str, list[Any]]] = {}  # shared by all clones; by vendor
        self.given: dict[str, int] = {}  # what fills the slots, by name

    # A list, whatever the stubs say: an UPDATE adds its own list of values to this one.
    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any
    ) -> tuple[str, list[Any]]:
        if self.given and _is_putting_in_words():  # the numbers would be kept with the words
            raise ValueError("Det som är ifyllt hör inte hemma i något som sparas.")
        say = partial(super().as_sql, compiler, connection)
        return _said(self.words, say, connection, self.given)

    def clone(self) -> Said:
        new = cast(Said, super().clone())
        new.words, new.given = self.words, self.given
        return new

    def relabel_aliases(self, change_map: dict[str | None, str]) -> None:
        self.words = {}
        super().relabel_aliases(change_map)


class Told(Expression):
    """A subquery on a kept row set, whose SQL is kept with it like that of a rule's conditions."""

    def __init__(self, expression: Expression) -> None:
        super().__init__()
        self.expression = expression
        self.words: dict[str, tuple[str, list[Any]]] = {}

    def get_source_expressions(self) -> list[Any]:
        return [self.expression]

    def set_source_expressions(self, exprs: Any) -> None:
        (self.expression,) = exprs

    @property
    def empty_result_set_value(self) -> Any:
        return self.expression.empty_result_set_value

    def copy(self) -> Self:  # what is resolved or given another name is said anew
        new = super().copy()
        new.words = {}
        return new

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return _said(self.words, lambda: compiler.compile(self.expression), connection, {})


def _said(
    words: dict[str, tuple[str, list[Any]]],
    say: Callable[[], tuple[str, Any]],
    connection: Any,
    given: dict[str, int],
) -> tuple[str, list[Any]]:
    """SQL and its parameters, put in words once for each engine; with `given` in the slots."""
    if connection.vendor not in words:
        before, _kept.in_words = _is_putting_in_words(), True
        try:
            sql, built = say()
            words[connection.vendor] = sql, list(built)
        finally:
            _kept.in_words = before
    sql, told = words[connection.vendor]
    if not _is_putting_in_words():
        told = [
            one.told(connection)
            if isinstance(one, Moment)
            else given[one.name]
            if isinstance(one, Slot)
            else one
            for one in told
        ]
    return sql, told


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
        key = (rule, type(self), self.model, self.db, *_who(actor))
        return _kept_rows(key, lambda: rule(self, actor)).all()

    return cast(Reading, kept_for)


def kept_with(
    build: Callable[..., QuerySet[Any]], actor: Actor, *shape: Any, **numbers: int
) -> QuerySet[Any]:
    """The rows of `build(actor, *shape, **slots)`, whose conditions are kept like a rule's.

    They must depend on nothing but the reader, `shape`, and the `numbers`, which `build` is given
    as slots and may compare with, but not look at.
    """
    if not isinstance(actor, Membership):
        return build(actor, *shape, **numbers)
    key = (build, shape, tuple(numbers), *_who(actor))
    slots = {name: Slot(name) for name in numbers}
    rows = _kept_rows(key, lambda: build(actor, *shape, **slots)).all()
    for said in rows.query.where.children:
        if isinstance(said, Said):
            said.given = numbers
    return rows


def _kept_rows(key: tuple[Any, ...], build: Callable[[], QuerySet[Any]]) -> QuerySet[Any]:
    rules: OrderedDict[tuple[Any, ...], QuerySet[Any]]
    rules = _kept.__dict__.setdefault("rules", OrderedDict())
    if key in rules:
        rules.move_to_end(key)
        return rules[key]
    rules[key] = built = build()
    where = built.query.where
    if where.children and not built.query.is_empty():  # nobody's rows stay plainly none
        said = Said(where.children, where.connector, where.negated)
        built.query.where = type(where)([said])
    if len(rules) > KEPT:
        rules.popitem(last=False)
    return built


def _whole(rows: QuerySet[Any]) -> bool:
    """All rows of a model, nothing chosen yet."""
    query = rows.query
    chosen = query.where or query.annotations or query.is_sliced or query.combinator
    return not (chosen or query.distinct or query.extra_order_by or query.order_by)


def _who(actor: Membership) -> tuple[Any, ...]:
    """All that a rule may ask of its reader."""
    lies_in = actor.organisation.parent_id
    return actor.pk, actor.role, actor.organisation_id, lies_in, actor.stands_in_for_id
