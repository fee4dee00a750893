"""Surveys over time: rounds of the same questions beside each other, and never what is too few."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format

from accounts import clock
from collaboration import answering, over_time, questions
from collaboration.models import SurveyRound
from history.door import begin, perform
from tests.test_pages import text

pytestmark = pytest.mark.django_db
HOME = "/samverkan/enkater/"
YEARS = f"{HOME}over-tid/collaboration/"


def ago(days):
    day = clock.today() - timedelta(days=days)
    return datetime.combine(day, datetime.min.time(), ZoneInfo("Europe/Stockholm")) + timedelta(
        hours=10
    )


@pytest.fixture
def round_of(cast):
    """A reported round so many days ago: what each of those who answered marked, of eight asked."""

    def make(days, marks, kind="collaboration", **more):
        asked = {"addresses": "\n".join(f"p{n}@example.org" for n in range(8))}
        if kind == "entry":
            asked = {}
        with clock.at(ago(days)):
            new = SurveyRound(
                kind=kind,
                title=f"För {days} dagar sedan",
                responsible=cast.cecilia,
                **asked,
                **more,
            )
            row = perform(begin(new, by=cast.cecilia).obj.open, by=cast.cecilia).obj
            tokens = list(row.tokens.order_by("pk")) or [row.invite() for _one in marks]
            for token, given in zip(tokens, marks, strict=False):
                answering.answer(token, given, "")
        with clock.at(ago(days - 10)):
            row = perform(row.close, by=cast.cecilia).obj
            return perform(row.report, by=cast.cecilia).obj

    return make


def marked(*values):
    return [{"structure": {"today": value}} for value in values]


def shown(client, url=YEARS):
    """The cells of a question's row, as they stand in the table; by the row's heading."""
    page = client.get(url)
    assert page.status_code == 200
    rows: dict[str, list[str]] = {}
    seen = re.sub(r'<span class="vh">.*?</span>', "", page.content.decode(), flags=re.S)
    for row in re.findall(r'<tr role="row".*?</tr>', seen, re.S):
        heading = re.search(r"<th[^>]*>(.*?)</th>", row, re.S)
        cells = re.findall(r'<td role="cell"[^>]*>(.*?)</td>', row, re.S)
        plain = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]
        rows.setdefault(" ".join(re.sub(r"<[^>]+>", " ", heading[1]).split()), plain)
    return rows


def test_two_years_stand_beside_each_other_with_the_response_rate_first(round_of, cast, as_):
    round_of(400, marked(2, 2, 3, 2, 3))
    round_of(35, marked(4, 4, 3, 4, 4, 4))
    rows = shown(as_(cast.sara))
    assert list(rows)[1] == "Har svarat"
    # 5 of 8 is 62.5, which rounds to the even.
    assert rows["Har svarat"] == ["62 % 5 av 8", "75 % 6 av 8"]
    assert rows["Struktur för samverkan"] == ["2,4 5 svar", "3,8 +1,4 6 svar"]
    # Nobody has said anything of this one, in any year.
    assert rows["Tillit"] == ["för få", "för få"]


def test_a_question_that_few_answered_shows_nothing_and_the_next_year_is_no_change(
    round_of, cast, as_
):
    round_of(800, marked(2, 2, 2, 2, 2))
    round_of(400, [*marked(5, 5, 5, 5), {"trust": {"today": 4}}])
    round_of(35, marked(3, 3, 3, 3, 3))
    rows = shown(as_(cast.sara))
    assert rows["Struktur för samverkan"] == ["2,0 5 svar", "för få", "3,0 +1,0 5 svar"]


def test_versions_and_districts_are_never_mixed(round_of, cast, as_, monkeypatch):
    round_of(400, marked(2, 2, 2, 2, 2))
    round_of(390, marked(5, 5, 5, 5, 5), district=cast.south)
    same = questions.asked("collaboration", 1)
    monkeypatch.setattr(questions, "asked", lambda kind, version: same)
    monkeypatch.setattr(questions, "newest", lambda kind: 2)
    round_of(35, marked(4, 4, 4, 4, 4))
    page = as_(cast.cecilia).get(YEARS)
    assert [(t.version, len(t.rounds)) for t in page.context["tables"]] == [(2, 1), (1, 1)]
    assert "+2,0" not in text(page)
    rows = shown(as_(cast.cecilia), f"{YEARS}?stadsdel={cast.south.pk}")
    assert rows["Struktur för samverkan"] == ["5,0 5 svar"]


def test_pupils_shares_stand_beside_each_other_and_few_are_hidden(round_of, cast, as_):
    chose = [{"enjoy": {"choice": "very" if n < 5 else "quite"}} for n in range(10)]
    round_of(400, chose, kind="entry")
    round_of(35, chose[:9], kind="entry")
    rows = shown(as_(cast.tuva), f"{HOME}over-tid/entry/")
    assert rows["Mycket bra"] == ["50 %", "för få"]


def test_it_is_reached_from_the_list_and_from_a_result_and_the_list_tells_rows_apart(
    round_of, cast, as_
):
    survey = round_of(35, marked(4, 4, 4, 4, 4))
    client = as_(cast.dag)
    listed = client.get(HOME)
    assert f'href="{YEARS}"' in listed.content.decode()
    rows = " ".join(re.sub(r"<[^>]+>", " ", listed.content.decode()).split())
    month = date_format(survey.opened, "F Y")
    assert f"För 35 dagar sedan Samverkansenkät, {month}" in rows
    assert "62 % ( 5 av 8 )" in rows or "62 % (5 av 8)" in rows
    assert f'href="{YEARS}"' in client.get(f"{HOME}{survey.uuid}/").content.decode()


def test_what_is_not_reported_stands_in_no_column_and_no_rate(between, cast, as_):
    between.survey_in("closed")
    client = as_(cast.cecilia)
    assert client.get(YEARS).context["tables"] == []
    assert "av 7" not in text(client.get(HOME))
    assert client.get(f"{HOME}over-tid/annat/").status_code == 404


def test_older_rounds_are_reached_and_a_page_costs_no_more_than_its_columns(
    round_of, cast, as_, monkeypatch
):
    from collaboration.views import survey_years

    monkeypatch.setattr(survey_years, "COLUMNS", 2)
    days = (300, 270, 240, 210, 180)
    for one in days[:2]:
        round_of(one, [{"month": {"today": 3}}] * 5, kind="pulse")
    client, url = as_(cast.cecilia), f"{HOME}over-tid/pulse/"

    def cost():
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    few = cost()
    for one in days[2:]:
        round_of(one, [{"month": {"today": 3}}] * 5, kind="pulse")
    assert cost() == few
    seen, address = [], ""
    for _page in range(3):
        page = client.get(url + address)
        seen.append([row.title for table in page.context["tables"] for row in table.rounds])
        link = re.search(r'href="(\?[^"]*efter=[^"]*)"', page.content.decode())
        address = link[1] if link else ""
    titles = [f"För {one} dagar sedan" for one in days]
    assert seen == [titles[3:], titles[1:3], titles[:1]]
    assert address == ""


def test_the_list_asks_as_much_for_many_rounds_as_for_few(round_of, cast, as_):
    client = as_(cast.cecilia)

    def cost():
        client.get(HOME)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(HOME).status_code == 200
        return len(queries)

    round_of(400, marked(2, 2, 2, 2, 2))
    few = cost()
    for one in range(5):
        round_of(100 + one, marked(2, 2, 2, 2, 2))
    assert cost() == few
    assert len(over_time.rates(SurveyRound.objects.all())) == 6
