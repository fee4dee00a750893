"""The register from a file: faults in their place, the same file twice, and last year's undoing nothing."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts import clock, csv_import, register
from accounts.models import CLOCK, Kind, Organisation
from history.models import AccessEntry
from tests.test_organisations import LONG_AGO, fresh
from tests.test_pages import text
from tests.test_people import split


@pytest.fixture
def admin(as_, cast):
    Organisation.objects.update(since=LONG_AGO)
    return as_(cast.adam)


FILE = """slag;namn;kod;fristående;kommunkod;ligger_i;huvudman;funktionsadress;från
kommun;Kommunen;;;0180;;;;2013-01-01
skola;Åsö grundskola;11111111;nej;0180;Söder;;exp@aso.se;2020-08-01
skola;Ny friskola;77777777;ja;0180;Järva;Friskolan AB;;2019-08-01
stadsdel;Järva;;;;Kommunen;;;2023-07-01
huvudman;Friskolan AB;;ja;;;;;
"""


def test_a_file_is_read_once_and_the_second_time_writes_nothing(admin, cast):
    def read() -> tuple[int, int, int]:
        result = csv_import.load(FILE.encode(), CLOCK)
        assert result.faults == []
        return result.new, result.changed, result.same

    assert read() == (4, 1, 0)
    school = fresh(cast.school)
    assert (school.name, school.function_address) == ("Åsö grundskola", "exp@aso.se")
    assert school.as_of(date(2020, 7, 31)).name == "Åsö skola"
    new = Organisation.objects.get(code="77777777")
    assert (new.parent.name, new.provider.name, new.independent) == ("Järva", "Friskolan AB", True)
    entries = AccessEntry.objects.count()
    assert read() == (0, 0, 5)
    assert AccessEntry.objects.count() == entries


def test_the_file_of_last_year_undoes_no_merger(admin, cast):
    """Rows of what is no more are as before, where they say nothing new; what lay in the old district
    lies in the new."""
    rows = (
        "slag;namn;kod;ligger_i;funktionsadress;från\n"
        "stadsdel;Söder;;Staden;;2013-01-01\n"
        "stadsdel;Norr;;Staden;;\n"
        "skola;Åsö skola;11111111;Söder;;2013-01-01\n"
        "skola;Vasa skola;33333333;Norr;;\n"
    )
    north = Organisation.objects.get(name="Norr")
    new = register.create(CLOCK, kind=Kind.DISTRICT, name="Järva", parent=cast.city)
    Organisation.objects.filter(pk=new.pk).update(since=date(2023, 7, 1))
    for old in (cast.south, north):
        follows = ["people", "parts", "served"]
        on = date(2023, 7, 1)
        register.close(CLOCK, fresh(old), on=on, successor=fresh(new), follows=follows)
    reasons = dict.fromkeys(("people",), "Nedlagd.")
    other = Organisation.objects.get(name="Vasa skola")
    register.close(CLOCK, other, on=clock.today(), successor=cast.new_school, reasons=reasons)
    result = csv_import.load(rows.encode(), CLOCK)
    assert (result.faults, result.new, result.changed, result.same) == ([], 0, 0, 4)
    assert fresh(cast.school).parent == new
    changed = rows.replace("33333333;Norr;;", "33333333;Norr;exp@vasa.se;")
    (fault,) = csv_import.load(changed.encode(), CLOCK).faults
    assert (fault.row, fault.column) == (5, "namn")
    assert fault.words.endswith("ersattes av Nya skolan. Ta bort raden eller ändra den nya.")
    # A new one may have the name of one that is no more, from a later day.
    later = "slag;namn;ligger_i;från\nstadsdel;Norr;Staden;2024-01-01\n"
    assert csv_import.load(later.encode(), CLOCK).new == 1
    assert csv_import.load(later.encode(), CLOCK).same == 1


def test_a_district_known_by_an_earlier_name_is_not_made_anew(admin, cast):
    register.amend(CLOCK, fresh(cast.south), on=date(2022, 1, 1), name="Södra")
    rows = "slag;namn;kod;ligger_i\nstadsdel;Söder;;Staden\nskola;Åsö skola;11111111;Söder\n"
    result = csv_import.load(rows.encode(), CLOCK)
    assert (result.faults, result.new, result.changed, result.same) == ([], 0, 0, 2)
    assert fresh(cast.south).name == "Södra"


def test_what_begins_on_a_day_to_come_is_read_in_that_day(admin, cast):
    rows = "slag;namn;kod;från\nskola;Framtidsskolan;88888888;2030-08-01\n"
    (fault,) = csv_import.load(rows.encode(), CLOCK).faults
    assert (fault.column, fault.words) == ("från", "Dagen har inte kommit. Läs in raden då.")
    url = "/organisationer/ny/?slag=school"
    given = {"name": "Framtidsskolan", "code": "88888888"} | split("on", date(2030, 8, 1))
    assert list(admin.post(url, given).context["form"].errors) == ["on"]
    assert not Organisation.objects.filter(code="88888888").exists()


def test_two_of_the_same_name_are_told_apart_by_where_they_lie(cast):
    north = Organisation.objects.get(name="Norr")
    here, there = (
        register.create(CLOCK, kind=Kind.TEAM, name="Teamet", parent=place)
        for place in (cast.south, north)
    )
    rows = "slag;namn;ligger_i;funktionsadress\nteam;Teamet;Norr;team@norr.se\n"
    assert csv_import.load(rows.encode(), CLOCK).changed == 1
    assert [fresh(one).function_address for one in (here, there)] == ["", "team@norr.se"]
    vague = "slag;namn;funktionsadress\nteam;Teamet;x@norr.se\n"
    (fault,) = csv_import.load(vague.encode(), CLOCK).faults
    assert (fault.column, fault.words) == (
        "namn",
        "Flera heter så. Ändra den du menar på dess sida.",
    )


def test_a_row_that_lies_in_a_wrong_one_says_so(cast):
    wrong = "slag;namn;kod;ligger_i\nstadsdel;Nytt;;Atlantis\nskola;Skola;88888888;Nytt\n"
    result = csv_import.load(wrong.encode(), CLOCK)
    assert [(fault.row, fault.column, fault.words) for fault in result.faults] == [
        (2, "ligger_i", "Atlantis finns inte i registret eller i filen."),
        (3, "ligger_i", "Nytt har fel på sin egen rad."),
    ]


def test_faults_are_named_by_row_and_column_and_nothing_is_written(admin, cast, tmp_path):
    wrong = (
        "slag;namn;kod;fristående;ligger_i;funktionsadress;från\n"
        "skola;Bra skola;88888888;nej;Söder;;\n"
        "skola;Utan kod;;nej;Söder;;\n"
        "skola;Vilse;99999999;kanske;Atlantis;inte-en-adress;i går\n"
        "hus;Fel slag;;;;inte-en-adress;i morgon\n"
        "skola;Samma;88888888;nej;Atlantis;;\n"
        "team;Lag;12;;Atlantis;;\n"
    )
    before = Organisation.objects.count()
    result = csv_import.load(wrong.encode(), CLOCK)
    assert [(fault.row, fault.column) for fault in result.faults] == [
        (3, "kod"),
        (4, "ligger_i"),
        (4, "fristående"),
        (4, "funktionsadress"),
        (4, "från"),
        (5, "slag"),
        (5, "funktionsadress"),
        (5, "från"),
        (6, "kod"),
        (6, "ligger_i"),
        (7, "ligger_i"),
        (7, "kod"),
    ]
    assert Organisation.objects.count() == before
    file = tmp_path / "fel.csv"
    file.write_text(wrong)
    said = StringIO()
    with pytest.raises(CommandError, match="Inget har skrivits"):
        call_command("import_organisations", str(file), stderr=said)
    assert "rad 4, ligger_i: Atlantis finns inte" in said.getvalue()
    with file.open("rb") as upload:
        page = text(admin.post("/organisationer/las-in/", {"file": upload}))
    assert "Filen har 12 fel" in page
    assert Organisation.objects.count() == before


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"slag;namn\nteam;A\x00B\n",
        b"",
        b"namn\nx\n",
        b'slag;namn\n"skola;x',
        b"slag,namn,kod\nskola,A,1,2,3\n",
    ],
)
def test_a_file_that_is_no_file_is_told_so(content, admin, cast):
    assert csv_import.load(content, CLOCK).faults


def test_the_command_says_how_many_rows_it_wrote(admin, cast, tmp_path):
    file = tmp_path / "register.csv"
    file.write_text(FILE, encoding="utf-8-sig")
    said = StringIO()
    for arguments in (["--check"], [], []):
        call_command("import_organisations", str(file), *arguments, stdout=said)
    assert said.getvalue().splitlines() == [
        "4 nya, 1 ändrade, 0 som förut; 0 rader skrivna.",
        "4 nya, 1 ändrade, 0 som förut; 5 rader skrivna.",
        "0 nya, 0 ändrade, 5 som förut; 0 rader skrivna.",
    ]
