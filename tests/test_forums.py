"""Forums: the term's plan, invitations everybody can open and answer, minutes without pupils."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from icalendar import Calendar

from accounts import clock
from accounts.models import Organisation
from collaboration import attendance, terms
from collaboration.models import Forum, ForumAction, ForumMeeting
from history.door import Conflict, perform
from history.models import Outgoing
from tests.conftest import told, what_is_wrong
from tests.test_contacts import send_everything
from tests.test_pages import asked, text
from workflows import deadlines
from workflows.models import Turn

pytestmark = pytest.mark.django_db
LIST = "/samverkan/forum/"


def page(row, end=""):
    return f"/samverkan/moten/{row.uuid}/{end}"


def act(row, move):
    return f"/samverkan/gor/{row._meta.model_name}/{row.uuid}/{move}/"


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def letters(words):
    return [m for m in mail.outbox if m.subject.startswith(words)]


def entry(message):
    """The calendar entry of a letter, read as a calendar would."""
    files = [body for body, kind in message.alternatives if kind.startswith("text/calendar")]
    found = Calendar.from_ical(files[0])
    return found, found.walk("VEVENT")[0]


def test_everyone_the_agreement_names_is_called_and_every_independent_school(between, cast):
    agreement = between.draft()
    row = agreement.parties.get(organisation=between.free_school)
    perform(agreement.set_party, by=cast.dag, party=row, remove=True)
    agreement = perform(
        agreement.send_for_comment, by=cast.dag, comment_by=clock.today() + timedelta(9)
    ).obj
    agreement = perform(agreement.ask_signatures, by=cast.dag, valid_from=clock.today()).obj
    for row in agreement.parties.filter(signature="waiting"):
        agreement = perform(agreement.sign, by=cast.dag, party=row, how="paper", file=uuid4()).obj
    perform(agreement.publish, by=cast.dag)

    def called(level):
        rows = between.meeting(between.forum(level, name=level)).invitees.all()
        return {row.organisation.name for row in rows}

    schools = {"Åsö skola", "Nya skolan", "Friskolan"}
    near = {"Friskolan AB", "Team Söder", "Mottagningen Söder"}
    assert called("local_forum") == schools | near
    assert called("steering_group") == {"Söder", "Utbildningsförvaltningen"}
    both = {"Utbildningsförvaltningen", "Friskolan AB"}
    assert called("manager_forum") == schools | both | {"Söder", "Team Söder"}


def test_an_invitation_opens_in_a_calendar_and_is_answered_without_account(between, cast):
    row = between.invited(place="Stadsdelshuset, rum 3")
    send_everything()
    invited = letters("Kallelse")
    assert len(invited) == row.invitees.count()
    letter = next(m for m in invited if m.to == ["friskolan@example.org"])
    found, event = entry(letter)
    assert (str(found["METHOD"]), int(event["SEQUENCE"])) == ("REQUEST", 1)
    assert event["UID"] == f"{row.uuid}@bryggan"
    assert event["DTSTART"].dt.astimezone(UTC).replace(microsecond=0) == row.starts.replace(
        microsecond=0
    )
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=2)
    assert str(event["LOCATION"]) == "Stadsdelshuset, rum 3"
    assert str(event["ATTENDEE"]) == "mailto:friskolan@example.org"
    where = re.search(r"/samverkan/lank/mote/\S+", letter.body)[0]
    browser = Client()
    assert "Höstens läge." in text(browser.get(where))
    refused = browser.post(where, {"key": uuid4(), "reply": "other"})
    assert list(refused.context["form"].errors) == ["instead"]
    given = {"key": uuid4(), "reply": "other", "instead": "Bo Biträdande"}
    assert "Tack" in text(browser.post(where, given, follow=True))
    mine = row.invitees.get(organisation=between.free_school)
    assert (mine.reply, mine.instead) == ("other", "Bo Biträdande")
    browser.post(where, {"key": uuid4(), "reply": "no"})
    mine.refresh_from_db()
    assert mine.reply == "no"
    assert set(row.invitees.exclude(pk=mine.pk).values_list("reply", flat=True)) == {"none"}
    assert Client().get("/samverkan/lank/mote/gissning/").status_code == 404
    assert Client().get(where.replace("/mote/", "/kontakt/")).status_code == 404
    with clock.at(row.ends + timedelta(minutes=1)):
        late = browser.post(where, {"key": uuid4(), "reply": "yes"})
        assert "Mötet har varit" in text(late)
    with clock.at(row.ends + timedelta(days=2)):
        assert browser.get(where).status_code == 404


def test_a_moved_and_a_cancelled_meeting_reach_the_calendars(as_, between, cast):
    row = between.invited()
    mona = as_(cast.mona)
    later = clock.today() + timedelta(days=40)
    given = asked(row) | {
        "on_day": later.day,
        "on_month": later.month,
        "on_year": later.year,
        "at": "14.30",
        "length": "90",
        "place": "Biblioteket",
    }
    assert mona.post(act(row, "move_to"), given).status_code == 302
    row = fresh(row)
    assert row.starts.astimezone(ZoneInfo("Europe/Stockholm")).strftime("%H:%M") == "14:30"
    mail.outbox.clear()
    send_everything()
    _found, event = entry(letters("Ny tid")[-1])
    assert int(event["SEQUENCE"]) == 2
    refused = mona.post(act(row, "cancel"), asked(row) | {"why": ""})
    assert list(refused.context["form"].errors) == ["why"]
    mona.post(act(row, "cancel"), asked(row) | {"why": "Kallaren är sjuk"})
    send_everything()
    found, event = entry(letters("Inställt")[-1])
    assert (str(found["METHOD"]), str(event["STATUS"])) == ("CANCEL", "CANCELLED")
    assert event["UID"] == f"{row.uuid}@bryggan"
    assert int(event["SEQUENCE"]) == 3


def test_everybody_is_called_in_a_role_and_presence_is_told_by_role(as_, between, cast):
    row = between.meeting()
    seats = {str(one.organisation): one.role for one in row.invitees.all()}
    assert (seats["Åsö skola"], seats["Friskolan"], seats[str(cast.team)]) == (
        "principal",
        "principal",
        "manager",
    )
    called = row.invitees.get(organisation=between.free_school)
    form = {"name": "Kim Ek", "role": "health", "email": "kim@example.org"}
    mona, url = as_(cast.mona), page(row, f"kallade/{called.uuid}/")
    assert "Rektor" in text(mona.get(url))
    assert mona.post(url, asked(row) | form).status_code == 302
    called.refresh_from_db()
    assert (called.name, called.role) == ("Kim Ek", "health")
    assert "Kim Ek, elevhälsan" in text(mona.get(page(row)))
    wrong = mona.post(url, asked(fresh(row)) | form | {"role": "kung"})
    assert list(wrong.context["form"].errors) == ["role"]
    perform(fresh(row).set_invitee, by=cast.mona, invitee=called, email="kim@example.org")
    called.refresh_from_db()
    assert called.role == "health"
    perform(fresh(row).invite, by=cast.mona)
    row = fresh(row)
    with clock.at(row.starts + timedelta(hours=2)):
        said = {str(one.uuid): "present" for one in row.invitees.all()}
        perform(row.hold, by=cast.mona, presence=said | {str(called.uuid): "absent"})
    roles = {one["label"]: (one["n"], one["came"], one["away"]) for one in attendance.by_role(None)}
    assert roles["Elevhälsan"] == (1, 0, 100)
    assert roles["Rektor"][1:] == (100, 0)
    assert "Elevhälsan" in text(as_(cast.dag).get(f"{LIST}narvaro/"))


def test_nobody_is_called_before_everybody_can_be(between, cast):
    row = between.meeting()
    called = row.invitees.get(organisation=between.free_school)
    perform(row.set_invitee, by=cast.mona, invitee=called, email="")
    Organisation.objects.filter(pk=between.free_school.pk).update(function_address="")
    with pytest.raises(ValidationError, match="Friskolan"):
        perform(row.invite, by=cast.mona)
    perform(row.set_invitee, by=cast.mona, invitee=called, email="fri@example.org")
    assert perform(row.invite, by=cast.mona).obj.status == "invited"


def test_those_who_are_silent_are_asked_once_more(between, cast):
    row = between.invited(days=10)
    first = row.invitees.first()
    perform(row.answer, by=cast.mona, invitee=first, reply="yes")
    kind = Outgoing.objects.filter(kind="forum.invite")
    before = kind.count()
    for days in (2, 3, 4, 5):
        with clock.at(clock.now() + timedelta(days=days)):
            deadlines.run()
    assert kind.count() - before == row.invitees.count() - 1
    assert told(row).count("remind") == 1


def test_from_presence_to_minutes_with_actions_carried_to_the_next(as_, between, cast):
    forum = between.forum()
    with clock.at(clock.now() - timedelta(days=31)):
        row = between.invited(forum)
        with pytest.raises(Conflict):
            perform(row.hold, by=cast.mona, presence={})
    mona = as_(cast.mona)
    form = mona.get(act(row, "hold")).context["form"]
    names = [name for name in form.fields if name.startswith("p-")]
    assert len(names) == row.invitees.count()
    given = asked(row) | dict.fromkeys(names, "present")
    gone = row.invitees.get(organisation=cast.school)
    refused = mona.post(act(row, "hold"), given | {f"p-{gone.uuid}": ""})
    assert list(refused.context["form"].errors) == [f"p-{gone.uuid}"]
    given |= {f"p-{gone.uuid}": "absent", "key": str(uuid4())}
    assert mona.post(act(row, "hold"), given).status_code == 302
    row = fresh(row)
    assert row.status == "held"

    number = asked(row) | {"minutes": "Vi tog upp 20120427-9802.", "sure": "on"}
    assert "Ta bort personnumret" in text(mona.post(act(row, "write_minutes"), number))
    name = asked(row) | {"minutes": "Skolan berättade om Alva, som är borta."}
    refused = mona.post(act(row, "write_minutes"), name)
    assert "Alva" in refused.context["form"].errors["minutes"][0]
    assert "som är borta" in text(refused)
    due = clock.today() + timedelta(days=20)
    promise = {
        "key": uuid4(),
        "text": "Bjud in fritidsgården",
        "organisation": cast.school.pk,
        "due_day": due.day,
        "due_month": due.month,
        "due_year": due.year,
    }
    assert mona.post(page(row, "att-gora/"), promise).status_code == 302
    fine = asked(fresh(row)) | {
        "minutes": "Mona berättade om Team Söder. Friskolan vill vara med.",
        "decisions": "– Mötas oftare\n\n– Bjuda in fler",
    }
    assert mona.post(act(row, "write_minutes"), fine).status_code == 302
    row = fresh(row)
    assert row.status == "minuted"
    assert [one.text for one in row.decisions.all()] == ["Mötas oftare", "Bjuda in fler"]
    send_everything()
    assert len(letters("Minnesanteckningar")) == row.invitees.count()

    following = between.meeting(forum)
    shown = mona.get(page(following)).context["carried"]
    assert [(one.text, one.status) for one, _moves in shown] == [("Bjud in fritidsgården", "open")]
    action = ForumAction.objects.get()
    assert Turn.objects.open().mine(cast.petra).get().object_uuid == action.uuid
    petra = as_(cast.petra)
    assert petra.get(f"/samverkan/uppgifter/{action.uuid}/").headers["Location"] == page(row)
    given = asked(action) | {"outcome": "De kommer i mars."}
    assert petra.post(act(action, "finish"), given).status_code == 302
    shown = mona.get(page(following)).context["carried"]
    assert [(one.text, one.status) for one, _moves in shown] == [("Bjud in fritidsgården", "done")]
    assert what_is_wrong() == []


def test_a_planned_meeting_is_the_conveners_and_a_called_one_everybodys(as_, between, cast):
    planned, invited = between.meeting(), between.invited(between.forum(name="Ett till"))
    for who in (cast.sara, cast.petra, cast.rut):
        assert as_(who).get(page(planned)).status_code == 404
        assert as_(who).get(page(invited)).status_code == 200
    for who in (cast.olga, cast.odd, cast.gun):
        assert as_(who).get(page(invited)).status_code == 404
    for who in (cast.mona, cast.tuva, cast.dag, cast.cecilia):
        assert as_(who).get(page(planned)).status_code == 200
    given = {"key": uuid4(), "reply": "yes"}
    assert as_(cast.sara).post(page(invited, "svar/"), given).status_code == 302
    assert invited.invitees.get(organisation=cast.school).reply == "yes"
    assert as_(cast.olga).post(page(invited, "svar/"), given).status_code == 404
    people = [who for who in vars(cast).values() if type(who).__name__ == "Membership"]
    for who in people:
        seen = set(ForumMeeting.objects.visible_to(who).values_list("pk", flat=True))
        turns = Turn.objects.visible_to(who).open().filter(what="forummeeting")
        assert set(turns.values_list("object_id", flat=True)) == seen, who


def test_a_forum_is_set_up_and_closed(as_, between, cast):
    dag = as_(cast.dag)
    given = {"level": "steering_group", "name": "Styrgruppen", "convener": cast.dag.pk}
    assert dag.post(f"{LIST}nytt/", given).status_code == 302
    assert "heter så" in text(dag.post(f"{LIST}nytt/", given))
    forum = Forum.objects.get()
    url = f"{LIST}{forum.uuid}/avsluta/"
    for who in (cast.odd, cast.mona, cast.sara):
        assert as_(who).post(url).status_code == 404
    assert url not in text(as_(cast.mona).get(LIST))
    assert "Avsluta forumet?" in text(dag.get(url))
    assert Forum.objects.get().active
    assert dag.post(url).status_code == 302
    assert not Forum.objects.get().active
    assert dag.get(url).status_code == 404
    assert dag.post(f"{LIST}nytt/", given).status_code == 302
    assert Forum.objects.get().active


def test_who_stays_away_is_told_by_term_and_kind_of_school(as_, between, cast):
    forum = between.forum()
    between.minuted(forum, away=("Åsö skola", "Friskolan"))
    between.minuted(forum, away=("Friskolan",))
    (term,) = attendance.by_term(cast.south)
    municipal, free, social = term["groups"]
    assert (municipal["n"], municipal["came"], municipal["away"]) == (4, 75, 25)
    assert (free["n"], free["came"], free["away"]) == (4, 50, 50)
    assert social["came"] == 100
    worst = attendance.by_organisation(cast.south)[0][0]
    assert (worst["label"], worst["away"]) == ("Friskolan", 100)
    shown = text(as_(cast.dag).get(f"{LIST}narvaro/"))
    assert "Fristående skolor och deras huvudmän: 50 procent kom, 0 procent hade sagt till" in shown
    assert as_(cast.sara).get(f"{LIST}narvaro/").status_code == 404


def test_terms():
    assert [str(terms.of(date(2026, *md))) for md in ((1, 1), (7, 31), (8, 1), (12, 31))] == [
        "2026-1",
        "2026-1",
        "2026-2",
        "2026-2",
    ]
    assert terms.Term(2026, 1).before == terms.Term(2025, 2)
    assert terms.Term(2026, 2).after == terms.Term(2027, 1)
    assert [terms.read(x) for x in ("2026-1", "2026-3", "", "x-1")] == [
        terms.Term(2026, 1),
        *[None] * 3,
    ]


def test_a_term_is_named_in_the_readers_language(monkeypatch):
    assert [terms.Term(2026, half).label for half in (1, 2)] == ["VT 2026", "HT 2026"]
    monkeypatch.setattr(terms, "_", {"VT %s": "Spring %s", "HT %s": "Autumn %s"}.get)
    assert [terms.Term(2026, half).label for half in (1, 2)] == ["Spring 2026", "Autumn 2026"]


def test_the_list_asks_as_much_for_many_as_for_few(as_, between, cast):
    forum = between.forum()
    between.invited(forum)
    client = as_(cast.dag)

    def asked_for(url):
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    term = terms.of(clock.local_date(datetime.now(UTC) + timedelta(days=30)))
    urls = (f"{LIST}?termin={term}", f"{LIST}narvaro/", "/")
    few = [asked_for(url) for url in urls]
    for _n in range(12):
        between.invited(forum)
    assert [asked_for(url) for url in urls] == few


def test_a_title_kept_for_everybody_is_in_the_municipalitys_language(between):
    starts = datetime(2026, 5, 7, 13, tzinfo=UTC)
    with translation.override("en"):
        meeting = between.meeting(starts=starts)
        assert str(meeting) == "Lokalt forum, 7 May 2026"
    assert Turn.objects.get(object_uuid=meeting.uuid).title == "Lokalt forum, 7 maj 2026"
