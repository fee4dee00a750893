"""Every invariant that can be stated, broken behind the door's back: the check finds just that."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from workflows.invariants import breaches

pytestmark = pytest.mark.both_engines


def behind_the_door(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


BROKEN = {
    "an open thing without a dated next step": (
        "UPDATE workflows_turn SET ended = began WHERE what = 'case'",
        "saknar ett nästa steg med datum",
    ),
    "a status that no event tells": (
        "UPDATE referrals_goal SET status = 'dropped'",
        "status dropped, sista händelsen open",
    ),
    "an intervention before consent and mapping": (
        "UPDATE referrals_case SET enrolled = NULL",
        "ärendet är inte inskrivet",
    ),
    "absence without the time it is measured against": (
        "UPDATE referrals_absence SET offered = 0, reported = 0, valid = 0, invalid = 0",
        "saknar period, erbjuden tid eller källa",
    ),
    "absence without a source": (
        "UPDATE referrals_absence SET source = ''",
        "saknar period, erbjuden tid eller källa",
    ),
}


def test_a_path_told_through_the_door_breaks_nothing(path):
    path.occasion(path.support())
    path.transferring()
    assert list(breaches()) == []


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_found_and_nothing_else(path, what):
    path.occasion(path.support())
    assert list(breaches()) == []
    sql, words = BROKEN[what]
    behind_the_door(sql)
    found = list(breaches())
    assert len(found) == 1, found
    assert found[0].endswith(words)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE referrals_case SET responsible_id = NULL",
        "UPDATE referrals_case SET deputy_id = NULL",
        "UPDATE referrals_case SET status = 'somewhere'",
        "UPDATE referrals_consent SET responsible_id = NULL WHERE status = 'requested'",
        "UPDATE referrals_absence SET period_to = '2000-01-01'",
        "UPDATE referrals_absence SET valid = reported + 1",
    ],
)
def test_what_the_database_can_hold_it_holds(path, sql):
    path.ask(path.accepted())
    with pytest.raises(IntegrityError), transaction.atomic():
        behind_the_door(sql)
