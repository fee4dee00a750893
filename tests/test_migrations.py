"""What is written by hand in the migrations stands in a fresh database, by name, and does its work.

Generated migrations are made anew before the first release; what they cannot make is easily lost.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from accounts.models import Membership
from history.ddl import REFUSAL
from history.models import AccessEntry, Event, Seal, Seen

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
KEPT = (Event, Seal, AccessEntry, Seen)
APART = ("membership_no_overlap", "agreement_party_no_overlap", "contact_no_overlap")


def names(sql: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {row[0] for row in cursor.fetchall()}


def test_the_hand_written_migrations_are_there():
    ours = {app.label for app in apps.get_app_configs() if "site-packages" not in app.path}
    ours -= {"flushable"}  # the tests' own
    found = {
        (room, name[5:])
        for room, name in MigrationLoader(connection).disk_migrations
        if room in ours and not name.endswith("_initial")
    }
    assert found == {
        ("history", "append_only"),
        ("history", "no_overlap"),
        ("collaboration", "no_overlap"),
    }


def test_what_they_make_stands_in_the_database():
    tables = [model._meta.db_table for model in KEPT]
    assert tables == ["history_event", "history_seal", "history_accessentry", "history_seen"]
    if connection.vendor == "postgresql":
        assert names("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == {
            f"{table}_kept" for table in tables
        }
        assert names("SELECT conname FROM pg_constraint WHERE contype = 'x'") == set(APART)
        return
    kept = {f"{table}_no_{what}" for table in tables for what in ("update", "delete", "replace")}
    apart = {f"{name}_{when}" for name in APART for when in ("insert", "update")}
    assert names("SELECT name FROM sqlite_master WHERE type = 'trigger'") == kept | apart


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        return REFUSAL in str(error)
    return False


def test_no_row_of_the_record_is_changed_removed_or_replaced(as_, path, cast):
    referral = path.submitted()
    assert as_(cast.sara).get(f"/remisser/{referral.reference}/").status_code == 200
    connection.check_constraints()  # else PostgreSQL refuses TRUNCATE for what waits for the end
    tries = []
    for model in KEPT:
        assert model.objects.exists(), model
        table, key = model._meta.db_table, model._meta.pk.column
        tries += [f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}"]
        if connection.vendor == "sqlite":
            tries.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        else:
            tries.append(f"TRUNCATE {table} CASCADE")
    assert [sql for sql in tries if not refused(sql)] == []


def test_nobody_is_twice_in_one_role_in_one_place(cast):
    def again(since: date, until: date | None) -> Any:
        return Membership.objects.create(
            user=cast.sara.user,
            organisation=cast.school,
            role="school",
            since=since,
            until=until,
        )

    with pytest.raises(IntegrityError, match="membership_no_overlap"), transaction.atomic():
        again(date(2021, 1, 1), None)
    # Days that only touch are no overlap.
    assert again(date(2019, 1, 1), date(2020, 1, 1)).pk


def test_others_migrations_go_before_the_rooms():
    """After them each altered field of theirs renders every model that leads to a user: a database
    from nothing took two and a half times as long."""
    loader = MigrationLoader(connection)
    plan = [
        node
        for leaf in sorted(loader.graph.leaf_nodes())
        for node in loader.graph.forwards_plan(leaf)
    ]
    order = list(dict.fromkeys(plan))
    users = {
        room
        for room, name in loader.disk_migrations
        if ("accounts", "0001_initial") in loader.graph.forwards_plan((room, name))
    }
    theirs = {app.label for app in apps.get_app_configs() if "site-packages" in app.path} & users
    first = order.index(("history", "0001_initial"))
    assert theirs >= {"mfa", "socialaccount", "usersessions", "viewflow"}
    assert [node for node in order[first:] if node[0] in theirs] == []
