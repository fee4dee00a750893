"""A worker leaves today: at once out, nothing without anybody, and each thing handed on by whoever may."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import clock, people
from accounts.models import Membership, Organisation, Role, User
from history import chain, holdings, outbox
from history.door import begin, perform
from history.models import Outgoing
from referrals.models import Case, ConcernReport, Consent, Participant, Referral
from tests.conftest import told, what_is_wrong
from tests.test_pages import text
from tests.test_people import split
from workflows import deadlines, leaving
from workflows.models import Leaving, Notice, Turn, Vacancy


def close(cast, who: Membership) -> Leaving | None:
    """The administrator closes the sign-in; then the outbox does its work."""
    people.deactivate(cast.adam, User.objects.get(pk=who.user_id))
    for row in Outgoing.objects.filter(kind="leaving", sent=None):
        assert outbox.send(row.pk)
    return Leaving.objects.filter(person=who.user_id).first()


def left(row: Leaving) -> list[tuple[str, str | None]]:
    found = row.vacancies.order_by("pk").select_related("keeper__user")
    return [(v.holding, v.keeper.user.username if v.keeper else None) for v in found]


def test_a_case_goes_to_the_deputy_and_the_manager_stands_beside(path, cast):
    case = path.support()
    Turn.objects.open().filter(case=case).update(taken_by=cast.tuva)
    row = close(cast, cast.tuva)
    assert left(row) == [("case.responsible", "mona")]
    case = Case.objects.get(pk=case.pk)
    assert (case.responsible, case.deputy) == (cast.mona, cast.tore)
    turn = Turn.objects.open().get(case=case)
    assert (turn.responsible, turn.deputy, turn.taken_by) == (cast.mona, cast.tore, None)
    assert told(case)[-1] == "cover"
    assert what_is_wrong() == []


def test_the_sign_in_is_closed_even_when_nothing_can_be_handed_on(path, cast):
    """Nobody else is left in the team: it is closed all the same, and the vacancy says nobody."""
    case = path.support()
    for who in (cast.mona, cast.tore):
        Membership.objects.filter(pk=who.pk).update(until=date(2021, 1, 1))
    row = close(cast, cast.tuva)
    assert not User.objects.get(pk=cast.tuva.user_id).is_active
    assert ("case.responsible", None) in left(row)
    assert leaving.sweep() == 0
    assert Case.objects.get(pk=case.pk).responsible == cast.tuva


def test_all_that_can_be_held_in_a_team_is_found(path, cast):
    considered = path.considered(path.support())
    submitted = path.submitted()
    with_participant = path.mapping()
    begin(
        Participant(case=with_participant, membership=cast.tore, profession="Kurator"),
        by=cast.tuva,
    )
    row = close(cast, cast.tuva)
    assert sorted(left(row)) == [
        ("case.responsible", "mona"),
        ("case.responsible", "mona"),
        ("referral.deputy", "tore"),
        ("transfer.responsible", "mona"),
    ]
    considered.refresh_from_db()
    submitted.refresh_from_db()
    assert (considered.responsible, considered.deputy) == (cast.mona, cast.tore)
    assert (submitted.responsible, submitted.deputy) == (cast.mona, cast.tore)
    second = close(cast, cast.tore)
    assert ("participant", None) in left(second)
    assert what_is_wrong() == []


def test_at_a_school_the_principal_has_it(path, cast):
    draft = path.draft()
    returned = perform(path.submitted().return_for_completion, by=cast.tuva, missing="Mer").obj
    waiting = path.ask(path.accepted(), responsible=cast.sara, deputy=cast.siv)
    report = ConcernReport(reporter=cast.sara, made_on=clock.today(), reporters=cast.school)
    report = begin(report, by=cast.sara).obj
    row = close(cast, cast.sara)
    assert sorted(left(row)) == [
        ("concern.reporter", "petra"),
        ("consent.responsible", "siv"),
        ("referral.author", "petra"),
        ("referral.author", "petra"),
        ("referral.author", "petra"),
    ]
    assert Referral.objects.get(pk=draft.pk).answering == cast.petra
    turn = Turn.objects.open().get(object_uuid=returned.uuid)
    assert turn.responsible == cast.petra
    consent = Consent.objects.get(pk=waiting.pk)
    assert (consent.responsible, consent.deputy) == (cast.siv, cast.petra)
    assert ConcernReport.objects.get(pk=report.pk).reporter == cast.petra
    assert what_is_wrong() == []


def test_a_role_that_ends_on_a_day_is_covered_by_the_scan_of_that_day(path, cast):
    case = path.support()
    people.end_membership(cast.adam, cast.tuva, until=clock.today() + timedelta(days=3))
    assert leaving.sweep() == 0
    with clock.at(clock.now() + timedelta(days=3)):
        assert deadlines.run()["covered"] == 1
        assert deadlines.run()["covered"] == 0
    assert Case.objects.get(pk=case.pk).responsible == cast.mona


@pytest.mark.both_engines
def test_run_twice_it_does_the_same_once(path, cast):
    path.support()
    path.submitted()
    row = close(cast, cast.tuva)
    before = [*row.vacancies.values_list("pk", "version")]
    assert leaving.sweep() == 0
    assert [*row.vacancies.values_list("pk", "version")] == before
    assert Leaving.objects.count() == 1
    assert not list(chain.faults())


def choices(page: str) -> list[str]:
    return re.findall(r'<select[^>]*name="(v\d+)"', page)


def test_the_manager_chooses_for_each_and_then_it_is_finished(as_, path, cast):
    first, second = path.support(), path.mapping()
    row = close(cast, cast.tuva)
    mona = as_(cast.mona)
    assert "Tuva Test" in text(mona.get("/bemanning/"))
    url = f"/bemanning/{row.uuid}/"
    page = text(mona.get(url))
    assert (first.reference in page, second.reference in page) == (True, True)
    assert not re.search("Alva|Hemlig", page)
    one, two = choices(page)

    undated = mona.post(url, {one: cast.tore.pk, two: "vacant"})
    assert list(undated.context["form"].errors) == ["until"]
    assert Leaving.objects.get().status == "open"
    until = clock.today() + timedelta(days=14)
    given = {one: str(cast.tore.pk), two: "vacant"} | split("until", until)
    assert mona.post(url, given).status_code == 302
    row = Leaving.objects.get()
    assert (row.status, told(row)) == ("finished", ["begin", "finish"])
    assert sorted(row.vacancies.values_list("status", flat=True)) == ["filled", "kept_open"]
    first = Case.objects.get(pk=first.pk)
    assert (first.responsible, first.deputy) == (cast.tore, cast.mona)
    assert Turn.objects.open().get(case=first).responsible == cast.tore

    # The vacant one can still get its successor later.
    assert mona.post(url, {two: str(cast.tore.pk)}).status_code == 302
    assert Case.objects.get(pk=second.pk).responsible == cast.tore
    assert set(row.vacancies.values_list("status", flat=True)) == {"filled"}
    assert what_is_wrong() == []


def test_the_administrator_sees_numbers_and_no_pupil(as_, path, cast):
    case = path.support()
    row = close(cast, cast.tuva)
    page = text(as_(cast.adam).get(f"/bemanning/{row.uuid}/"))
    assert "Team Söder" in page
    assert choices(page) == []
    assert not re.search(f"Alva|Hemlig|{case.reference}", page)
    vacancy = row.vacancies.get()
    name = f"v{vacancy.pk}"
    as_(cast.adam).post(f"/bemanning/{row.uuid}/", {name: str(cast.tore.pk)})
    vacancy.refresh_from_db()
    assert vacancy.status == "open"
    assert "Visa överlämningen" in text(as_(cast.adam).get(f"/personer/{cast.tuva.user.uuid}/"))


def test_nobody_elses_manager_finds_the_page(as_, path, cast):
    path.support()
    row = close(cast, cast.tuva)
    for stranger in (cast.odd, cast.petra, cast.olga, cast.rut, cast.tore, cast.dag, cast.gun):
        assert as_(stranger).get(f"/bemanning/{row.uuid}/").status_code == 404


def test_only_somebody_who_works_there_can_take_over(as_, path, cast):
    path.support()
    row = close(cast, cast.tuva)
    mona, url = as_(cast.mona), f"/bemanning/{row.uuid}/"
    name = f"v{row.vacancies.get().pk}"
    answer = mona.post(url, {name: str(cast.odd.pk)})
    assert answer.context["form"].errors == {name: ["Välj någon i listan."]}
    # Mona is the deputy now responsible: she can keep it, and tore stays beside her.
    assert mona.post(url, {name: str(cast.mona.pk)}).status_code == 302
    case = Case.objects.get()
    assert (case.responsible, case.deputy) == (cast.mona, cast.tore)


def test_alarm_on_day_one_and_one_step_up_on_day_five(path, cast):
    monday = datetime(2026, 9, 7, 10, tzinfo=ZoneInfo("Europe/Stockholm"))
    with clock.at(monday):
        path.support()
        row = close(cast, cast.tuva)
        assert leaving.alarm() == 0

    def heard(code: str) -> list[str]:
        rows = Notice.objects.filter(code=code, key__contains=str(row.uuid)).order_by("pk")
        return [notice.to.user.username for notice in rows.select_related("to__user")]

    assert heard("vacancy") == ["mona"]
    with clock.at(monday + timedelta(days=1)):
        assert leaving.alarm() == 1
        assert leaving.alarm() == 0
    assert heard("vacancy") == ["mona", "mona"]
    assert heard("vacancy_late") == []
    with clock.at(monday + timedelta(days=7)):
        leaving.alarm()
    assert heard("vacancy_late") == ["dag", "adam"]
    # A district manager hears that something waits, and of nothing in particular.
    assert Notice.objects.get(code="vacancy_late", to=cast.dag).object_uuid is None


def test_a_deputy_for_a_period_has_the_same_rights_and_they_end_by_themselves(as_, path, cast):
    mona = as_(cast.mona)
    today = clock.today()
    given = {"deputy": cast.tore.pk} | split("since", today)
    last = today + timedelta(days=10)
    answer = mona.post("/bemanning/ersattare/", given | split("last", today + timedelta(days=900)))
    assert list(answer.context["form"].errors) == ["last"]
    assert mona.post("/bemanning/ersattare/", given | split("last", last)).status_code == 302
    deputy = Membership.objects.get(stands_in_for=cast.mona)
    assert (deputy.role, deputy.until) == ("manager", last + timedelta(days=1))
    assert "Tore Test" in text(mona.get("/bemanning/"))

    tore = as_(deputy)
    assert "ersätter Mona Test" in text(tore.get("/"))
    assert tore.get("/laget/").status_code == 200
    # Whoever stands in names nobody else.
    assert tore.get("/bemanning/ersattare/").status_code == 404
    referral = path.submitted()
    perform(referral.decline, by=deputy, code="no_answer", instead="BUP")
    with clock.at(clock.now() + timedelta(days=11)):
        assert not deputy.in_force
        assert tore.get("/laget/").status_code == 404
    assert mona.post(f"/bemanning/ersattare/{deputy.uuid}/avsluta/").status_code == 302
    deputy.refresh_from_db()
    assert not deputy.in_force


def test_a_deputy_who_stands_in_decides_about_vacancies_too(as_, path, cast):
    path.support()
    row = close(cast, cast.tuva)
    deputy = Membership.objects.create(
        user=cast.tore.user,
        organisation=cast.team,
        role=Role.MANAGER,
        stands_in_for=cast.mona,
        until=clock.today() + timedelta(days=5),
    )
    name = f"v{row.vacancies.get().pk}"
    assert as_(deputy).post(f"/bemanning/{row.uuid}/", {name: str(cast.tore.pk)}).status_code == 302
    assert Case.objects.get().responsible == cast.tore


def test_the_pages_cost_the_same_with_one_and_with_many(as_, path, cast):
    mona = as_(cast.mona)

    def cost(url: str) -> int:
        mona.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert mona.get(url).status_code == 200
        return len(asked)

    path.support()
    row = close(cast, cast.tuva)
    one = cost("/bemanning/")
    for n in range(12):
        user = User.objects.create(username=f"gone{n}", first_name=f"G{n}")
        person = Membership.objects.create(user=user, organisation=cast.team, role=Role.TEAM)
        perform(Case.objects.get().hand_on, by=cast.mona, responsible=person, deputy=cast.mona)
        close(cast, person)
    assert Leaving.objects.count() == 13
    assert cost("/bemanning/") == one
    assert row.vacancies.count() == 1


def test_every_way_of_holding_names_a_field_to_a_membership():
    for holding in holdings.every():
        model = holding.rows().model
        assert model._meta.get_field(holding.field).related_model is Membership, holding.key
        assert str(holding.label)


def test_a_closed_school_leaves_nothing_behind(path, cast):
    """Its writer sends or takes back the draft, and then the roles end."""
    from accounts import register

    Organisation.objects.update(since=date(2013, 1, 1))
    draft = path.draft()
    school = Organisation.objects.get(pk=cast.school.pk)
    reasons = {"people": "Går till andra skolor."}
    register.close(cast.adam, school, on=clock.today(), successor=None, reasons=reasons)
    for row in Outgoing.objects.filter(kind="leaving", sent=None):
        assert outbox.send(row.pk)
    assert not Vacancy.objects.exists()
    assert deadlines.run()["wound_up"] == 0
    perform(draft.withdraw, by=cast.sara, code="wrong_pupil")
    assert deadlines.run()["wound_up"] == 1
    assert not Membership.objects.in_force().filter(organisation=school).exists()
    assert not Vacancy.objects.exists()
