"""The operator's checks, from the command line's point of view: 0 when all is well, else 1."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from history.models import Head
from workflows.models import Turn


def said(*command: str) -> int:
    try:
        call_command(*command)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_all_is_well_after_a_path(path):
    path.closed()
    path.transferred()
    path.frozen()
    for command in (("check_flows",), ("check_invariants",), ("history", "verify")):
        assert said(*command) == 0


def test_a_turn_taken_away_is_found(path):
    path.mapping()
    Turn.objects.open().update(ended="2020-01-01T00:00:00Z")
    assert said("check_flows") == 1
    assert said("check_invariants") == 1


@pytest.mark.parametrize("change", ["status = 'closed'", "version = 99"])
def test_a_status_changed_behind_the_door_is_found(path, change):
    path.mapping()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE referrals_case SET {change}")
    assert said("check_flows") == 1
    assert said("check_invariants") == 1


def test_a_chain_put_back_in_time_is_found_by_its_anchor(path, capsys):
    path.draft()
    call_command("history", "anchor")
    anchor = capsys.readouterr().out.strip()
    assert said("history", "verify", "--anchor", anchor) == 0
    ahead = f"{Head.objects.get().position + 5} 0123 2026-01-01"
    assert said("history", "verify", "--anchor", ahead) == 1
