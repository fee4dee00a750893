"""The register of organisations: renamed, merged, closed, imported, and nothing forgotten."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import clock, csv_import, register
from accounts.models import CLOCK, Former, Kind, Membership, Organisation, Role
from history import chain
from history.models import AccessEntry, AccessText
from referrals.models import Case, Referral
from tests.test_pages import text
from tests.test_people import split
from workflows.models import Turn

LONG_AGO = date(2013, 1, 1)


@pytest.fixture
def admin(as_, cast):
    Organisation.objects.update(since=LONG_AGO)
    return as_(cast.adam)


def fresh(one: Organisation) -> Organisation:
    return Organisation.objects.get(pk=one.pk)


def test_only_an_administrator_finds_the_register(as_, cast):
    pages = ("/organisationer/", "/organisationer/las-in/", f"/organisationer/{cast.school.uuid}/")
    for someone in (cast.petra, cast.mona, cast.dag, cast.cecilia, cast.gun):
        assert {as_(someone).get(url).status_code for url in pages} == {404}
    assert {as_(cast.adam).get(url).status_code for url in pages} == {200}


def test_a_renamed_school_is_found_by_its_old_name_and_says_what_it_was(admin, cast):
    """Seed 000's footnote: names change, what was written then still says which school it was."""
    url = f"/organisationer/{cast.school.uuid}/"
    given = {
        "name": "Nya Åsö grundskola",
        "parent": cast.south.pk,
        "municipality_code": "0180",
        "independent": "",
    } | split("on", date(2020, 8, 1))
    assert admin.post(f"{url}andra/", given).status_code == 302
    school = fresh(cast.school)
    assert (school.name, school.code) == ("Nya Åsö grundskola", "11111111")
    old = Former.objects.get()
    assert (old.name, old.since, old.until) == ("Åsö skola", LONG_AGO, date(2020, 8, 1))
    assert [school.as_of(day).name for day in (LONG_AGO, date(2020, 7, 31), date(2020, 8, 1))] == [
        "Åsö skola",
        "Åsö skola",
        "Nya Åsö grundskola",
    ]
    assert "31 juli 2020" in text(admin.get(url))
    assert "hette den" in text(admin.get(f"{url}?dag=2019-05-01"))
    assert "<strong>Åsö skola</strong>" in text(admin.get(f"{url}?dag=2019-05-01"))
    assert "Den fanns inte då" in text(admin.get(f"{url}?dag=2012-05-01"))
    assert "Nya Åsö grundskola" in text(admin.get("/organisationer/?sok=åsö+skola"))

    again = given | {"name": "Tredje"} | split("on", date(2019, 1, 1))
    assert list(admin.post(f"{url}andra/", again).context["form"].errors) == ["on"]
    tomorrow = clock.today() + timedelta(days=1)
    later = given | {"name": "Tredje"} | split("on", tomorrow)
    assert list(admin.post(f"{url}andra/", later).context["form"].errors) == ["on"]
    same = given | split("on", clock.today())
    assert admin.post(f"{url}andra/", same).status_code == 302
    assert Former.objects.count() == 1


def test_a_new_one_has_what_its_kind_needs(admin, cast):
    url = "/organisationer/ny/?slag=school"
    given = {"name": "Ny skola", "code": "1234", "municipality_code": "01"} | split("on", LONG_AGO)
    assert sorted(admin.post(url, given).context["form"].errors) == ["code", "municipality_code"]
    taken = given | {"code": "11111111", "municipality_code": "0180"}
    assert list(admin.post(url, taken).context["form"].errors) == ["code"]
    right = taken | {"code": "44444444", "parent": cast.south.pk}
    assert admin.post(url, right).status_code == 302
    assert Organisation.objects.get(code="44444444").district == cast.south
    # A school in another municipality lies in none of our districts.
    away = taken | {"code": "55555555", "municipality_code": "0160", "independent": "on"}
    assert admin.post(url, away).status_code == 302
    team = {"name": "Team Väst"} | split("on", LONG_AGO)
    answer = admin.post("/organisationer/ny/?slag=team", team)
    assert list(answer.context["form"].errors) == ["parent"]


def test_what_is_open_keeps_a_school_open(admin, path, cast):
    """A school is closed only when all that is open has a successor or a reason."""
    case = path.support()
    path.submitted()
    url = f"/organisationer/{cast.school.uuid}/avsluta/"
    page = text(admin.get(url))
    assert "Alva" not in page
    nothing = admin.post(url, split("on", clock.today()))
    assert sorted(nothing.context["form"].errors) == [
        "cases_school",
        "consents",
        "people",
        "referrals",
    ]
    assert fresh(cast.school).until is None
    given = split("on", clock.today()) | {
        "successor": cast.new_school.pk,
        "goes_cases_school": "on",
        "goes_people": "on",
        "consents": "Nya samtycken frågas av den nya skolan.",
        "referrals": "Skolan svarar till och med juni.",
    }
    assert admin.post(url, given).status_code == 302
    school = fresh(cast.school)
    assert (school.until, school.successor) == (clock.today(), cast.new_school)
    assert Case.objects.get(pk=case.pk).school == cast.new_school
    here = Membership.objects.in_force()
    assert not here.filter(organisation=cast.school).exists()
    assert here.get(user=cast.petra.user).organisation == cast.new_school
    entry = AccessEntry.objects.filter(what="organisation.closed").get()
    said = AccessText.objects.get(entry=entry).text.open()
    assert "Skolan svarar till och med juni." in said
    assert school.heir == cast.new_school
    assert not list(chain.faults())


def test_two_districts_become_one_and_keep_their_history(admin, path, cast):
    """Rinkeby-Kista and Spånga-Tensta becoming Järva in 2023 is the case this is made for."""
    case = path.support()
    north = Organisation.objects.get(name="Norr")
    day = date(2023, 7, 1)
    given = {"old": [cast.south.pk, north.pk], "name": "Järva"} | split("on", day)
    first = admin.post("/organisationer/sla-ihop/district/", given).headers["Location"]
    # The day the new one begins is the day the old ones end, unless another is chosen.
    assert admin.get(first).context["form"]["on"].value() == day
    new = Organisation.objects.get(name="Järva")
    assert f"till={new.uuid}" in first
    every: dict[str, Any] = {"goes_people": "on", "goes_parts": "on", "goes_served": "on"}
    every |= {"successor": new.pk} | split("on", day)
    second = admin.post(first, every).headers["Location"]
    assert (str(north.uuid) in first, str(cast.south.uuid) in second) == (True, True)
    assert admin.post(second, every).headers["Location"] == f"/organisationer/{cast.south.uuid}/"

    assert [fresh(one).heir for one in (cast.south, north)] == [new, new]
    team = fresh(cast.team)
    assert (team.district, list(team.serves.all())) == (new, [new])
    assert fresh(cast.school).as_of(date(2023, 6, 30)).parent == cast.south
    assert fresh(cast.school).as_of(day) == fresh(cast.school)
    assert Membership.objects.in_force().get(user=cast.dag.user).organisation == new
    assert set(Turn.objects.open().filter(case=case).values_list("district", flat=True)) == {new.pk}
    # A pupil whose home is the old district is still taken on by the team that serves the new.
    referral = path.draft()
    teams = Referral.objects.get(pk=referral.pk).teams()
    assert sorted(teams, key=lambda one: one.pk) == [team, fresh(cast.other_team)]
    assert admin.get(f"/organisationer/{new.uuid}/").status_code == 200


def test_no_day_lies_between_the_old_and_the_new(admin, cast):
    """A successor that begins later would leave schools and roles in nothing until then."""
    tomorrow = clock.today() + timedelta(days=1)
    url = "/organisationer/sla-ihop/district/"
    north = Organisation.objects.get(name="Norr")
    given = {"old": [cast.south.pk, north.pk], "name": "Järva"} | split("on", tomorrow)
    form = admin.post(url, given).context["form"]
    assert list(form.errors) == ["on"]
    assert not Organisation.objects.filter(name="Järva").exists()
    later = Organisation.objects.create(
        kind=Kind.DISTRICT, name="Järva", parent=cast.south.parent, since=date(2024, 1, 1)
    )
    with pytest.raises(ValidationError) as early:
        register.close(None, north, on=date(2023, 12, 31), successor=later)
    assert early.value.message_dict["on"] == [
        "Välj 1 januari 2024 eller senare: innan dess finns inte efterföljaren."
    ]


def test_a_team_with_open_cases_waits_for_the_families(admin, path, cast):
    path.support()
    with pytest.raises(ValidationError) as refused:
        register.close(
            cast.adam,
            fresh(cast.team),
            on=clock.today(),
            successor=cast.other_team,
            follows=["people", "cases", "consents"],
        )
    assert sorted(refused.value.message_dict) == ["cases", "consents"]


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


def test_the_register_costs_the_same_with_300_and_pages_without_gaps(admin, cast):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert admin.get("/organisationer/").status_code == 200
        return len(asked)

    cost()
    few = cost()
    for n in range(300):
        code = f"{20_000_000 + n}"
        register.create(CLOCK, kind=Kind.SCHOOL, name=f"Skola {n % 90}", code=code)
    assert cost() == few
    seen, after = [], ""
    while True:
        rows, after = register.page(after=after)
        seen += [row["pk"] for row in rows]
        if not after:
            break
    assert seen == list(Organisation.objects.order_by("name", "pk").values_list("pk", flat=True))


def test_roles_fit_the_kind_of_organisation(cast):
    from accounts.models import WHERE

    assert set(WHERE) == set(Role.values)
    for membership in Membership.objects.all():
        assert WHERE[membership.role] == membership.organisation.kind


def test_a_teams_number_is_kept_in_the_register(as_, cast):
    adam, url = as_(cast.adam), f"/organisationer/{cast.team.uuid}/"
    form = adam.get(f"{url}andra/").context["form"]
    assert "phone" in form.fields
    given = {"name": "Team Söder", "parent": cast.south.pk, "serves": [cast.south.pk]}
    given |= {"phone": "08-100"} | split("on", clock.today())
    assert adam.post(f"{url}andra/", given).status_code == 302
    assert Organisation.objects.get(pk=cast.team.pk).phone == "08-100"
    assert "08-100" in text(adam.get(url))
    school_form = adam.get(f"/organisationer/{cast.school.uuid}/andra/").context["form"]
    assert "phone" not in school_form.fields
