"""Somebody who may write tables, and how each way of touching the record is found and named."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from history import chain, ddl
from history.door import perform
from history.models import AccessEntry, Event, Head, Seal, Seen
from history.reading import let_out, seen

pytestmark = pytest.mark.both_engines
KEPT = (Event, Seal, AccessEntry, Seen)


def sql(*statements: str) -> None:
    """Run as somebody who owns the tables: the triggers lifted, and put back."""
    with connection.cursor() as cursor:
        for statements_of in (ddl.release, lambda _model, _vendor: statements, ddl.protect):
            for model in KEPT:
                for statement in statements_of(model, connection.vendor):
                    cursor.execute(statement)
                if statements_of not in (ddl.release, ddl.protect):
                    break


def verify(anchor: str = "") -> tuple[int, str]:
    """What the operator's command answers: its exit code, and what it names."""
    said = StringIO()
    try:
        call_command("history", "verify", anchor=anchor, stdout=StringIO(), stderr=said)
    except SystemExit as stopped:
        return int(stopped.code or 0), said.getvalue()
    return 0, said.getvalue()


@pytest.fixture
def record(path, cast):
    """Some moves and some looks, in turns: a chain of both kinds of link."""
    for _pupil in range(3):
        referral = path.draft()
        let_out("test", cast.sara, partial(seen, referral.pupil.uuid, "own"))
        perform(referral.submit, by=cast.sara, reason="Brådskar")
        let_out("test", cast.petra, partial(seen, referral.pupil.uuid, "own"))
    assert verify() == (0, "")
    return path


def middle(rows: list[Any]) -> Any:
    return rows[len(rows) // 2]


def a_seal() -> Seal:
    """A link in the middle whose event nothing else points to."""
    free = Seal.objects.filter(event__effects=None, event__words=None).order_by("position")
    return middle(list(free))


def a_look() -> AccessEntry:
    return middle(list(AccessEntry.objects.order_by("position")))


def edit_an_event() -> str:
    seal = a_seal()
    sql(f"UPDATE history_event SET role = 'central' WHERE id = {seal.event_id}")
    return f"länk {seal.position}, händelse {seal.event_id}"


def edit_a_look() -> str:
    look = a_look()
    sql(f"UPDATE history_accessentry SET role = 'central' WHERE id = {look.pk}")
    return f"länk {look.position}, läsning {look.pk}"


def edit_whom_it_showed() -> str:
    look = a_look()
    sql(f"UPDATE history_seen SET ground = 'own office' WHERE entry_id = {look.pk}")
    return f"läsning {look.pk}"


def delete_an_event() -> str:
    seal = a_seal()
    sql(
        f"DELETE FROM history_seal WHERE position = {seal.position}",
        f"DELETE FROM history_event WHERE id = {seal.event_id}",
    )
    return f"länk {seal.position + 1}"


def delete_a_look() -> str:
    look = a_look()
    sql(
        f"DELETE FROM history_seen WHERE entry_id = {look.pk}",
        f"DELETE FROM history_accessentry WHERE id = {look.pk}",
    )
    return f"länk {look.position + 1}"


def swap_two_events() -> str:
    first, second = list(Seal.objects.order_by("position"))[2:4]
    sql(
        f"DELETE FROM history_seal WHERE position IN ({first.position}, {second.position})",
        f"INSERT INTO history_seal (position, event_id, mac) VALUES "
        f"({first.position}, {second.event_id}, '{first.mac}'), "
        f"({second.position}, {first.event_id}, '{second.mac}')",
    )
    return f"länk {first.position}, händelse {second.event_id}"


def insert_an_event() -> str:
    source = a_seal().event
    columns = [f.column for f in Event._meta.local_fields if f.column not in ("id", "key")]
    names = ", ".join(columns)
    sql(
        f"INSERT INTO history_event (id, {names}) SELECT 999999, {names} "
        f"FROM history_event WHERE id = {source.pk}"
    )
    return "Händelse 999999 är inte förseglad"


def insert_a_look() -> str:
    look = a_look()
    columns = [f.column for f in AccessEntry._meta.local_fields]
    names = ", ".join(columns)
    values = ", ".join(
        {
            "id": "999999",
            "position": str(Head.objects.get().position + 1),
            "uuid": "'00000000-0000-4000-8000-000000000001'"
            if connection.vendor == "postgresql"
            else "'00000000000040008000000000000001'",
        }.get(column, column)
        for column in columns
    )
    sql(
        f"INSERT INTO history_accessentry ({names}) SELECT {values} "
        f"FROM history_accessentry WHERE id = {look.pk}"
    )
    return f"länk {Head.objects.get().position + 1}, läsning 999999"


def cut_the_tail() -> str:
    look = AccessEntry.objects.order_by("-position").first()
    sql(
        f"DELETE FROM history_seen WHERE entry_id = {look.pk}",
        f"DELETE FROM history_accessentry WHERE id = {look.pk}",
    )
    return f"Kedjan slutar vid {look.position - 1}"


def cut_the_tail_and_move_the_head() -> str:
    look = AccessEntry.objects.order_by("-position").first()
    before = look.position - 1
    mac = _mac_at(before)
    sql(
        f"DELETE FROM history_seen WHERE entry_id = {look.pk}",
        f"DELETE FROM history_accessentry WHERE id = {look.pk}",
        f"UPDATE history_head SET position = {before}, mac = '{mac}'",
    )
    return f"ankaret {look.position}"


def restore_an_older_copy() -> str:
    """The last six links as if they had never been: what a restored backup looks like."""
    last = Head.objects.get().position
    keep = last - 6
    mac = _mac_at(keep)
    looks = AccessEntry.objects.filter(position__gt=keep).values_list("pk", flat=True)
    entries = ", ".join(str(pk) for pk in looks)
    events = ", ".join(
        str(pk) for pk in Seal.objects.filter(position__gt=keep).values_list("event_id", flat=True)
    )
    sql(
        f"DELETE FROM history_seen WHERE entry_id IN ({entries})",
        f"DELETE FROM history_accessentry WHERE id IN ({entries})",
        f"DELETE FROM history_seal WHERE position > {keep}",
        f"DELETE FROM history_eventtext WHERE event_id IN ({events})",
        f"DELETE FROM history_event WHERE id IN ({events})",
        f"UPDATE history_head SET position = {keep}, mac = '{mac}'",
    )
    return f"ankaret {last}"


def chain_it_anew_with_a_stolen_key() -> str:
    """Edited, and every later link made again with the right key: only an anchor remembers."""
    seal = a_seal()
    sql(f"UPDATE history_event SET role = 'central' WHERE id = {seal.event_id}")
    mac, statements = "", []
    rows = [*Seal.objects.select_related("event"), *AccessEntry.objects.all()]
    for row in sorted(rows, key=lambda row: row.position):
        is_seal = isinstance(row, Seal)
        mac = chain.link(mac, row.event) if is_seal else chain.entry_link(mac, row)
        table = "history_seal" if is_seal else "history_accessentry"
        statements.append(f"UPDATE {table} SET mac = '{mac}' WHERE position = {row.position}")
    sql(*statements, f"UPDATE history_head SET mac = '{mac}'")
    return f"ankaret {Head.objects.get().position}"


def _mac_at(position: int) -> str:
    row = Seal.objects.filter(position=position).first()
    return (row or AccessEntry.objects.get(position=position)).mac


BY_THE_CHAIN = (
    edit_an_event,
    edit_a_look,
    edit_whom_it_showed,
    delete_an_event,
    delete_a_look,
    swap_two_events,
    insert_an_event,
    insert_a_look,
    cut_the_tail,
)
ONLY_BY_THE_ANCHOR = (
    cut_the_tail_and_move_the_head,
    restore_an_older_copy,
    chain_it_anew_with_a_stolen_key,
)


@pytest.mark.parametrize("attack", BY_THE_CHAIN, ids=lambda attack: attack.__name__)
def test_the_chain_finds_it_and_names_the_first_bad_row(attack: Callable[[], str], record):
    named = attack()
    code, said = verify()
    assert code == 1
    assert named in said.splitlines()[0]


@pytest.mark.parametrize("attack", ONLY_BY_THE_ANCHOR, ids=lambda attack: attack.__name__)
def test_only_an_anchor_kept_outside_finds_it(attack: Callable[[], str], record):
    anchor = StringIO()
    call_command("history", "anchor", stdout=anchor)
    named = attack()
    assert verify() == (0, "")
    code, said = verify(anchor.getvalue())
    assert code == 1
    assert named in said
