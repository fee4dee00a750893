"""What a survey tells: of many, and by the municipality's own limit."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from accounts import clock
from collaboration import answering, results
from collaboration.models import SurveyRound
from history.door import begin, perform
from tests.test_law import given
from tests.test_surveys import HOME, words

pytestmark = pytest.mark.django_db


def opened(kind, cast):
    """One asked by links that are handed over, and of one address, for somebody must be asked."""
    new = SurveyRound(kind=kind, title="Ny", addresses="a@example.org", responsible=cast.cecilia)
    return perform(begin(new, by=cast.cecilia).obj.open, by=cast.cecilia).obj


def answered(survey, sheets):
    """Each sheet by a link of its own."""
    for sheet in sheets:
        assert answering.answer(survey.invite(), sheet)


def closed(survey, cast):
    return perform(survey.close, by=cast.cecilia).obj


def limit(number, cast, as_):
    page = "/lag/grans/figures.smallest_group/"
    assert as_(cast.adam).post(page, given(number, clock.today())).status_code == 302


@pytest.mark.both_engines
def test_what_was_written_is_shown_where_five_wrote_and_nowhere_else(cast, as_):
    """Most of a round may have answered, and one alone have written."""
    survey = opened("entry", cast)
    alone = {"good": {"text": "bara jag skrev"}, "hard": {"text": "Högt"}}
    answered(survey, [alone, *[{"hard": {"text": f"Högt {n}"}} for n in range(4)]])
    survey = closed(survey, cast)
    page = as_(cast.cecilia).get(f"{HOME}{survey.uuid}/")
    told = {question.key: sorted(texts) for question, texts in page.context["result"].words}
    four = [f"Högt {n}" for n in range(4)]
    assert told == {"good": [], "hard": ["Högt", *four], "help": [], "adults": []}
    assert "bara jag skrev" not in words(page)
    # One who wrote and nobody who did look the same.
    assert words(page).count("För litet underlag: färre än 5 har skrivit något.") == 3


@pytest.mark.both_engines
def test_only_who_says_so_does_not_know(cast):
    survey = opened("pulse", cast)
    sheets = [{"month": {"today": 4}}, {"month": {"today": "unknown"}}, {"answer": {"today": 2}}]
    answered(survey, sheets * 5)
    rows = results.of(survey, words=False).groups[0][1]
    assert [(row.question.key, row.n, row.today, row.unknown) for row in rows] == [
        ("month", 5, 4.0, 5),
        ("answer", 5, 2.0, 0),
        ("pupils", 0, None, 0),
    ]
    assert (survey.sheets(), survey.answered()) == (15, 15)


def test_a_pupil_who_does_not_know_is_in_no_share(cast):
    survey = opened("entry", cast)
    answered(survey, [{"enjoy": {"choice": "very"}}] * 10)
    answered(survey, [{"enjoy": {"choice": "unknown"}}, {"good": {"text": "Allt"}}])
    row = results.of(survey, words=False).groups[0][1][0]
    assert (row.n, row.unknown, [option["percent"] for option in row.options]) == (
        10,
        1,
        [100, 0, 0, 0],
    )


@pytest.mark.both_engines
def test_no_share_is_told_of_fewer_than_ten(cast, as_):
    survey = opened("collaboration", cast)
    better = {"trust": {"today": 5, "before": 2}, "bup": {"today": 3, "before": 3}}
    answered(survey, [better] * 9)

    def told():
        rows = [row for _group, rows in results.of(survey, words=False).groups for row in rows]
        named = [row.question.key for row in results.developed_most(rows)]
        return {row.question.key: row.much for row in rows if row.n}, named

    assert told() == ({"trust": None, "bup": None}, [])
    answered(survey, [better])
    assert told() == ({"trust": 100, "bup": 0}, ["trust"])


@pytest.mark.parametrize(
    ("shares", "named"),
    [
        ([40, 40, 40, 40], []),
        ([60, 40, 40, 40], [60]),
        ([60, 40, 40, 30], [60, 40, 40]),
        ([60, 50], [60, 50]),
        ([0, 0, 20, None], [20]),
        ([0, 0], []),
    ],
)
def test_of_equals_all_are_named_or_none_and_nought_never(shares, named):
    rows = [results.Row(SimpleNamespace(key=str(n)), much=much) for n, much in enumerate(shares)]
    assert [row.much for row in results.developed_most(rows)] == named


@pytest.mark.both_engines
def test_the_municipalitys_own_limit_is_the_one_that_holds(cast, as_):
    survey = opened("collaboration", cast)
    answered(survey, [{"trust": {"today": 4, "before": 2}}] * 6)
    survey = perform(closed(survey, cast).report, by=cast.cecilia).obj
    public = f"/samverkan/enkat/resultat/{survey.uuid}/"
    assert "6 av 7 har svarat (86 procent)" in words(Client().get(public))
    limit(8, cast, as_)
    assert "För litet underlag: färre än 8 har svarat." in words(Client().get(public))
    assert "Resultat visas bara när minst 8 har svarat." in words(as_(cast.dag).get(HOME))
    few = closed(opened("entry", cast), cast)
    assert (few.enough(), few.not_enough()) == (False, True)
    limit(2, cast, as_)
    assert "6 av 7 har svarat (86 procent)" in words(Client().get(public))


def test_a_pulse_has_no_columns_for_what_was_never_asked(cast, as_):
    survey = opened("pulse", cast)
    answered(survey, [{"month": {"today": 4}}] * 5)
    survey = perform(closed(survey, cast).report, by=cast.cecilia).obj
    page = words(Client().get(f"/samverkan/enkat/resultat/{survey.uuid}/"))
    assert "I dag Har svarat 1–5 Vet inte" in page
    assert ("När det började" in page, "Förändringen" in page) == (False, False)
