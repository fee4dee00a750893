"""The register of organisations: renamed, merged, closed, imported, and nothing forgotten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import clock, people, register
from accounts.models import CLOCK, Former, Kind, Membership, Organisation, Role, User
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
    ]
    assert fresh(cast.school).until is None
    given = split("on", clock.today()) | {
        "successor": cast.new_school.pk,
        "goes_cases_school": "on",
        "goes_people": "on",
        "consents": "Nya samtycken frågas av den nya skolan.",
    }
    assert admin.post(url, given).status_code == 302
    school = fresh(cast.school)
    assert (school.until, school.successor) == (clock.today(), cast.new_school)
    assert Case.objects.get(pk=case.pk).school == cast.new_school
    here = Membership.objects.in_force()
    assert here.filter(organisation=cast.new_school, user=cast.petra.user).exists()
    # The referral the team has not answered yet is still its writer's.
    assert here.filter(organisation=cast.school, user=cast.sara.user).exists()
    entry = AccessEntry.objects.filter(what="organisation.closed").get()
    said = AccessText.objects.get(entry=entry).text.open()
    assert "Nya samtycken frågas av den nya skolan." in said
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


def test_a_double_click_makes_one(admin, cast):
    """The page says which uuid the new one is to have; another of that name there is a fault."""
    url = "/organisationer/ny/?slag=team"
    given = {"name": "Team Väst", "parent": cast.south.pk} | split("on", LONG_AGO)
    given |= {"new": str(admin.get(url).context["form"]["new"].value())}
    places = {admin.post(url, given).headers["Location"] for _click in range(2)}
    assert len(places) == 1
    assert Organisation.objects.filter(name="Team Väst").count() == 1
    again = given | {"new": str(uuid4()), "name": "team väst"}
    assert list(admin.post(url, again).context["form"].errors) == ["name"]

    north = Organisation.objects.get(name="Norr")
    url = "/organisationer/sla-ihop/district/"
    given = {"old": [cast.south.pk, north.pk], "name": "Järva"} | split("on", date(2023, 7, 1))
    given |= {"new": str(admin.get(url).context["form"]["new"].value())}
    places = {admin.post(url, given).headers["Location"] for _click in range(2)}
    assert len(places) == 1
    assert Organisation.objects.filter(name="Järva").count() == 1
    assert list(admin.post(url, given | {"new": str(uuid4())}).context["form"].errors) == ["name"]
    # What has been closed is not closed again: the second click goes on to the next.
    (where,) = places
    every: dict[str, Any] = {"goes_people": "on", "goes_parts": "on", "goes_served": "on"}
    every |= {"successor": Organisation.objects.get(name="Järva").pk} | split("on", LONG_AGO)
    every |= split("on", date(2023, 7, 1))
    assert len({admin.post(where, every).headers["Location"] for _click in range(2)}) == 1


def test_who_ran_a_school_and_when_is_told(admin, cast):
    provider = register.create(CLOCK, kind=Kind.PROVIDER, name="Nya Linjen AB", since=LONG_AGO)
    url = f"/organisationer/{cast.school.uuid}/"
    form = admin.get(f"{url}andra/")
    assert "Ändringen gäller från och med" in text(form)
    assert "sparas det som gällde före den dagen" in text(form)
    given = {
        "name": "Åsö skola",
        "parent": cast.south.pk,
        "provider": provider.pk,
        "independent": "on",
    } | split("on", date(2024, 8, 1))
    assert admin.post(f"{url}andra/", given).status_code == 302
    old = Former.objects.get()
    assert (old.provider, old.independent, old.until) == (None, False, date(2024, 8, 1))
    page = text(admin.get(url))
    assert page.count("Nya Linjen AB, fristående") == 2  # its period, and what it is now
    assert page.count("kommunal") == 1
    for asked, said in (
        ("2023-05-01", "Huvudman: kommunal."),
        ("2024-08-01", "Huvudman: Nya Linjen AB, fristående."),
    ):
        assert said in " ".join(text(admin.get(f"{url}?dag={asked}")).split())


def test_a_search_tells_of_what_is_no_more_and_what_came_after(admin, cast):
    reasons = {"people": "Nedlagd."}
    other = Organisation.objects.get(name="Vasa skola")
    register.close(CLOCK, other, on=clock.today(), successor=cast.new_school, reasons=reasons)
    page = text(admin.get("/organisationer/?sok=vasa"))
    assert "De här har upphört" in page
    assert "ersatt av" in page
    assert f"/organisationer/{cast.new_school.uuid}/" in page
    assert "De här har upphört" not in text(admin.get("/organisationer/"))


def test_a_receiver_has_an_address_hand_overs_go_to(admin, cast):
    given = {"name": "Mottagningen", "parent": cast.south.pk} | split("on", LONG_AGO)
    url = "/organisationer/ny/?slag=receiver"
    assert list(admin.post(url, given).context["form"].errors) == ["function_address"]
    assert admin.post(url, given | {"function_address": "m@example.org"}).status_code == 302
    both = Organisation.objects.filter(kind=Kind.RECEIVER).exclude(name="Mottagningen")
    given = {"old": [one.pk for one in both], "name": "En för alla"} | split("on", LONG_AGO)
    url = "/organisationer/sla-ihop/receiver/"
    assert list(admin.post(url, given).context["form"].errors) == ["function_address"]
    assert admin.post(url, given | {"function_address": "en@example.org"}).status_code == 302
    assert Organisation.objects.get(name="En för alla").function_address == "en@example.org"


def test_nobody_closes_the_municipality_or_the_last_administrator(admin, cast):
    url = f"/organisationer/{cast.city.uuid}/avsluta/"
    given = {"people": "x", "parts": "x"} | split("on", clock.today())
    form = admin.post(url, given).context["form"]
    assert form.errors["on"] == ["Här arbetar administratörerna. Kommunen kan inte avslutas."]
    assert Membership.objects.in_force().filter(pk=cast.adam.pk).exists()
    eva = User.objects.create(username="eva")
    other = Membership.objects.create(
        user=eva, organisation=cast.city, role=Role.ADMIN, since=LONG_AGO
    )
    day = clock.today() + timedelta(days=10)
    people.end_membership(other, fresh_role(cast.adam), until=day)
    url = f"/roller/{other.uuid}/avsluta/"
    form = admin.post(url, split("last", day)).context["form"]
    assert list(form.non_field_errors()) == [
        "Ingen administratör blir kvar då. Ge någon annan rollen först."
    ]
    assert admin.post(url, split("last", clock.today())).status_code == 302


def fresh_role(one: Membership) -> Membership:
    return Membership.objects.get(pk=one.pk)


def test_each_line_that_waits_for_an_answer_is_named_on_top(admin, cast):
    url = f"/organisationer/{cast.south.uuid}/avsluta/"
    answer = text(admin.post(url, split("on", clock.today())))
    summary = answer[answer.index("errsum") : answer.index("<form", answer.index("errsum"))]
    assert "Personer med en roll: Låt det gå över" in summary
    assert "Organisationer som ligger i den: Låt det gå över" in summary
    assert "Team som arbetar åt den: Låt det gå över" in summary


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
