"""Hand-over to the assessed services and back, over HTTP and by the clock."""

from __future__ import annotations

from datetime import timedelta

from accounts import clock
from history.door import perform
from history.models import AccessEntry
from referrals.models import Case, Transfer
from tests.conftest import what_is_wrong
from tests.test_case_work import act, text
from workflows import deadlines
from workflows.models import Notice, Turn


def test_items_are_chosen_one_by_one_and_the_receiver_sees_those(as_, path, cast):
    case = path.support()
    transfer, goal = path.considered(case), case.goals.get()
    team, receiver = as_(cast.tuva), as_(cast.rut)
    section = case.sections.get(key="home")
    chosen = {"items": [f"section:{section.uuid}"]}
    assert act(team, transfer, "choose_items", **chosen).status_code == 302
    assert act(team, Case.objects.get(), "propose_transfer").status_code == 302
    page = text(receiver.get(f"/overlamningar/{transfer.uuid}/"))
    assert section.title in page
    assert goal.text.open() not in page


def test_the_way_to_started_is_told_to_team_and_school(as_, path, cast):
    case = path.transferring()
    transfer, receiver, school = case.transfers.get(), as_(cast.rut), as_(cast.sara)
    page = f"/arenden/{case.reference}/"
    assert "Mottagningen Söder har fått frågan" in text(school.get(page))
    assert act(receiver, transfer, "acknowledge", person=cast.rut.pk).status_code == 302
    assert "Mottagningen Söder har tagit emot" in text(school.get(page))
    told = Notice.objects.filter(code="handover")
    assert sorted(told.values_list("to", flat=True)) == sorted([cast.tuva.pk, cast.sara.pk])
    # That there is a hand-over, and how far it has come; never what is in it.
    shown = text(school.get(f"/overlamningar/{transfer.uuid}/"))
    assert "Mottagningen Söder" in shown
    assert "Det som lämnas över" not in shown


def test_without_a_consent_the_school_is_told_nothing_of_it(as_, path, cast):
    case = path.transferring()
    transfer = case.transfers.get()
    perform(case.consents.active().filter(purpose="support").get().withdraw, by=cast.sara)
    assert as_(cast.sara).get(f"/overlamningar/{transfer.uuid}/").status_code == 404


def test_thirty_and_ninety_days_alarm_the_managers_once_each(path, cast):
    transfer = path.transferring().transfers.get()
    offered = clock.now()

    def alarmed(days: int) -> list[str]:
        with clock.at(offered + timedelta(days=days)):
            deadlines.alarm_of_transfers()
            assert deadlines.alarm_of_transfers() == 0
        rows = Notice.objects.filter(code="alarm").order_by("to__user__username")
        return list(rows.values_list("to__user__username", flat=True))

    assert alarmed(29) == []
    assert alarmed(30) == ["dag", "mona", "tuva"]
    assert alarmed(89) == ["dag", "mona", "tuva"]
    assert alarmed(90) == ["dag", "dag", "mona", "mona", "tuva", "tuva"]
    dags = Notice.objects.filter(to=cast.dag).first()
    assert (dags.object_uuid, dags.reference) == (None, "")
    assert Transfer.objects.get(pk=transfer.pk).status == "offered"


def test_handed_back_it_is_a_new_case_that_points_to_the_old(as_, path, cast):
    old = path.ready_to_close(path.transferred())
    transfer, receiver = old.transfers.get(), as_(cast.rut)
    why = {"why": "Behöver någon i skolan igen"}
    # While the old case is open there is nothing to come back from.
    assert act(receiver, transfer, "hand_back", **why).status_code == 409
    perform(old.confirm_closure, by=cast.mona)
    assert "Skriv varför" in text(act(receiver, transfer, "hand_back", why=" "))
    assert act(receiver, transfer, "hand_back", **why).status_code == 302
    new = Case.objects.exclude(pk=old.pk).get()
    assert (new.follows, new.status, new.team, new.responsible) == (
        old,
        "awaiting_consent",
        cast.team,
        cast.tuva,
    )
    assert (new.referral, Turn.objects.open().get(case=new).step) == (None, "request_consent")
    team = as_(cast.tuva)
    page = text(team.get(f"/arenden/{new.reference}/"))
    assert old.reference in page
    assert "Fråga om samtycke" in page
    assert new.reference in text(team.get(f"/arenden/{old.reference}/"))
    again = act(receiver, Transfer.objects.get(), "hand_back", **why)
    assert (again.status_code, Case.objects.count()) == (409, 2)
    path.sign(path.ask(new, by=cast.tuva, deputy=cast.mona))
    assert Case.objects.get(pk=new.pk).status == "mapping"
    assert what_is_wrong() == []


def test_every_number_on_the_receivers_desk_is_a_look_on_record(as_, path, cast):
    """Of one that was declined only the number stands there: it too stands for somebody."""
    waiting, over = path.transferring(), path.transferring()
    perform(over.transfers.get().decline, by=cast.rut, why="Hör till en annan stadsdel")
    page = text(as_(cast.rut).get("/overlamningar/"))
    assert (waiting.pupil.given_name.open() in page, over.pupil.given_name.open() in page) == (
        True,
        False,
    )
    look = AccessEntry.objects.latest("position")
    told = {one.pupil_uuid for one in look.seen.all()}
    assert (over.reference in page, told) == (True, {waiting.pupil.uuid, over.pupil.uuid})
