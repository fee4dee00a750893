"""The term's plan: what the cadences ask for, on days that can be, and somebody told while it lacks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import clock, school_days
from accounts.models import SchoolBreak
from collaboration import meeting_days, planning, terms
from collaboration.choices import Level
from collaboration.models import Forum, ForumMeeting
from history.door import perform
from tests.conftest import what_is_wrong
from tests.test_pages import text

pytestmark = pytest.mark.django_db
LIST, PLAN = "/samverkan/forum/", "/samverkan/forum/plan/"
ALL_DONE = "Allt som ska finnas den här terminen är planerat eller hållet."
AUTUMN, SPRING = terms.Term(2026, 2), terms.Term(2027, 1)


def at(year: int, month: int, day: int):
    return clock.at(datetime(year, month, day, 9, tzinfo=UTC))


def all_four(between, convener):
    return {level: between.forum(level, name=level, convener=convener) for level in Level.values}


def asked_for(answer):
    return sorted((forum.level, kind) for forum, kind, _on in answer.context["missing"])


def a_day(on: date, **more):
    given = {"kind": "meeting", "at": "13:00", "length": "120", "key": str(uuid4())}
    return given | {"on_day": on.day, "on_month": on.month, "on_year": on.year} | more


def test_the_terms_plan_comes_from_the_cadences(as_, between, cast):
    all_four(between, cast.dag)
    dag = as_(cast.dag)
    with at(2026, 8, 10):
        assert asked_for(dag.get(PLAN)) == [
            ("local_forum", "lecture"),
            ("local_forum", "meeting"),
            ("local_forum", "meeting"),
            ("manager_forum", "meeting"),
            ("steering_group", "meeting"),
            ("transition_forum", "meeting"),
        ]
        assert dag.post(f"{PLAN}?termin=2026-2").status_code == 302
        assert ForumMeeting.objects.filter(term="2026-2", status="planned").count() == 6
        again = dag.get(PLAN)
        assert again.context["missing"] == []
        assert ALL_DONE in text(again)
        dag.post(f"{PLAN}?termin=2026-2")
        assert ForumMeeting.objects.count() == 6
        spring = dag.get(f"{PLAN}?termin=2027-1")
        assert asked_for(spring) == [
            ("local_forum", "meeting"),
            ("local_forum", "meeting"),
            ("steering_group", "evaluation"),
        ]
        assert ALL_DONE not in text(spring)
    for who in (cast.sara, cast.tuva, cast.cecilia, cast.gun):
        assert as_(who).get(PLAN).status_code == 404


def test_what_the_autumn_did_not_have_once_a_year_the_spring_still_owes(as_, between, cast):
    all_four(between, cast.dag)
    with at(2027, 1, 7):
        page = as_(cast.dag).get(PLAN)
        assert asked_for(page) == [
            ("local_forum", "lecture"),
            ("local_forum", "meeting"),
            ("local_forum", "meeting"),
            ("manager_forum", "meeting"),
            ("steering_group", "evaluation"),
            ("transition_forum", "meeting"),
        ]
        told = {row.forum.level: (row.words, row.lacks) for row in page.context["missed"]}
        assert told["local_forum"] == ("0 av 3 hållna", "2 möten, halvdag med föreläsare")
        assert told["manager_forum"] == ("0 av 1 hållet", "1 möte")


def test_a_level_without_a_forum_is_missing_and_can_be_set_up(as_, between, cast):
    dag = as_(cast.dag)
    between.forum("local_forum", name="Lokalt", convener=cast.dag, place="Stadsdelshuset")
    with at(2026, 8, 10):
        dag.post(f"{PLAN}?termin=2026-2")
        shown = text(dag.get(PLAN))
        assert ALL_DONE not in shown
        assert shown.count("finns inte</span>") == 3
        url = f"{LIST}nytt/?niva=steering_group&termin=2026-2"
        assert url.replace("&", "&amp;") in shown
        form = dag.get(url).context["form"]
        assert {name: form[name].value() for name in form.fields} == {
            "level": "steering_group",
            "name": "Styrgrupp",
            "convener": cast.dag.pk,
            "place": "Stadsdelshuset",
        }
        made = dag.post(
            url, {"level": "steering_group", "name": "Styrgrupp", "convener": cast.dag.pk}
        )
        assert made.headers["Location"] == f"{PLAN}?termin=2026-2"
        assert asked_for(dag.get(PLAN)) == [("steering_group", "meeting")]
        nothing = as_(cast.odd).get(PLAN)
        assert nothing.context["missing"] == []
        assert ALL_DONE not in text(nothing)
        assert dag.get(f"{LIST}nytt/?niva=kung").status_code == 200


def test_a_forum_that_was_closed_is_taken_into_use_again(as_, between, cast):
    forum = between.forum("steering_group", name="Styrgrupp", convener=cast.dag)
    before = between.minuted(forum)
    dag = as_(cast.dag)
    dag.post(f"{LIST}{forum.uuid}/avsluta/")
    assert Forum.objects.filter(active=True).count() == 0
    given = {"level": "steering_group", "name": "Styrgrupp", "convener": cast.mona.pk}
    assert dag.post(f"{LIST}nytt/", given).status_code == 302
    again = Forum.objects.get()
    assert (again.pk, again.active, again.convener) == (forum.pk, True, cast.mona)
    assert before.forum_id == again.pk
    assert "heter så" in text(dag.post(f"{LIST}nytt/", given))


@pytest.mark.both_engines
@pytest.mark.parametrize("today", [(2026, 8, 1), (2027, 1, 7), (2027, 2, 20), (2027, 4, 1)])
def test_proposed_days_are_school_days_ahead_and_never_the_same(between, cast, today):
    SchoolBreak.objects.create(name="Sportlov", first=date(2027, 3, 1), last=date(2027, 3, 5))
    SchoolBreak.objects.create(name="Påsklov", first=date(2027, 4, 12), last=date(2027, 4, 16))
    SchoolBreak.objects.create(name="Höstlov", first=date(2026, 11, 2), last=date(2026, 11, 6))
    all_four(between, cast.dag)
    with at(*today):
        term = terms.of(clock.today())
        found = planning.proposals(planning.rhythms(cast.south, term), term, cast.dag)
        days = [one.on for one in found]
        assert len(days) == len(set(days)) == 6
        first, last = term.meets
        for day in days:
            assert day is not None
            assert max(first, clock.today() + timedelta(days=21)) <= day <= last
            assert school_days.counted()(day)
        if len(meeting_days.ahead(term)) > 50:
            in_order = sorted(filter(None, days))
            assert all((later - day).days > 2 for day, later in pairwise(in_order))


def test_a_day_somebody_has_called_to_is_taken_and_what_is_planned_keeps_its_distance(
    between, cast
):
    forum = between.forum("local_forum", name="Lokalt", convener=cast.dag)
    steering = between.forum("steering_group", name="Styrgruppen", convener=cast.dag)
    with at(2026, 8, 10):
        (row,) = [r for r in planning.rhythms(cast.south, AUTUMN) if r.forum == steering]
        ((_forum, _kind, on),) = planning.proposals([row], AUTUMN, cast.dag)
        starts = datetime.combine(on, datetime.min.time(), UTC) + timedelta(hours=12)
        between.meeting(forum, starts=starts, term="2026-2")
        found = planning.proposals(planning.rhythms(cast.south, AUTUMN), AUTUMN, cast.dag)
        assert [(one.forum.level, one.kind) for one in found] == [
            ("steering_group", "meeting"),
            ("local_forum", "meeting"),
            ("local_forum", "lecture"),
        ]
        assert on not in [one.on for one in found]
        local = sorted([on, *(one.on for one in found if one.forum == forum)])
        assert all((later - day).days > 7 for day, later in pairwise(local))


def test_days_that_do_not_suffice_are_said(between):
    days = [date(2026, 9, 1), date(2026, 9, 2)]
    spread = meeting_days.spread(days, 3, level="local_forum", taken={days[0]})
    assert spread == [days[1], None, None]
    assert meeting_days.spread([], 2, level="local_forum") == [None, None]


def test_a_term_without_room_says_so_and_plans_nothing(as_, between, cast):
    forum = between.forum("steering_group", name="Styrgruppen", convener=cast.dag)
    with at(2026, 11, 26):
        page = as_(cast.dag).get(PLAN)
        assert page.context["missing"] == []
        shown = text(page)
        assert ALL_DONE not in shown
        assert "Ingen plats kvar i terminen" in shown
        assert f"{LIST}{forum.uuid}/nytt-mote/?termin=2026-2&amp;slag=meeting" in shown
        as_(cast.dag).post(PLAN)
        assert ForumMeeting.objects.count() == 0
    with at(2027, 3, 1):
        over = text(as_(cast.dag).get(f"{PLAN}?termin=2026-2"))
        assert "Terminen är slut. Det som saknas blev inte av." in over
        assert "Lägg in i planen" not in over


def test_one_meeting_more_is_planned_from_the_forums_row(as_, between, cast):
    forum = between.forum("steering_group", name="Styrgruppen", convener=cast.dag, place="Rum 3")
    SchoolBreak.objects.create(name="Höstlov", first=date(2026, 11, 2), last=date(2026, 11, 6))
    dag, url = as_(cast.dag), f"{LIST}{forum.uuid}/nytt-mote/"
    with at(2026, 8, 10):
        dag.post(PLAN)
        (planned,) = ForumMeeting.objects.all()
        taken = clock.local_date(planned.starts)
        assert f"{url}?termin=2026-2" in text(dag.get(LIST))
        proposed = dag.get(f"{url}?slag=lecture").context["form"]
        assert (proposed["kind"].value(), proposed["length"].value()) == ("lecture", 240)
        assert proposed["place"].value() == "Rum 3"
        free = proposed["on"].value()
        assert free in meeting_days.ahead(AUTUMN)
        assert free != taken
        for on, words in (
            (date(2026, 8, 7), "Välj en dag som inte har varit."),
            (date(2026, 11, 4), "Det är ingen skoldag."),
            (date(2026, 10, 31), "Det är ingen skoldag."),
            (taken, "Dag Test kallar till Styrgruppen den dagen."),
            (date(2026, 8, 20), "Välj en dag från 31 augusti"),
        ):
            refused = dag.post(url, a_day(on, agenda="Ny lag."))
            assert list(refused.context["form"].errors) == ["on"], on
            assert words in text(refused)
            assert "Ny lag." in text(refused)
        assert ForumMeeting.objects.count() == 1
        soon = dag.post(url, a_day(date(2026, 8, 20), soon="on", agenda="Ny lag."))
        once = a_day(free)
        first, second = dag.post(url, once), dag.post(url, once)
        assert first.headers["Location"] == second.headers["Location"]
        assert ForumMeeting.objects.count() == 3
        hurried = ForumMeeting.objects.get(agenda="Ny lag.")
        assert soon.headers["Location"] == f"/samverkan/moten/{hurried.uuid}/"
        assert (hurried.term, hurried.status, hurried.convener) == ("2026-2", "planned", cast.dag)
        assert "1 av 1 planerat, 0 hållna, 2 extra" in text(dag.get(LIST))
        assert list(dag.post(url, {"key": ""}).context["form"].errors) == [
            "kind",
            "on",
            "at",
            "length",
            "key",
        ]
        for who in (cast.mona, cast.odd, cast.tuva, cast.sara, cast.cecilia):
            assert as_(who).get(url).status_code == 404, who
        dag.post(f"{LIST}{forum.uuid}/avsluta/")
        assert dag.get(url).status_code == 404
    assert what_is_wrong() == []


def test_whoever_of_the_team_calls_a_forum_plans_it_and_sets_up_none(as_, between, cast):
    between.forum("local_forum", name="Lokalt", convener=cast.tuva)
    between.forum("steering_group", name="Styrgruppen", convener=cast.dag)
    tuva = as_(cast.tuva)
    with at(2026, 8, 10):
        assert asked_for(tuva.get(PLAN)) == [
            ("local_forum", "lecture"),
            ("local_forum", "meeting"),
            ("local_forum", "meeting"),
        ]
        tuva.post(PLAN)
        assert set(ForumMeeting.objects.values_list("convener", flat=True)) == {cast.tuva.pk}
        shown = text(tuva.get(PLAN))
        assert "Du planerar bara de forum som du får kalla till." in shown
        assert "Sätt upp" not in shown
    assert tuva.get(f"{LIST}nytt/").status_code == 404


def test_the_forums_page_says_what_each_forum_has_of_its_term(as_, between, cast):
    local = between.forum("local_forum", name="Lokalt", convener=cast.dag)
    with at(2026, 8, 10):
        as_(cast.dag).post(PLAN)
    meetings = list(ForumMeeting.objects.order_by("starts"))
    assert local.meetings.count() == 3
    with at(2026, 8, 12):
        assert "3 av 3 planerade, 0 hållna" in text(as_(cast.dag).get(LIST))
        held = between.held(local, starts=clock.now() - timedelta(days=1), term="2026-2")
        assert held.status == "held"
        assert "3 av 3 planerade, 1 hållet, 1 extra" in text(as_(cast.dag).get(LIST))
        perform(meetings[0].cancel, by=cast.dag, why="Sjukdom")
        perform(meetings[1].cancel, by=cast.dag, why="Sjukdom")
        shown = text(as_(cast.dag).get(LIST))
        assert "2 av 3 planerade, 1 hållet" in shown
        assert "saknas: 1 möte" in shown
        assert "finns inte" in shown
        chosen = as_(cast.cecilia).get(f"{LIST}?stadsdel={cast.south.pk}")
        assert "2 av 3 planerade, 1 hållet" in text(chosen)
        assert "Planera ett möte" not in text(chosen)
        assert "Forumen i" not in text(as_(cast.cecilia).get(LIST))
        assert "Forumen i" not in text(as_(cast.sara).get(LIST))


def test_the_plan_asks_as_much_for_many_forums_as_for_few(as_, between, cast):
    client = as_(cast.dag)

    def queries(url):
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    with at(2026, 8, 10):
        all_four(between, cast.dag)
        few = [queries(url) for url in (LIST, PLAN)]
        for n in range(6):
            between.meeting(between.forum(name=f"Lokalt {n}"), term="2026-2")
        assert [queries(url) for url in (LIST, PLAN)] == few


def test_terms_have_a_part_in_which_schools_are_at_work():
    for term in (AUTUMN, SPRING):
        first, last = term.meets
        assert term.first <= first < last < term.end
        assert [terms.of(first), terms.of(last)] == [term, term]
