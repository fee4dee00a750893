"""What the bench counts, as gates: they hold for any number of cases and never flicker."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, User
from config.bench import measure, moves, town
from config.bench.cases import Cases
from history.door import begin
from referrals.models import Case, Goal, Intervention, Participant
from workflows.checks import about
from workflows.models import Turn

# Function calls, as times the floor's, and a move's statements: exact, so that growth shows at once.
WORKLIST, CASE, MOVE = 1.5, 3.5, 50
pytestmark = pytest.mark.both_engines


@pytest.fixture
def filled(db):
    ContentType.objects.clear_cache()
    Cases(town.build(districts=4, schools=2)).fill(600)
    return measure.busiest()


def counts(run) -> measure.Counted:
    run()  # what a process keeps, it has kept
    return measure.counted(run)


def test_pages_keep_their_counts_and_the_naive_ones_would_not(filled):
    with measure.bench(filled) as ready:
        found = {name: counts(ready.get(url)) for name, url in ready.addresses.items()}
    floor, case_floor = found["worklist, floor"].calls, found["case, floor"].calls
    for name in ("worklist", "worklist, deep", "worklist, mine"):
        assert found[name].queries <= 4, found[name].own
        assert found[name].calls <= WORKLIST * floor, name
        assert measure.whole_tables(found[name]) == []
    assert found["case"].queries <= 9, found["case"].own
    assert found["case"].calls <= CASE * case_floor
    naive = found["worklist, naive"]
    assert (naive.queries > 100, naive.calls > WORKLIST * floor) == (True, True)
    assert found["case, naive"].queries > 9
    assert [found[name].queries for name in ("worklist, floor", "case, floor")] == [1, 2]


def test_a_move_keeps_its_count_and_what_was_filled_is_in_step(filled):
    one, other = moves.supported(2)
    assert (list(about(one)), Turn.objects.open().count() > 30) == ([], True)
    asked = queries(lambda: moves.product(one))
    assert asked <= MOVE < queries(lambda: moves.naive(other))
    after = Case.objects.get(pk=one.pk)
    assert (after.status, list(about(after))) == ("review", [])


def queries(run) -> int:
    with CaptureQueriesContext(connection) as asked:
        run()
    return len([q for q in asked if q["sql"].split()[0] in measure.STATEMENTS])


def test_it_refuses_where_people_live(db):
    User.objects.create(username="anna")
    with pytest.raises(CommandError, match="andra användare"):
        call_command("bench", cases=10)
    assert not Case.objects.exists()


def test_what_is_seen_in_one_case_is_what_the_rule_says_of_it(path, cast):
    """The short way of the case page, held against `visible_to` for everybody who sees the case."""
    case = path.support()
    path.occasion(case)
    begin(Participant(case=case, membership=cast.tore, profession="Kurator"), by=cast.tuva)
    for who in vars(cast).values():
        if not isinstance(who, Membership):
            continue
        for found in Case.objects.visible_to(who).for_page(who):
            for model in (Goal, Intervention, Participant):
                short = set(model.objects.visible_in(found, who))
                assert short == set(model.objects.visible_to(who).filter(case=found)), (who, model)
