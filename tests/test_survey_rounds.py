"""The life of a survey round: its last day, whom it reaches, what follows it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from accounts import clock, working_days
from accounts.models import Membership
from collaboration.models import SurveyRound
from history.door import Conflict, begin, edit, perform
from tests.test_law import day
from tests.test_surveys import HOME, keep_promises, later, words
from workflows import deadlines

pytestmark = pytest.mark.django_db
AHEAD = "Välj en dag framåt i tiden, högst två år bort."


def draft(cast, **more):
    given = {"kind": "pulse", "title": "Puls", "addresses": "a@example.org"} | more
    return begin(SurveyRound(responsible=cast.cecilia, **given), by=cast.cecilia).obj


def asked(client, page, **sent):
    """Send the page's form with what it was drawn with."""
    form = client.get(page).context["form"]
    drawn = {name: form[name].value() for name in ("version", "key") if name in form.fields}
    return client.post(page, drawn | sent)


@pytest.mark.parametrize("off", [-400, 0, 3000])
def test_a_last_day_that_is_none_is_refused_beside_its_field(off, cast, as_):
    client, on = as_(cast.cecilia), clock.today() + timedelta(days=off)
    sent = {"kind": "pulse", "title": "P", "addresses": "a@example.org"} | day("closes", on)
    refused = asked(client, f"{HOME}ny/", **sent)
    assert refused.context["form"].errors == {"closes": [AHEAD]}
    assert f'value="{on.year}"' in refused.content.decode()
    assert SurveyRound.objects.count() == 0


def test_a_draft_whose_last_day_has_passed_asks_for_another(cast, as_):
    survey = draft(cast, closes=clock.today() + timedelta(days=3))
    act = f"/samverkan/gor/surveyround/{survey.uuid}/open/"
    with clock.at(later(3)):
        client = as_(cast.cecilia)
        refused = asked(client, act)
        assert refused.context["form"].errors == {"closes": [AHEAD]}
        assert SurveyRound.objects.get().status == "draft"
        on = clock.today() + timedelta(days=9)
        assert asked(client, act, **day("closes", on)).status_code == 302
        assert (SurveyRound.objects.get().status, SurveyRound.objects.get().closes) == ("open", on)
        keep_promises()
    assert [len(mail.outbox), mail.outbox[0].to] == [1, ["a@example.org"]]


def test_whoever_comes_second_reads_the_day_they_typed_as_a_day(cast, as_):
    survey = draft(cast)
    act, client = f"/samverkan/gor/surveyround/{survey.uuid}/open/", as_(cast.cecilia)
    form = client.get(act).context["form"]
    drawn = {name: form[name].value() for name in ("version", "key")}
    perform(survey.open, by=cast.cecilia)
    second = client.post(act, drawn | day("closes", date(2027, 1, 20)))
    assert second.status_code == 409
    assert "Sista dag att svara 20 januari 2027" in words(second)


@pytest.mark.both_engines
def test_one_person_gets_one_link(cast, as_):
    """However often and however written the address is there, and whether it is a role's too."""
    for member, email in ((cast.tuva, "tuva@example.org"), (cast.tore, "tore@example.org")):
        member.user.email = email
        member.user.save()
    Membership.objects.create(user=cast.tuva.user, organisation=cast.other_team, role="team")
    rows = [
        "Ny@example.org",
        "ny@example.org",
        "TUVA@example.org",
        "ny@example.org",
        "b@example.org",
    ]
    sent = {"kind": "pulse", "title": "P", "roles": ["team"], "addresses": "\n".join(rows)}
    asked(as_(cast.cecilia), f"{HOME}ny/", **sent)
    survey = SurveyRound.objects.get()
    assert survey.addresses.splitlines() == ["Ny@example.org", "TUVA@example.org", "b@example.org"]
    # An address written before there was a rule, or by another way in, is told apart as well.
    survey = edit(survey, by=cast.cecilia, addresses="\n".join(rows)).obj
    perform(survey.open, by=cast.cecilia)
    keep_promises()
    reached = sorted(message.to[0].casefold() for message in mail.outbox)
    assert reached == ["b@example.org", "ny@example.org", "tore@example.org", "tuva@example.org"]


def test_the_letter_says_the_last_day_as_a_day(cast):
    perform(draft(cast).open, by=cast.cecilia, closes=clock.today() + timedelta(days=21))
    keep_promises()
    on = clock.today() + timedelta(days=21)
    said = str(mail.outbox[0].body).split(".")[0]
    assert said.startswith(f"Svara senast {on.day} ")
    assert said.endswith(f" {on.year}")


def first_working_day_after(month):
    first = (month.replace(day=1) + timedelta(days=31)).replace(day=1)
    return working_days.add(first - timedelta(days=1), 1)


def lives(on):
    with clock.at(later((on - clock.today()).days)):
        deadlines.run()


@pytest.mark.both_engines
def test_a_pulse_is_followed_on_the_first_working_day_of_the_next_month(cast):
    closes = (clock.today().replace(day=1) + timedelta(days=31)).replace(day=20)
    first = perform(draft(cast, repeats=True, closes=closes).open, by=cast.cecilia).obj
    due = first_working_day_after(closes)
    lives(closes + timedelta(days=1))
    lives(due - timedelta(days=1))
    assert SurveyRound.objects.count() == 1
    lives(due)
    lives(due + timedelta(days=1))
    following = SurveyRound.objects.get(follows=first)
    month_ends = (due.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    assert (following.status, following.opened, following.closes) == ("open", due, month_ends)
    assert SurveyRound.objects.count() == 2
    # One month and no other, though the last day was the month's last.
    again = first_working_day_after(month_ends)
    lives(month_ends + timedelta(days=1))
    lives(again)
    assert list(SurveyRound.objects.order_by("pk").values_list("opened", flat=True)) == [
        first.opened,
        due,
        again,
    ]
    names = [survey.name for survey in SurveyRound.objects.order_by("pk")]
    assert len(set(names)) == 3
    assert names[2].startswith("Puls, ")
    assert names[2].endswith(str(again.year))


@pytest.mark.both_engines
def test_closing_a_pulse_by_hand_sends_nothing(cast):
    survey = draft(cast, repeats=True, closes=clock.today() + timedelta(days=60))
    survey = perform(survey.open, by=cast.cecilia).obj
    keep_promises()
    mail.outbox.clear()
    survey = perform(survey.close, by=cast.cecilia).obj
    deadlines.run()
    keep_promises()
    assert (len(mail.outbox), SurveyRound.objects.count()) == (0, 1)
    survey = SurveyRound.objects.get()
    assert survey.closes == clock.today()  # that was the last day to answer
    assert survey.next_on() == first_working_day_after(clock.today())
    lives(survey.next_on())
    assert SurveyRound.objects.count() == 2


def test_a_pulse_can_be_stopped_also_when_it_is_closed(cast, as_):
    survey = draft(cast, repeats=True, closes=clock.today() + timedelta(days=5))
    survey = perform(survey.open, by=cast.cecilia).obj
    lives(clock.today() + timedelta(days=6))
    survey = SurveyRound.objects.get()
    assert survey.status == "too_few"
    client, page = as_(cast.cecilia), f"{HOME}{survey.uuid}/"
    assert "Frågas varje månad nästa gång" in words(client.get(page))
    act = f"/samverkan/gor/surveyround/{survey.uuid}/stop_repeating/"
    assert asked(client, act).status_code == 302
    shown = words(client.get(page))
    assert ("Frågas varje månad" in shown, "Sluta fråga" in shown) == (False, False)
    lives(clock.today() + timedelta(days=90))
    assert SurveyRound.objects.count() == 1


def test_one_that_is_followed_already_is_stopped_no_more(cast):
    survey = draft(cast, repeats=True, closes=clock.today() + timedelta(days=5))
    survey = perform(survey.open, by=cast.cecilia).obj
    lives(clock.today() + timedelta(days=6))
    lives(clock.today() + timedelta(days=50))
    assert SurveyRound.objects.count() == 2
    with pytest.raises(Conflict):
        perform(survey.stop_repeating, by=cast.cecilia)


def test_when_nobody_can_be_asked_the_next_one_waits(cast):
    """It is no fault that stops the clock; the day somebody has the role again, it goes out."""
    cast.dag.user.email = "dag@example.org"
    cast.dag.user.save()
    more = {"roles": "district", "addresses": "", "repeats": True}
    survey = draft(cast, closes=clock.today() + timedelta(days=5), **more)
    survey = perform(survey.open, by=cast.cecilia).obj
    cast.dag.user.email = ""
    cast.dag.user.save()
    lives(clock.today() + timedelta(days=6))
    lives(clock.today() + timedelta(days=50))
    assert SurveyRound.objects.count() == 1
    cast.dag.user.email = "dag@example.org"
    cast.dag.user.save()
    lives(clock.today() + timedelta(days=51))
    assert SurveyRound.objects.count() == 2


def test_a_last_day_far_away_never_reaches_the_calendar_of_the_next(cast):
    survey = draft(cast, repeats=True, closes=date(9999, 12, 31))
    with pytest.raises(ValidationError) as refused:
        perform(survey.open, by=cast.cecilia)
    assert refused.value.message_dict == {"closes": [AHEAD]}
