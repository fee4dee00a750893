"""Läget i samverkan: every figure counted, defined, opened, and read in as few questions for many."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import clock
from accounts.models import Kind, Organisation, Role
from collaboration import few, standing, terms
from collaboration.models import ForumMeeting
from history.door import begin, perform
from referrals.models import ConcernReport
from tests.test_law import given
from tests.test_pages import text

pytestmark = pytest.mark.django_db
PAGE = "/samverkan/laget/"


def figure(code, district):
    line = next(line for line in standing.table() if line.district == district)
    return next(one for one in line.figures if one.code == code)


def counted(code, district):
    one = figure(code, district)
    return one.good, one.total


@pytest.mark.both_engines
def test_contacts_count_when_both_are_confirmed(between, cast):
    between.contact()
    assert counted("contact", cast.south) == (0, 3)
    between.contact(post="deputy", person=cast.tore)
    assert counted("contact", cast.south) == (1, 3)
    between.appoint(school=cast.new_school)
    assert counted("contact", cast.south) == (1, 3)


@pytest.mark.both_engines
def test_an_agreement_counts_until_it_is_overdue(between, cast):
    assert counted("follow_up", cast.south) == (0, 1)
    agreement = between.active()
    assert counted("agreement", cast.south) == (3, 3)
    # Younger than a year: there is nothing yet to follow up.
    assert counted("follow_up", cast.south) == (0, 0)
    with clock.at(clock.now() + timedelta(days=370)):
        assert counted("agreement", cast.south) == (0, 3)
        assert counted("follow_up", cast.south) == (0, 1)
        agreement = perform(agreement.call_review, by=cast.dag).obj
        given: dict[str, Any] = {"on": clock.today(), "result": "works", "text": "Det går bra."}
        perform(agreement.keep, by=cast.dag, **given)
        assert counted("agreement", cast.south) == (3, 3)
        assert counted("follow_up", cast.south) == (1, 1)


def test_a_figure_opens_the_districts_and_their_rows_lead_where_the_reader_may_go(
    as_, between, cast
):
    between.minuted(between.forum(), away=("Friskolan",))
    client = as_(cast.dag)
    city = client.get(PAGE)
    words = {demand.code: beside for demand, _one, _figure, beside in city.context["city"]}
    assert [str(words["independent"][0]), *words["independent"][1:]] == ["Kommunala skolor", 2, 2]
    opened = client.get(f"{PAGE}independent/").context["rows"]
    assert [(str(d), f.good, f.total) for d, f in opened] == [("Söder", 1, 2), ("Norr", 0, 0)]
    page = f"{PAGE}independent/{cast.south.pk}/"
    own = client.get(page).context["rows"]
    assert client.get(own[0]["url"]).status_code == 200
    # Whoever leads another district reads the figure, and the meeting behind it not.
    other = between.person("Doris", cast.north, Role.DISTRICT)
    there = as_(other).get(page).context["rows"]
    assert [(row["label"], row["url"]) for row in there] == [(row["label"], "") for row in own]
    coverage = client.get(f"{PAGE}agreement/{cast.south.pk}/").context["rows"]
    assert {row["url"] for row in coverage} == {
        f"/samverkan/overenskommelser/tackning/?stadsdel={cast.south.pk}"
    }


@pytest.mark.both_engines
def test_independent_schools_and_school_staff_are_counted_apart(between, cast):
    forum = between.forum()
    between.minuted(forum, away=("Friskolan",))
    between.minuted(forum, away=("Friskolan", "Åsö skola"))
    assert counted("independent", cast.south) == (2, 4)  # their provider came, twice
    assert counted("school_staff", cast.south) == (3, 6)
    line = next(line for line in standing.table() if line.district == cast.south)
    assert line.tone == "danger"


@pytest.mark.both_engines
def test_a_missed_meeting_turns_the_row_red(between, cast):
    now = terms.of(clock.today())
    for level in ("steering_group", "manager_forum", "transition_forum", "local_forum"):
        forum = between.forum(level, name=level)
        for term in (now.before, now.before.before):
            for kind in terms.wanted(level, term):
                between.held(forum, term=str(term), kind=kind)
    assert counted("cadence", cast.south) == (4, 4)
    last = ForumMeeting.objects.filter(forum__level="steering_group").first()
    with connection.cursor() as cursor:
        table = ForumMeeting._meta.db_table
        cursor.execute(f"UPDATE {table} SET status = 'cancelled' WHERE id = %s", [last.pk])
    assert counted("cadence", cast.south) == (3, 4)
    assert figure("cadence", cast.south).tone == "danger"
    where = terms.of(clock.today()).before if last.term == str(now.before) else now.before.before
    items = {item["label"]: item for item in standing.of("cadence").items(cast.south)}
    assert items["Styrgrupp"]["good"] is False
    assert f"{where.label}: 0 av 1 möte" in items["Styrgrupp"]["note"].split("; ")


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("level", "autumn", "spring"),
    [
        ("steering_group", ["meeting", "meeting"], []),
        ("local_forum", ["meeting", "meeting", "meeting"], ["meeting", "lecture"]),
        ("local_forum", ["meeting", "meeting", "meeting"], ["meeting", "meeting"]),
    ],
)
def test_a_good_autumn_saves_no_spring_and_a_meeting_is_no_lecture(
    between, cast, level, autumn, spring
):
    now = terms.of(clock.today())
    forum = between.forum(level, name=level)
    for term in (now.before, now.before.before):
        for kind in autumn if term.half == 2 else spring:
            between.held(forum, term=str(term), kind=kind)
    assert counted("cadence", cast.south) == (0, 4)
    assert [i["good"] for i in standing.of("cadence").items(cast.south)] == [False] * 4


@pytest.mark.both_engines
def test_feedback_is_a_count_from_five_and_never_a_row(as_, between, cast):
    def report(*, heard):
        made = clock.today() - timedelta(days=30)
        new = ConcernReport(reporters=cast.school, reporter=cast.sara, made_on=made)
        row = begin(new, by=cast.sara).obj
        if heard:
            row = perform(row.receive, by=cast.sara, on=clock.today()).obj
            perform(row.give_feedback, by=cast.sara, on=clock.today(), feedback="opened")

    for n in range(4):
        report(heard=n == 0)
    one = figure("feedback", cast.south)
    assert (one.hidden, one.percent) == (True, None)
    assert standing.table()[0].figures[5].total == 0
    report(heard=True)
    assert counted("feedback", cast.south) == (2, 5)
    assert figure("feedback", cast.south).percent == 40
    shown = text(as_(cast.cecilia).get(f"{PAGE}feedback/{cast.south.pk}/"))
    assert "Här visas inga enskilda rader" in shown
    assert "Åsö" not in shown


def test_a_municipality_may_hide_more_and_never_fewer_than_five(as_, cast):
    made = clock.today() - timedelta(days=30)
    for _n in range(7):
        begin(ConcernReport(reporters=cast.school, reporter=cast.sara, made_on=made), by=cast.sara)

    def hidden(*, from_on):
        page = "/lag/grans/figures.smallest_group/"
        assert as_(cast.adam).post(page, given(from_on, clock.today())).status_code == 302
        return figure("feedback", cast.south).hidden

    assert figure("feedback", cast.south).hidden is False
    assert (hidden(from_on=8), hidden(from_on=7), hidden(from_on=2)) == (True, False, False)
    assert (few.smallest(), few.shares()) == (5, 10)


@pytest.mark.both_engines
def test_the_support_material_counts_those_who_have_read_what_holds_now(as_, between, cast):
    """Meant for school staff and the team's: four people in Söder, one more in Norr."""
    guide = between.material_in("published")
    assert counted("material", cast.south) == (0, 4)
    for who in (cast.sara, cast.tuva, cast.oda):
        guide = perform(guide.acknowledge, by=who, who=who).obj
    assert counted("material", cast.south) == (2, 4)
    rows = as_(cast.dag).get(f"{PAGE}material/{cast.south.pk}/")
    assert [(r["label"], r["n"], r["of"]) for r in rows.context["rows"]] == [
        ("Team Söder", 1, 2),
        ("Åsö skola", 1, 2),
    ]
    assert "Sara" not in text(rows)
    perform(guide.publish, by=cast.dag, text="Ring ännu tidigare.", what_is_new="Tidigare")
    assert counted("material", cast.south) == (0, 4)


def test_every_figure_has_its_definition_on_the_page_and_opens(as_, between, cast):
    between.contact()
    between.minuted(between.forum())
    between.material_in("published")
    client = as_(cast.dag)
    shown = text(client.get(PAGE))
    assert "mäts inte än" not in shown
    for demand in standing.DEMANDS:
        assert str(demand.label) in shown
        one = standing.of(demand.code)
        assert str(one.definition) in shown
        rows = client.get(f"{PAGE}{demand.code}/{cast.south.pk}/")
        assert rows.status_code == 200
        good, total = counted(demand.code, cast.south)
        if not one.hides_small:
            assert total > 0, demand.code
            assert (rows.context["good"], rows.context["total"]) == (good, total)
    assert client.get(f"{PAGE}contact/{cast.school.pk}/").status_code == 404
    assert client.get(f"{PAGE}annat/{cast.south.pk}/").status_code == 404
    for who in (cast.sara, cast.petra, cast.tuva, cast.rut, cast.gun):
        assert as_(who).get(PAGE).status_code == 404


@pytest.mark.both_engines
def test_all_districts_are_read_in_three_questions(between, cast):
    between.contact()
    between.active()
    between.minuted(between.forum())

    def asked_for():
        with CaptureQueriesContext(connection) as queries:
            standing.table()
        return len(queries)

    assert asked_for() == 3
    for n in range(10):
        place = Organisation.objects.create(kind=Kind.DISTRICT, name=f"D{n}", parent=cast.city)
        Organisation.objects.create(kind=Kind.SCHOOL, name=f"S{n}", parent=place)
    assert asked_for() == 3
