"""A planned interview gets another day, place or person, and the yes as far as it reaches."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts import clock
from accounts.models import Membership, Role, User
from collaboration.models import Interview
from history.door import perform
from tests.conftest import told, what_is_wrong
from tests.test_pages import asked, text
from tests.test_people import split
from workflows.models import Notice, Turn

pytestmark = pytest.mark.django_db
HOME = "/samverkan/intervjuer/"


def act(row):
    return f"/samverkan/gor/interview/{row.uuid}/move_to/"


def again(row):
    return Interview.objects.get(pk=row.pk)


def moved(row, **more):
    """What the form is sent with: as it is, but for what is said."""
    on = more.pop("on", row.on)
    given = {"district": row.district_id, "interviewer": row.interviewer_id}
    if row.asker_id:
        given["asker"] = row.asker_id
    return asked(row) | given | split("on", on) | more


def turn(row):
    one = Turn.objects.open().get(object_uuid=row.uuid)
    return one.step, one.due, one.responsible


@pytest.fixture
def ill(between, cast):
    """A pupil's, with its yes, in three days."""
    row = between.interview_in("planned", subject="pupil", on=clock.today() + timedelta(days=3))
    return perform(row.permit, by=cast.tuva, how="spoken", guardian=True).obj


def test_another_day_and_place_need_no_new_yes_and_who_asks_is_told(ill, cast, as_):
    client, day = as_(cast.cecilia), clock.today() + timedelta(days=20)
    assert "Byt dag eller plats" in text(client.get(f"{HOME}{ill.uuid}/"))
    form = client.get(act(ill)).context["form"]
    assert form["on"].value() == ill.on
    assert form["asker"].value() == cast.tuva.pk
    assert client.post(act(ill), moved(ill, on=day, district=cast.north.pk)).status_code == 302
    row = again(ill)
    assert (row.on, row.district, row.permitted_on) == (day, cast.north, clock.today())
    assert turn(row) == ("interview", day, cast.cecilia)
    assert told(row) == ["plan", "permit", "move_to"]
    notice = Notice.objects.get(code="interview")
    assert (notice.to, notice.object_uuid) == (cast.tuva, row.uuid)
    assert what_is_wrong() == []


def test_somebody_else_who_listens_is_a_new_question(ill, cast, as_):
    client = as_(cast.cecilia)
    assert client.post(act(ill), moved(ill, interviewer=cast.dag.pk)).status_code == 302
    row = again(ill)
    assert (row.interviewer, row.permitted_on, row.permitted_how) == (cast.dag, None, "")
    # It was to be asked two weeks before, which has been: today, then, and not last week.
    assert turn(row) == ("ask_interview", clock.today(), cast.tuva)
    assert set(Notice.objects.filter(code="interview").values_list("to", flat=True)) == {
        cast.tuva.pk,
        cast.dag.pk,
    }


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_moved(ill, cast, as_):
    client = as_(cast.cecilia)
    past = client.post(act(ill), moved(ill, on=clock.today() - timedelta(days=1)))
    assert past.context["form"].errors == {"on": ["Välj i dag eller en dag framåt."]}
    nobody = client.post(act(ill), moved(ill, asker=""))
    assert nobody.context["form"].errors == {"asker": ["Välj vem som känner personen och frågar."]}
    assert told(again(ill)) == ["plan", "permit"]
    assert as_(cast.tuva).get(act(ill)).status_code == 403


def test_staff_are_asked_by_whoever_holds_it(between, cast, as_):
    row = between.interview_in("planned")
    client = as_(cast.cecilia)
    assert "asker" not in client.get(act(row)).context["form"].fields
    day = clock.today() + timedelta(days=2)
    assert client.post(act(row), moved(row, on=day)).status_code == 302
    assert again(row).on == day
    assert Notice.objects.filter(code="interview").count() == 0


def test_nobody_is_late_before_it_was_planned(between, cast, as_):
    near = between.interview_in("planned", subject="parent", on=clock.today() + timedelta(days=2))
    assert turn(near) == ("ask_interview", clock.today(), cast.tuva)
    far = between.interview_in("planned", subject="parent", on=clock.today() + timedelta(days=40))
    assert turn(far)[1] == clock.today() + timedelta(days=26)
    # A day later it is late: the day it was planned stays.
    tomorrow = datetime.combine(
        clock.today() + timedelta(days=1), datetime.min.time(), ZoneInfo("Europe/Stockholm")
    ) + timedelta(hours=9)
    with clock.at(tomorrow):
        assert again(near).next_due == clock.today() - timedelta(days=1)


def test_namesakes_are_told_apart_by_where_they_work(cast, as_):
    for place in (cast.team, cast.school):
        user = User.objects.create(
            username=f"alma-{place.pk}", first_name="Alma", last_name="Andersson"
        )
        Membership.objects.create(
            user=user, organisation=place, role=Role.TEAM, profession="Skolsocionom"
        )
    form = as_(cast.cecilia).get(f"{HOME}ny/").context["form"]
    names = [str(words) for _pk, words in form.fields["asker"].choices]
    assert [name for name in names if "Alma" in name] == [
        f"Alma Andersson, Skolsocionom, {cast.team}",
        f"Alma Andersson, Skolsocionom, {cast.school}",
    ]
