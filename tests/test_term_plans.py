"""A term nobody has planned is somebody's: who is told, when, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import clock
from tests.test_pages import text
from tests.test_planning import PLAN, all_four, at
from workflows import deadlines
from workflows.models import Notice

pytestmark = pytest.mark.django_db


def told(code):
    rows = Notice.objects.filter(code=code).order_by("to__user__username", "key")
    return [(row.to.user.username, row.key.rsplit(":", 2)[1:]) for row in rows]


@pytest.mark.both_engines
def test_a_term_nobody_has_planned_is_told_of_early_and_halfway(as_, between, cast):
    between.forum("local_forum", name="Lokalt", convener=cast.mona)
    with at(2026, 8, 31):
        assert deadlines.run()["terms_unplanned"] == 0
    with at(2026, 9, 1):
        assert deadlines.run()["terms_unplanned"] == 3
        assert deadlines.run()["terms_unplanned"] == 0
    # Norr has no manager of its own: whoever leads its team is told.
    assert [(who, *key) for who, key in told("term_plan")] == [
        ("dag", "2026-2", "1"),
        ("mona", "2026-2", "1"),
        ("odd", "2026-2", "1"),
    ]
    with at(2026, 9, 20):
        assert deadlines.run()["terms_unplanned"] == 0
        as_(cast.mona).post(PLAN)
    with at(2026, 10, 15):
        deadlines.run()
        assert deadlines.run()["terms_unplanned"] == 0
        # Mona has planned hers; the district still has no other forum.
        assert [who for who, key in told("term_plan") if key[1] == "2"] == ["dag", "odd"]
        assert told("term_missed") == []
        notice = Notice.objects.filter(to=cast.dag, code="term_plan").first()
        assert notice.what == "forumplan"
        assert f'href="{PLAN}"' in text(as_(cast.dag).get("/notiser/"))


def test_a_term_that_is_planned_tells_nobody(between, as_, cast):
    all_four(between, cast.dag)
    with at(2026, 8, 10):
        as_(cast.dag).post(PLAN)
    with at(2026, 11, 1):
        deadlines.run()
        assert [who for who, _key in told("term_plan")] == ["odd"]


@pytest.mark.both_engines
def test_what_the_last_term_never_had_is_told_once(between, cast):
    local = between.forum("local_forum", name="Lokalt", convener=cast.mona)
    between.forum("steering_group", name="Styrgruppen", convener=cast.dag)
    with at(2026, 10, 20):
        between.held(local, starts=clock.now() - timedelta(days=1), term="2026-2")
    with at(2027, 1, 31):
        assert deadlines.run()["terms_missed"] == 0
    for day in ((2027, 2, 1), (2027, 2, 2), (2027, 4, 2)):
        with at(*day):
            deadlines.run()
    keys = {tuple(key) for _who, key in told("term_missed")}
    assert [who for who, _key in told("term_missed")] == ["dag", "mona"]
    assert keys == {(str(cast.south.uuid), "2026-2")}
