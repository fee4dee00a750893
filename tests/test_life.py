"""Life happens to a pupil: another school, another team, the wrong pupil, a new number."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import uuid4

from accounts import clock
from accounts.personnummer import for_tests
from history.door import begin, perform
from referrals.models import Case, ConcernReport, Pupil, Referral
from tests.conftest import what_is_wrong
from tests.test_pages import asked, text
from workflows import deadlines
from workflows.models import Notice


def now(case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_dated_change_of_school_takes_place_on_its_day(as_, path, cast):
    case = path.support()
    day = clock.today() + timedelta(days=5)
    given = asked(
        case, school=cast.new_school.pk, on_day=day.day, on_month=day.month, on_year=day.year
    )
    url, page = f"/gor/case/{case.uuid}/change_school/", f"/arenden/{case.reference}/"
    assert as_(cast.sara).post(url, given).status_code == 302
    assert as_(cast.sara).get(page).status_code == 200
    assert deadlines.change_schools() == 0
    with clock.at(clock.now() + timedelta(days=5)):
        assert deadlines.change_schools() == 1
        assert deadlines.change_schools() == 0
    assert (now(case).school, now(case).next_school) == (cast.new_school, None)
    assert as_(cast.sara).get(page).status_code == 404
    goal = "Vara i skolan fyra dagar"
    assert goal not in text(as_(cast.nina).get(page))
    # A consent that names the new school is asked for while the old one holds, by the team.
    ask = text(as_(cast.tuva).get(f"/samtycke/{case.reference}/fraga/support/"))
    assert "Ett samtycke gäller redan" in ask
    new = path.ask(now(case), by=cast.tuva, deputy=cast.mona, names_school=cast.new_school)
    for line in new.lines.order_by("pk"):
        perform(new.sign, by=cast.tuva, line=line, how="oral", witness="Mona")
    assert goal in text(as_(cast.nina).get(page))
    assert (now(case).status, what_is_wrong()) == ("support", [])


def test_another_team_takes_over_when_both_managers_and_the_family_have_said_yes(as_, path, cast):
    case = path.support()
    url, page = f"/gor/case/{case.uuid}", f"/arenden/{case.reference}/"
    mona, odd = as_(cast.mona), as_(cast.odd)
    assert odd.get(page).status_code == 404
    given = asked(case, team=cast.other_team.pk)
    assert as_(cast.tuva).post(f"{url}/propose_team/", given).status_code == 403
    assert mona.post(f"{url}/propose_team/", given).status_code == 302
    assert Notice.objects.filter(to=cast.odd, code="team").count() == 1
    outline = text(odd.get(page))
    assert not re.search("Alva|Hemlig|Vara i skolan", outline)
    new = path.ask(case.referral, names_team=cast.other_team)
    path.sign(new)
    new.refresh_from_db()
    assert (new.status, now(case).team) == ("partial", cast.team)
    two = {"responsible": cast.odd.pk, "deputy": cast.oda.pk}
    assert odd.post(f"{url}/agree_team/", asked(now(case), **two)).status_code == 302
    moved = now(case)
    assert (moved.team, moved.responsible, moved.next_team) == (cast.other_team, cast.odd, None)
    assert (moved.status, {c.status for c in moved.consents.all()}) == (
        "support",
        {"superseded", "active"},
    )
    assert "Vara i skolan" in text(odd.get(page))
    assert mona.get(page).status_code == 404
    assert what_is_wrong() == []


def test_either_manager_can_say_no_to_another_team(as_, path, cast):
    case = path.support()
    perform(case.propose_team, by=cast.mona, team=cast.other_team)
    url = f"/gor/case/{case.uuid}/keep_team/"
    assert as_(cast.odd).post(url, asked(now(case))).status_code == 302
    assert now(case).next_team is None
    assert as_(cast.odd).get(f"/arenden/{case.reference}/").status_code == 404


def test_the_wrong_pupil_is_gone_when_two_have_said_so_and_the_words_move(as_, path, cast):
    case = path.mapping()
    pupil, referral = case.pupil, case.referral
    client, url = as_(cast.sara), f"/gor/pupil/{pupil.uuid}"
    given = asked(pupil, why="Två elever har samma namn.")
    assert client.post(f"{url}/report_in_error/", given).status_code == 302
    pupil.refresh_from_db()
    assert client.post(f"{url}/mark_in_error/", asked(pupil)).status_code == 403
    # The words are taken along to the right one, who is registered or found first.
    page = text(client.get(f"/elever/{pupil.uuid}/"))
    assert "Ta med texten till rätt elev" in page
    client.post(f"/remisser/{referral.reference}/kopiera/")
    right = path.pupil()
    client.post("/remisser/ny/elev/", {"number": right.number.open()})
    draft = Referral.objects.get(pupil=right)
    assert draft.worry.open() == referral.worry.open()
    assert (draft.status, draft.team) == ("draft", cast.team)
    assert as_(cast.petra).post(f"{url}/mark_in_error/", asked(pupil)).status_code == 302
    assert Pupil.objects.get(pk=pupil.pk).status == "in_error"
    assert (now(case).status, now(case).closure_code) == ("closed", "in_error")
    assert {c.status for c in now(case).consents.all()} == {"ended"}
    for who in (cast.sara, cast.petra, cast.tuva, cast.mona):
        for gone in (
            f"/remisser/{referral.reference}/",
            f"/arenden/{case.reference}/",
            f"/elever/{pupil.uuid}/",
            f"/samtycken/{case.consents.get().uuid}/",
        ):
            assert as_(who).get(gone).status_code == 404, (who, gone)
    assert what_is_wrong() == []


def test_nobody_approves_their_own_report_of_a_wrong_pupil(as_, path, cast):
    pupil = path.draft(by=cast.petra).pupil
    perform(pupil.report_in_error, by=cast.petra, reporter=cast.petra, why="Fel")
    url = f"/gor/pupil/{pupil.uuid}/mark_in_error/"
    refused = as_(cast.petra).post(url, asked(Pupil.objects.get()))
    assert "Någon annan behöver godkänna" in text(refused)
    assert Pupil.objects.get().status == "current"


def test_a_coordination_number_gives_way_to_a_personnummer(as_, path, cast):
    pupil = path.draft().pupil
    taken = path.pupil().number.open()
    client, url = as_(cast.sara), f"/elever/{pupil.uuid}/nummer/"
    assert "stämmer inte" in text(client.post(url, asked(pupil, number="20120427-9802")))
    same = client.post(url, asked(pupil, number=taken))
    assert "Skolan har redan en elev med det numret" in text(same)
    number = for_tests(date(2011, 5, 6), 981)
    given = asked(pupil, number=number, birth_date_too="on")
    assert client.post(url, given).status_code == 302
    pupil = Pupil.objects.get(pk=pupil.pk)
    assert (pupil.number.open(), pupil.birth_date.open()) == (number, "2011-05-06")
    assert Pupil.objects.by_number(number, cast.school).get() == pupil


def test_concern_reports_are_listed_for_those_who_answer_and_never_by_name(as_, path, cast):
    case = path.mapping()
    page = as_(cast.sara).get(f"/orosanmalan/?om={case.reference}")
    assert page.status_code == 200
    long_ago = clock.today() - timedelta(days=20)
    report = ConcernReport(
        pupil=case.pupil,
        reporter=cast.sara,
        reporters=cast.school,
        deputy=cast.petra,
        made_on=long_ago,
    )
    begin(report, by=cast.sara, key=uuid4())
    for who, rows in (
        (cast.sara, 1),
        (cast.petra, 1),
        (cast.gun, 1),
        (cast.siv, 0),
        (cast.mona, 0),
    ):
        found = text(as_(who).get("/orosanmalningar/"))
        assert found.count("återkoppling dröjer") == rows, who
        assert not re.search("Alva|Hemlig", found)
    assert as_(cast.rut).get("/orosanmalningar/").status_code == 404
    for part in ("kartlaggning/", "plan/", "anteckningar/", "uppfoljningar/"):
        team = text(as_(cast.tuva).get(f"/arenden/{case.reference}/{part}"))
        assert f"/orosanmalan/?om={case.reference}" in team
