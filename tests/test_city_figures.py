"""The city's own figures: from a file or a box, in words or codes, every fault at once, year by year."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import clock
from collaboration import answering, city, results
from collaboration.models import CityFigure, SurveyRound
from history.door import begin, perform
from history.models import Event
from tests.test_pages import text

pytestmark = pytest.mark.django_db
URL = "/samverkan/enkater/staden/"
HEAD = "fråga;svar;år;procent"


@pytest.fixture
def client(cast, as_):
    return as_(cast.cecilia)


def send(client, rows="", source="Stockholmsenkäten", **more):
    form = client.get(URL).context["form"]
    sent = {"key": form["key"].value(), "source": source, "rows": rows} | more
    return client.post(URL, sent, follow=True)


def kept():
    rows = CityFigure.objects.order_by("year", "question", "choice")
    return [(row.question, row.choice, row.year, str(row.percent)) for row in rows]


def faults(page):
    return [(one.row, one.column, one.words) for one in page.context["form"].faults]


def test_the_page_says_what_may_be_written(client):
    page = text(client.get(URL))
    for words in ("Trivsel", "Hur trivs du i skolan?", "(enjoy)", "Mycket bra", "(very)"):
        assert words in page
    empty = client.get(f"{URL}?form=csv").content.decode("utf-8-sig").split("\r\n")
    assert empty[:2] == [HEAD, "Trivsel;Mycket bra;;"]
    assert len([line for line in empty if line]) == 21


@pytest.mark.parametrize(
    "row",
    [
        "enjoy;very;2024;41,5",
        "Trivsel;Mycket bra;2024;41,5",
        "Hur trivs du i skolan?;mycket  bra;2024;41.5 %",
        "Liking school;Very much;2024;41,50",
        '"Trivsel"\t"Mycket bra"\t2024\t41,5',
        "Trivsel,Mycket bra,2024,41.5",
        "Trivsel;Mycket bra;2024;41,5;;",
    ],
)
def test_codes_and_words_are_the_same(client, row):
    send(client, row)
    assert kept() == [("enjoy", "very", 2024, "41.5")]


def test_a_first_row_with_the_names_of_the_columns_is_passed_by(client):
    send(client, f"{HEAD}\nTrivsel;Mycket bra;2024;41,5")
    assert kept() == [("enjoy", "very", 2024, "41.5")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_is_as_good_as_a_box(client, encoding):
    content = f"{HEAD}\r\nTrygghet;Sällan;2024;7\r\n".encode(encoding)
    send(client, file=SimpleUploadedFile("stad.csv", content))
    assert kept() == [("safe", "seldom", 2024, "7.0")]


def test_every_fault_of_every_row_is_told_at_once_and_nothing_is_kept(client):
    year = clock.today().year
    rows = [
        HEAD,
        "Trivsel;Mycket bra;2024;41,5",
        "Trivsel;Jättebra;24;41",
        "Rasten;Mycket bra;2024;fyrtio",
        "Trivsel;Ganska bra;2024;40,25",
        f"Trivsel;Inte alls;{year + 1};120",
        "Trivsel;Mycket bra;2024",
        "enjoy;very;2024;42",
    ]
    page = send(client, "\n".join(rows))
    assert faults(page) == [
        (3, "svar", "Frågan har inget sådant svar."),
        (3, "år", "Skriv året med fyra siffror."),
        (4, "fråga", "Frågan finns inte i elevernas enkät."),
        (4, "procent", "Skriv procenten som ett tal mellan 0 och 100."),
        (5, "procent", "Skriv högst en decimal."),
        (6, "år", "Skriv ett år från 2000 till i år."),
        (6, "procent", "Skriv procenten som ett tal mellan 0 och 100."),
        (7, "", "Raden ska ha fyra kolumner, med semikolon emellan."),
        (8, "", "Samma fråga, svar och år står på rad 2."),
    ]
    assert page.context["form"].errors == {"rows": ["9 fel. De står i tabellen. Inget är sparat."]}
    assert page.context["form"]["rows"].value().splitlines() == rows
    shown = text(page)
    assert all(words in shown for _row, _column, words in faults(page))
    assert kept() == []


def test_what_a_faulty_file_holds_can_be_mended_in_the_box(client):
    file = SimpleUploadedFile("stad.csv", b"Trivsel;Mycket bra;2024;x\n")
    page = send(client, file=file)
    assert [row for row, _column, _words in faults(page)] == [1]
    assert page.context["form"]["rows"].value() == "Trivsel;Mycket bra;2024;x\n"


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({}, "file", "Välj en fil, eller klistra in raderna."),
        (
            {"rows": "enjoy;very;2024;1", "file": b"enjoy;very;2024;1"},
            "file",
            "Välj en fil eller klistra in rader, inte båda.",
        ),
        ({"file": b"\x00\x01\x02"}, "file", "Filen är ingen textfil. Spara den som CSV."),
        ({"file": b"a" * 100_001}, "file", "Filen är för stor. Dela den i flera."),
        ({"rows": HEAD}, "rows", "1 fel. Det står i tabellen. Inget är sparat."),
        ({"rows": '"' + "a" * 99_000 + "\n" + "b" * 900}, "rows", None),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(client, more, field, words):
    if "file" in more:
        more = more | {"file": SimpleUploadedFile("stad.csv", more["file"])}
    page = send(client, **more)
    assert page.status_code == 200
    errors = page.context["form"].errors
    assert list(errors) == [field]
    if words:
        assert errors[field] == [words]
    assert kept() == []


@pytest.mark.both_engines
def test_the_same_again_changes_nothing_and_says_so(client):
    rows = "enjoy;very;2024;41,5\nenjoy;quite;2024;44"
    assert "2 nya, 0 ändrade, 0 som förut." in text(send(client, rows))
    before = Event.objects.count()
    assert "0 nya, 0 ändrade, 2 som förut." in text(send(client, rows))
    assert Event.objects.count() == before
    assert "0 nya, 1 ändrade, 1 som förut." in text(send(client, rows.replace("44", "44,1")))
    assert kept() == [("enjoy", "quite", 2024, "44.1"), ("enjoy", "very", 2024, "41.5")]


def test_figures_are_told_in_words_and_by_year(client):
    rows = "safe;never;2024;2\nenjoy;quite;2024;44\nenjoy;very;2024;41,5\nenjoy;very;2022;39"
    send(client, rows)
    told = client.get(URL).context["years"]
    assert [
        (year, [(one.question, one.answers) for one in questions]) for year, questions in told
    ] == [
        (
            2024,
            [
                (
                    "Hur trivs du i skolan?",
                    [("Mycket bra", Decimal("41.5")), ("Ganska bra", Decimal("44.0"))],
                ),
                ("Känner du dig trygg i skolan?", [("Aldrig", Decimal("2.0"))]),
            ],
        ),
        (2022, [("Hur trivs du i skolan?", [("Mycket bra", Decimal("39.0"))])]),
    ]
    assert "enjoy, very" not in text(client.get(URL))


def test_a_result_compares_with_one_year_and_never_two(client, cast):
    send(client, "enjoy;very;2025;50\nenjoy;very;2024;41,5\nenjoy;quite;2024;44")
    new = SurveyRound(kind="entry", title="Start", responsible=cast.cecilia)
    survey = perform(begin(new, by=cast.cecilia).obj.open, by=cast.cecilia).obj
    for _n in range(10):
        answering.answer(survey.invite(), {"enjoy": {"choice": "very"}})
    result = results.of(survey, words=False)
    assert result is not None
    options = result.groups[0][1][0].options
    assert [(one["city"] and one["city"].year) for one in options] == [2025, None, None, None]
    assert set(city.newest_of("enjoy")) == {"very"}
    assert city.newest_of("") == {}
