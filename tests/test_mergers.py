"""A team, a district or a school becomes another: no child and no promise is left between two desks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts import clock, register
from accounts.models import Kind, Membership, Organisation, Role
from history import outbox
from history.door import perform
from history.models import Outgoing
from referrals.models import Case, Referral
from tests.conftest import told, what_is_wrong
from tests.test_organisations import LONG_AGO, fresh
from tests.test_pages import text
from tests.test_people import split
from workflows import deadlines
from workflows.invariants import breaches
from workflows.models import Leaving, Turn

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(as_, cast):
    Organisation.objects.update(since=LONG_AGO)
    return as_(cast.adam)


def again(obj):
    return type(obj).objects.get(pk=obj.pk)


def night() -> None:
    """The outbox's work of the evening, and the scan."""
    for row in Outgoing.objects.filter(kind="leaving", sent=None):
        assert outbox.send(row.pk)
    deadlines.run()


def merged_teams(admin, cast) -> Organisation:
    """Team Söder and Team Norr become Team Mitt, by the pages."""
    given = {"old": [cast.team.pk, cast.other_team.pk], "name": "Team Mitt"}
    url = "/organisationer/sla-ihop/team/"
    where = admin.post(url, given | split("on", clock.today())).headers["Location"]
    new = Organisation.objects.get(name="Team Mitt")
    while "avsluta" in where:
        page = admin.get(where)
        goes = {name: "on" for name in page.context["form"].fields if name.startswith("goes_")}
        answer = admin.post(where, {"successor": new.pk, **goes, **split("on", clock.today())})
        assert answer.status_code == 302, answer.context["form"].errors
        where = answer.headers["Location"]
    return new


def own(membership: Membership, where: Organisation) -> Membership:
    """The same person's role there."""
    return Membership.objects.in_force().get(
        user=membership.user, organisation=where, role=membership.role
    )


@pytest.mark.both_engines
def test_a_team_that_is_merged_keeps_its_pupils_until_each_has_left(as_, admin, path, cast):
    """The family's consent names the old team, so its people answer for the pupil there; the case
    leaves by the unit managers' word and a consent, and then the old team's roles end."""
    case, referral = path.support(), path.submitted()
    page = text(admin.get(f"/organisationer/{cast.team.uuid}/avsluta/"))
    assert "Stannar här tills det är klart" in page
    assert "Alva" not in page
    new = merged_teams(admin, cast)
    old = fresh(cast.team)
    assert (old.in_service, old.heir) == (False, new)
    with clock.at(clock.now() + timedelta(days=1)):
        night()
        assert list(breaches()) == []
        assert not Leaving.objects.exists()
        for matter in (again(case), again(referral)):
            assert matter.responsible.in_force
            assert matter.deputy.in_force
        # It is on their list, and they can do what there is to do.
        assert case.reference in text(as_(cast.tuva).get("/"))
        accepted = perform(
            again(referral).accept, by=cast.mona, responsible=cast.tuva, deputy=cast.tore
        )
        perform(accepted.obj.withdraw, by=cast.sara, code="wrong_pupil")
        # Nobody sends the old team anything new, and both teams have the same unit manager.
        assert new in path.draft().teams()
        assert old not in path.draft().teams()
        chief, worker = own(cast.mona, new), own(cast.tuva, new)
        perform(again(case).propose_team, by=cast.mona, team=new)
        perform(again(case).agree_team, by=chief, responsible=worker, deputy=own(cast.tore, new))
        asked = path.ask(
            again(case),
            by=cast.tuva,
            names_team=new,
            replaces=case.consents.active().get(),
            responsible=cast.tuva,
            deputy=cast.tore,
        )
        path.sign(asked)
        assert (again(case).team, again(case).responsible) == (new, worker)
        night()
        here = Membership.objects.in_force()
        assert not here.filter(organisation__in=(old, cast.other_team)).exists()
        assert here.filter(organisation=new).count() == 5
        assert list(breaches()) == []
        assert not Leaving.objects.exists()


def test_a_team_without_pupils_ends_the_same_day(admin, cast):
    merged_teams(admin, cast)
    here = Membership.objects.in_force()
    assert not here.filter(organisation__in=(cast.team, cast.other_team)).exists()
    assert what_is_wrong() == []


def test_a_team_that_winds_up_takes_on_nobody_and_can_be_given_a_colleague(as_, admin, path, cast):
    path.support()
    merged_teams(admin, cast)
    siv = cast.siv.user
    given = {"organisation": cast.team.pk, "role": "team", "profession": ""}
    url = f"/personer/{siv.uuid}/ny-roll/"
    assert admin.post(url, given | split("since", clock.today())).status_code == 302
    assert Membership.objects.in_force().filter(user=siv, organisation=cast.team).exists()
    gone = given | {"organisation": cast.other_team.pk}
    form = admin.post(url, gone | split("since", clock.today())).context["form"]
    assert list(form.errors) == ["organisation"]
    for url in ("/", "/bemanning/"):
        assert "Team Söder upphörde" in text(as_(cast.mona).get(url))
        assert "Team Söder upphörde" not in text(as_(cast.dag).get("/"))


@pytest.mark.both_engines
def test_a_case_nobody_in_service_answers_for_is_found(path, cast):
    case = path.support()
    yesterday = clock.today() - timedelta(days=1)
    Membership.objects.filter(organisation=cast.team).update(until=yesterday)
    assert [row for row in breaches() if case.reference in row] == [
        f"Ärende {case.reference}: ansvarig har ingen roll som gäller",
        f"Ärende {case.reference}: ersättare har ingen roll som gäller",
    ]
    # Once the hand-over is on the unit manager's list, it is on its way.
    Membership.objects.filter(pk=cast.mona.pk).update(until=None)
    deadlines.run()
    assert list(breaches()) == []


def test_a_pupil_handed_back_comes_to_the_team_that_took_over(admin, path, cast):
    case = path.transferred()
    transfer = case.transfers.get()
    path.ready_to_close(case)
    perform(again(case).confirm_closure, by=cast.mona)
    new = merged_teams(admin, cast)
    night()
    perform(transfer.hand_back, by=cast.rut, why="Behöver stöd i skolan igen.")
    back = Case.objects.get(follows=case)
    assert (back.team, back.responsible) == (new, own(cast.tuva, new))
    assert back.responsible.in_force
    assert back.deputy.in_force
    assert what_is_wrong() == []


@pytest.mark.both_engines
def test_who_goes_over_to_jarva_keeps_what_they_hold_and_nobody_has_left(as_, admin, between, cast):
    """Rinkeby-Kista and Spånga-Tensta: a meeting to call, a material, a survey, an agreement."""
    nils = between.person("nils", cast.north, Role.DISTRICT)
    Organisation.objects.update(since=LONG_AGO)
    agreement = between.active()
    forum = between.forum(convener=cast.dag)
    meeting = between.invited(forum)
    material, survey = between.material_in("published"), between.survey_in("draft")
    assert material.owner == cast.dag
    survey = perform(survey.hand_on, by=cast.adam, to=nils).obj
    day = date(2023, 7, 1)
    given = {"old": [cast.south.pk, cast.north.pk], "name": "Järva"} | split("on", day)
    where = admin.post("/organisationer/sla-ihop/district/", given).headers["Location"]
    new = Organisation.objects.get(name="Järva")
    for _step in range(2):
        fields = admin.get(where).context["form"].fields
        given = {name: "on" for name in fields if name.startswith("goes_")}
        given |= {name: "Görs klar." for name in ("surveys", "money") if name in fields}
        answer = admin.post(where, given | {"successor": new.pk} | split("on", day))
        assert answer.status_code == 302, answer.context["form"].errors
        where = answer.headers["Location"]
    night()
    dag, nils = own(cast.dag, new), own(nils, new)
    assert (again(meeting).convener, again(forum).convener, again(forum).district) == (
        dag,
        dag,
        new,
    )
    assert (again(material).owner, again(survey).responsible) == (dag, nils)
    assert (again(agreement).responsible, again(agreement).district) == (dag, new)
    assert Turn.objects.open().get(object_uuid=meeting.uuid).responsible == dag
    assert not Leaving.objects.exists()
    assert told(again(meeting))[-1] == "cover"
    assert "Inget väntar på ny ansvarig" in text(as_(cast.adam).get("/bemanning/"))
    assert what_is_wrong() == []


def test_whoever_did_not_go_over_has_a_successor_among_those_who_did(as_, admin, between, cast):
    """The district's manager leaves the day it is merged: somebody in the new district takes over."""
    disa = between.person("disa", cast.south, Role.DISTRICT)
    Organisation.objects.update(since=LONG_AGO)
    between.invited(between.forum(convener=cast.dag))
    cast.dag.user.is_active = False
    cast.dag.user.save()
    heir = register.create(
        None, kind=Kind.DISTRICT, name="Järva", parent=cast.city, since=date(2023, 7, 1)
    )
    register.close(
        cast.adam,
        fresh(cast.south),
        on=date(2023, 7, 1),
        successor=heir,
        follows=["people", "parts", "served", "forums"],
    )
    night()
    leaving = Leaving.objects.get()
    page = as_(cast.adam).get(f"/bemanning/{leaving.uuid}/")
    choices = [dict(field.field.choices) for _row, field, *_phone in page.context["rows"]]
    assert choices
    assert all(str(own(disa, heir).pk) in one for one in choices)


def test_an_agreement_left_with_a_reason_is_the_new_districts_to_end(admin, between, cast):
    agreement = between.active()
    Organisation.objects.update(since=LONG_AGO)
    reasons = dict.fromkeys(("agreements", "forums"), "Skrivs om.")
    heir = register.create(
        None, kind=Kind.DISTRICT, name="Järva", parent=cast.city, since=date(2023, 7, 1)
    )
    register.close(
        cast.adam,
        fresh(cast.south),
        on=date(2023, 7, 1),
        successor=heir,
        follows=["people", "parts", "served"],
        reasons=reasons,
    )
    boss = own(cast.dag, heir)
    assert perform(again(agreement).terminate, by=boss, why="Skrivs om").obj.status == "terminated"


def test_a_school_that_is_replaced_answers_for_its_question_to_the_family(admin, path, cast):
    """The consent it has asked for is its to remind of until the family has answered."""
    referral = path.accepted()
    waiting = path.ask(referral, responsible=cast.sara, deputy=cast.siv)
    url = f"/organisationer/{cast.school.uuid}/avsluta/"
    given = {"successor": cast.new_school.pk, "goes_people": "on", "goes_cases_school": "on"}
    assert admin.post(url, given | split("on", clock.today())).status_code == 302
    with clock.at(clock.now() + timedelta(days=1)):
        night()
        assert (again(waiting).responsible, again(waiting).deputy) == (cast.sara, cast.siv)
        assert again(waiting).responsible.in_force
        path.sign(again(waiting))
        night()
        assert not Membership.objects.in_force().filter(organisation=cast.school).exists()
        assert list(breaches()) == []
        assert not Leaving.objects.exists()
    assert Referral.objects.get(pk=referral.pk).answering is not None
