"""Reviews, and what the school year asks besides: over HTTP and by the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts import clock
from history.door import begin, edit, perform
from referrals.models import Absence, Case, Estimate, ProgrammeVersion, Pupil, Review
from tests.conftest import what_is_wrong
from tests.test_case_work import act, asked, on, text
from workflows import deadlines
from workflows.models import Notice, Turn


def measured(**more):
    """What the review's form asks of the absence, over the last two weeks."""
    today = clock.today()
    return {
        **on("period_from", today - timedelta(days=11)),
        **on("period_to", today - timedelta(days=1)),
        "unit": "minutes",
        "offered": "3000",
        "reported": "3000",
        "valid": "300",
        "invalid": "150",
        "source": "manual",
    } | more


def given(case, review=None, **more):
    fields = on("held_on", clock.today()) | {"text": "Det går bättre", "progress": "1"}
    for goal in case.goals.filter(status="open"):
        fields |= {f"team_{goal.pk}": "6", f"pupil_{goal.pk}": "4"}
    version = review.version if review else 0
    return fields | measured() | {"version": version, "key": str(uuid4())} | more


def test_a_review_is_absence_estimates_and_words_all_or_nothing(as_, path, cast):
    case, client = path.review(), as_(cast.tuva)
    url = f"/arenden/{case.reference}/uppfoljningar/ny/"
    wrong = text(client.post(url, given(case, invalid="5000")))
    assert "Frånvaron kan inte vara längre" in wrong
    assert 'value="5000"' in wrong
    assert (Absence.objects.filter(purpose="review").count(), Estimate.objects.count()) == (0, 0)
    assert client.post(url, given(case)).headers["Location"] == f"/arenden/{case.reference}/"
    review, estimate = Review.objects.get(), Estimate.objects.get()
    assert (review.status, review.absence.rate) == ("documented", 15.0)
    assert (estimate.by_team, estimate.by_pupil) == (6, 4)
    page = text(client.get(f"/arenden/{case.reference}/"))
    assert "Bestäm hur ni går vidare" in page
    assert "Teamet skattar 6 av 10. Eleven säger 4." in page
    assert "Frånvaro 15,0 procent" in text(client.get(f"/arenden/{case.reference}/uppfoljningar/"))
    assert what_is_wrong() == []


def test_without_a_figure_a_reason_is_asked_for(as_, path, cast):
    case, client = path.review(), as_(cast.tuva)
    url = f"/arenden/{case.reference}/uppfoljningar/ny/"
    empty = {"offered": "", "reported": "", "valid": "", "invalid": ""}
    assert "Skriv hur mycket tid som är rapporterad." in text(
        client.post(url, given(case, **empty))
    )
    assert client.post(url, given(case, absence_not_known="no_data", **empty)).status_code == 302
    assert (Review.objects.get().absence, Review.objects.get().absence_not_known) == (
        None,
        "no_data",
    )


def test_a_double_click_documents_once(as_, path, cast):
    case, client = path.review(), as_(cast.tuva)
    booked = begin(Review(case=case, held_on=clock.today()), by=cast.tuva).obj
    url = f"/arenden/{case.reference}/uppfoljningar/{booked.uuid}/"
    fields = given(case, booked)
    assert [client.post(url, fields).status_code for _click in range(2)] == [302, 302]
    assert (Review.objects.count(), Estimate.objects.count()) == (1, 1)


def test_nor_is_one_that_was_never_booked_written_twice(as_, path, cast):
    case, client = path.review(), as_(cast.tuva)
    fields = given(case)
    url = f"/arenden/{case.reference}/uppfoljningar/ny/"
    assert [client.post(url, fields).status_code for _click in range(2)] == [302, 302]
    assert (Review.objects.count(), Absence.objects.filter(purpose="review").count()) == (1, 1)


def test_two_reviews_without_progress_demand_a_decision_with_a_reason(as_, path, cast):
    case, client = path.review(), as_(cast.tuva)
    url = f"/arenden/{case.reference}/uppfoljningar/ny/"
    next_review = on("next_review", clock.today() + timedelta(days=30))

    def look_back() -> None:
        client.post(url, given(Case.objects.get(), progress="0"))

    look_back()
    assert act(client, Case.objects.get(), "continue_support", **next_review).status_code == 302
    perform(Case.objects.get().begin_review, by=cast.tuva)
    look_back()
    assert "Två uppföljningar i rad" in text(client.get(f"/arenden/{case.reference}/"))
    refused = act(client, Case.objects.get(), "continue_support", **next_review)
    assert "Skriv varför ni fortsätter" in text(refused)
    why = next_review | {"why": "Nytt schema från måndag"}
    assert act(client, Case.objects.get(), "continue_support", **why).status_code == 302
    assert Case.objects.get().reviews_without_progress == 2
    assert "Nytt schema från måndag" in text(client.get(f"/arenden/{case.reference}/"))


@pytest.mark.parametrize(("days", "accepted"), [(0, False), (56, True), (57, False)])
def test_the_next_review_is_dated_within_the_programmes_weeks(days, accepted, path, cast):
    from django.core.exceptions import ValidationError

    case = path.planning()
    path.goal(case)
    day: dict[str, Any] = {
        "next_review": clock.today() + timedelta(days=days),
        "voice_how": "took_part",
    }
    if accepted:
        assert perform(case.agree_plan, by=cast.tuva, **day).obj.next_review == day["next_review"]
        return
    with pytest.raises(ValidationError):
        perform(case.agree_plan, by=cast.tuva, **day)


def test_a_booked_meeting_and_the_cases_day_are_one(as_, path, cast):
    case, client = path.support(), as_(cast.tuva)
    day = clock.today() + timedelta(days=10)
    booked = on("held_on", day) | {"at": "14:30", "key": str(uuid4())}
    assert client.post(f"/arenden/{case.reference}/ny/uppfoljning/", booked).status_code == 302
    assert (Case.objects.get().next_review, Turn.objects.open().get(case=case).due) == (day, day)
    later = day + timedelta(days=5)
    move = asked(Case.objects.get(), **on("next_review", later))
    assert client.post(f"/andra/case/{case.uuid}/", move).status_code == 302
    assert (Review.objects.get().held_on, Case.objects.get().next_review) == (later, later)
    far = asked(Case.objects.get(), **on("next_review", clock.today() + timedelta(days=90)))
    assert "inom 8 veckor" in text(client.post(f"/andra/case/{case.uuid}/", far))


# The school year

MAY = datetime(2026, 5, 4, 8, tzinfo=UTC)
MARCH = datetime(2026, 3, 16, 8, tzinfo=UTC)


def told_in_march(path, **pupil) -> Case:
    with clock.at(MARCH):
        case = path.support(pupil=path.pupil(**pupil))
        # Due after the summer is asked for, as only then the summer comes first.
        return edit(case, by=path.cast.tuva, next_review=date(2026, 6, 20)).obj


def step_of(case: Case) -> tuple[str, date]:
    turn = Turn.objects.open().get(case=case, what="case")
    return turn.step, turn.due


def test_before_the_summer_every_open_case_is_asked_for_its_summer_line(as_, path, cast):
    case = told_in_march(path)
    assert step_of(case) == ("support", date(2026, 6, 20))
    with clock.at(MAY):
        assert deadlines.run()["seasons"] == 1
        assert step_of(case) == ("summer", date(2026, 6, 1))
        assert deadlines.run()["seasons"] == 0
        client = as_(cast.tuva)
        assert "Skriv vad som händer i sommar" in text(client.get(f"/arenden/{case.reference}/"))
        line = {"summer_plan": "Tuva ringer varje vecka"} | on("summer_until", date(2026, 8, 10))
        now = Case.objects.get(pk=case.pk)
        given = asked(now, **line, summer_pause="on")
        assert client.post(f"/arenden/{case.reference}/sommar/", given).status_code == 302
        assert step_of(case) == ("support", date(2026, 6, 20))
        assert "paus, börjar igen 10 augusti" in text(client.get(f"/arenden/{case.reference}/"))
    assert what_is_wrong() == []


def test_the_summer_waits_for_what_is_due_before_it(path):
    case = told_in_march(path)
    with clock.at(MARCH):
        edit(Case.objects.get(pk=case.pk), by=path.cast.tuva, next_review=date(2026, 5, 11))
    with clock.at(MAY):
        assert deadlines.ask_of_the_season() == 0
    assert step_of(case) == ("support", date(2026, 5, 11))


def test_who_leaves_year_9_is_closed_or_goes_on_with_the_new_school_in_the_consent(as_, path, cast):
    case = told_in_march(path, grade=9)
    with clock.at(MAY):
        edit(
            Case.objects.get(pk=case.pk),
            by=cast.tuva,
            summer_plan="Sommarjobb",
            summer_until=date(2026, 8, 10),
        )
        assert step_of(case) == ("leave_year_9", date(2026, 6, 8))
        client, now = as_(cast.tuva), Case.objects.get(pk=case.pk)
        until = on("until", date(2026, 12, 18))
        refused = act(client, now, "go_on", school=cast.new_school.pk, **until)
        assert "Samtycket behöver nämna den nya skolan" in text(refused)
        consent = now.consents.active().get()
        perform(consent.withdraw, by=cast.sara)
        path.sign(path.ask(now.referral, names_school=cast.new_school))
        now = Case.objects.get(pk=case.pk)
        done = act(client, now, "go_on", school=cast.new_school.pk, **until)
        assert done.status_code == 302
        now = Case.objects.get(pk=case.pk)
        assert (now.goes_on_until, now.goes_on_at) == (date(2026, 12, 18), cast.new_school)
        assert step_of(case)[0] == "support"
    assert what_is_wrong() == []


def test_who_grows_out_of_a_programme_by_age_gets_the_step_to_close(path, cast):
    ProgrammeVersion.objects.update(age_from=6, age_to=12, grade_from=None, grade_to=None)
    case = told_in_march(path, birth_date="2013-04-02")
    with clock.at(datetime(2026, 4, 1, 8, tzinfo=UTC)):
        deadlines.ask_of_the_season()
        assert step_of(case)[0] == "support"
    with clock.at(datetime(2026, 4, 2, 8, tzinfo=UTC)):
        assert Pupil.objects.get(pk=case.pupil_id).age() == 13
        assert deadlines.ask_of_the_season() == 1
    assert step_of(case) == ("outgrown", date(2026, 4, 2))


# Closing


def test_the_end_is_measured_as_the_baseline_was(as_, path, cast):
    case, client = path.support(), as_(cast.tuva)
    url = f"/arenden/{case.reference}/ny/franvaro/"
    new = measured(purpose="end", key=str(uuid4()))
    assert "Mät som i utgångsläget, i minuter" in text(client.post(url, new | {"unit": "lessons"}))
    assert client.post(url, new | {"key": str(uuid4())}).status_code == 302
    assert Case.objects.get().end_absence.rate == 15.0


def test_the_unit_manager_sees_what_is_missing_and_confirms(as_, path, cast):
    case = path.closing()
    chief, team = as_(cast.mona), as_(cast.tuva)
    page = text(chief.get(f"/arenden/{case.reference}/"))
    assert "4 saker saknas" in page
    assert "Bedöm varje mål" in page
    assert "Bedöm varje mål" in text(act(chief, case, "confirm_closure"))
    goal = case.goals.get()
    assert act(team, goal, "meet_fully", **on("on", clock.today())).status_code == 302
    assert (
        team.post(
            f"/arenden/{case.reference}/ny/franvaro/", measured(purpose="end", key=str(uuid4()))
        ).status_code
        == 302
    )
    asks = asked(Case.objects.get(), satisfaction_not_known="refused", tools_complete="on")
    assert team.post(f"/arenden/{case.reference}/avslut/", asks).status_code == 302
    assert "Allt är ifyllt" in text(chief.get(f"/arenden/{case.reference}/"))
    assert act(chief, Case.objects.get(), "confirm_closure").status_code == 302
    closed = Case.objects.get()
    assert (closed.status, closed.satisfaction_not_known) == ("closed", "refused")
    assert not Notice.objects.filter(code="late").exists()
