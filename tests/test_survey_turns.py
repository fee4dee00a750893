"""A survey that nobody answers any more is somebody's turn: told of within thirty days."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts import clock
from collaboration import answering
from history import outbox
from history.door import perform
from tests.conftest import what_is_wrong
from tests.test_pages import text
from workflows import deadlines
from workflows.models import Notice, Turn

pytestmark = pytest.mark.django_db


def later(days):
    day = clock.today() + timedelta(days=days)
    return datetime.combine(day, datetime.min.time(), ZoneInfo("Europe/Stockholm")) + timedelta(
        hours=9
    )


@pytest.fixture
def answered(between):
    """Open, and five have answered."""
    survey = between.survey_in("open")
    for token in list(survey.tokens.all())[:5]:
        answering.answer(token, {"structure": {"today": 4}}, "school")
    return survey


def turns(survey):
    rows = Turn.objects.open().filter(object_uuid=survey.uuid)
    return [(one.step, one.due, one.responsible) for one in rows]


@pytest.mark.both_engines
def test_it_is_the_analysts_turn_from_closing_until_it_is_told_of(answered, cast, as_):
    assert turns(answered) == []
    due = clock.today() + timedelta(days=30)
    survey = perform(answered.close, by=cast.cecilia).obj
    assert turns(survey) == [("report", due, cast.cecilia)]
    page = as_(cast.cecilia).get("/")
    assert [row["name"] for row in page.context["rows"]] == ["Hösten"]
    shown = text(page)
    assert f"/samverkan/enkater/{survey.uuid}/" in shown
    assert "Redovisa enkäten" in shown
    assert "Sök elev" not in shown
    assert "tar tillbaka ett samtycke" not in shown
    assert what_is_wrong() == []
    survey = perform(survey.report, by=cast.cecilia).obj
    assert turns(survey) == []
    assert what_is_wrong() == []


def test_it_is_told_of_and_reminded_of_like_anything_else(answered, cast):
    with clock.at(later(22)):
        deadlines.run()
        told = Notice.objects.filter(to=cast.cecilia, object_uuid=answered.uuid)
        assert list(told.values_list("code", flat=True)) == ["turn"]
    for day in (48, 49, 50):
        with clock.at(later(day)):
            deadlines.run()
    assert list(told.order_by("pk").values_list("code", flat=True)) == ["turn", "due"]
    assert turns(answered)[0][1] == clock.today() + timedelta(days=51)


def test_too_few_answers_are_set_aside_and_nobodys_turn(between, cast):
    survey = perform(between.survey_in("open").close, by=cast.cecilia).obj
    assert [step for step, _due, _who in turns(survey)] == ["set_aside"]
    deadlines.run()
    assert turns(survey) == []


def test_whoever_takes_over_has_the_turn(answered, cast):
    survey = perform(answered.close, by=cast.cecilia).obj
    survey = perform(survey.hand_on, by=cast.adam, to=cast.dag).obj
    assert [who for _step, _due, who in turns(survey)] == [cast.dag]
    assert Turn.objects.open().mine(cast.dag).get().object_uuid == survey.uuid
    assert Turn.objects.open().mine(cast.cecilia).count() == 0
    # The administrator reads it as well, and has nothing to do.
    assert Turn.objects.open().mine(cast.adam).count() == 0


def test_the_analysts_interviews_stand_in_the_list_the_mail_leads_to(between, cast, as_):
    between.interview_in("planned")
    rows = as_(cast.cecilia).get("/").context["rows"]
    assert [(row["kind"], str(row["words"])) for row in rows] == [
        ("Intervju", "Fråga om personen vill bli intervjuad")
    ]
    assert outbox.waiting(clock.now()) == []
