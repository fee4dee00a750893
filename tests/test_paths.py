"""What follows from what: one path at a time, from the first word to the last status."""

from __future__ import annotations

import pytest

from history.door import perform
from referrals.models import Case
from tests.conftest import told, what_is_wrong
from workflows.models import Turn

pytestmark = pytest.mark.both_engines


def test_from_referral_to_closure(path, cast):
    case = path.closed()
    assert told(case) == [
        "open",
        "begin_mapping",
        "finish_mapping",
        "agree_plan",
        "propose_closure",
        "edit",
        "confirm_closure",
    ]
    assert case.status == "closed"
    assert {c.status for c in case.consents.all()} == {"ended"}
    assert not Turn.objects.open().exists()
    assert what_is_wrong() == []


def test_a_withdrawn_consent_freezes_and_a_new_one_thaws(path, cast):
    case = path.frozen()
    assert case.status == "frozen"
    path.sign(path.ask(case.referral))
    case = Case.objects.get(pk=case.pk)
    assert case.status == "mapping"
    assert told(case)[-2:] == ["freeze", "thaw"]
    assert what_is_wrong() == []


def test_a_hand_over_that_starts_ends_the_case(path, cast):
    case = path.transferred()
    assert case.status == "transferred"
    assert what_is_wrong() == []
    case = path.ready_to_close(case)
    assert perform(case.confirm_closure, by=cast.mona).obj.status == "closed"
    assert case.transfers.get().status == "started"
    assert what_is_wrong() == []


def test_narrowing_is_a_new_version_that_holds_at_once(path, cast):
    case = path.mapping()
    old = case.consents.active().get()
    perform(old.narrow, by=cast.sara, categories=["referral", "plan"])
    new = case.consents.active().get()
    assert (new.number, new.category_list, new.narrows) == (2, ["referral", "plan"], old)
    assert Case.objects.get(pk=case.pk).status == "mapping"
    assert [line.status for line in new.lines.all()] == ["signed", "signed"]
    assert what_is_wrong() == []


def test_a_review_and_on(path, cast):
    case = path.review()
    path.reviewed(case)
    from accounts import clock
    from history.door import begin
    from referrals.models import Estimate

    goal = case.goals.get()
    begin(
        Estimate(case=case, trail_id=case.trail_id, goal=goal, month=clock.today(), by_team=5),
        by=cast.tuva,
    )
    case = perform(case.continue_support, by=cast.tuva, **path.next_review()).obj
    assert (case.status, case.reviews_made) == ("support", 1)
    assert case.reviews.get().used
    assert what_is_wrong() == []


def test_the_same_pupil_from_another_school_joins_the_open_case(path, cast):
    first = path.mapping()
    number = first.pupil.number.open()
    twin = path.pupil(by=cast.nina, number=number)
    assert twin.trail_id == first.trail_id
    referral = path.draft(twin, by=cast.nina)
    referral = perform(referral.submit, by=cast.nina).obj
    referral = perform(referral.accept, by=cast.tuva, **path.two).obj
    path.sign(path.ask(referral, by=cast.nina, deputy=cast.nina))
    second = Case.objects.get(referral=referral)
    assert (second.status, told(second)) == ("closed", ["open", "join"])
    referral.refresh_from_db()
    assert referral.joined == first
    assert what_is_wrong() == []
