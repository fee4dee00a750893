"""One meeting from outside: who answers for whom, what is taken up from the last, and what is put right."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from icalendar import Calendar

from accounts import clock
from accounts.models import Kind, Organisation
from collaboration import attendance
from collaboration.models import Forum, ForumAction, Invitee
from history.door import perform
from tests.conftest import what_is_wrong
from tests.test_contacts import send_everything
from tests.test_forums import LIST, act, entry, fresh, letters, page
from tests.test_pages import asked, text
from workflows.models import Notice, Turn

pytestmark = pytest.mark.django_db


def addressed(person, email):
    person.user.email = email
    person.user.save()


def call(client, row, organisation, name, **more):
    form = {"organisation": organisation.pk, "name": name, "email": "x@example.org", "role": ""}
    return client.post(page(row, "kallade/ny/"), asked(fresh(row)) | form | more)


def promise(n, what, who, due):
    return {
        f"text-{n}": what,
        f"who-{n}": who.pk,
        f"due-{n}_day": due.day,
        f"due-{n}_month": due.month,
        f"due-{n}_year": due.year,
    }


def presence(client, row, move="hold"):
    """The form of who came, as it is drawn."""
    form = client.get(act(row, move)).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


# Several of one organisation.


def test_each_of_several_called_from_one_place_is_answered_for(as_, between, cast):
    addressed(cast.petra, "petra@example.org")
    row = between.invited()
    mona, petra = as_(cast.mona), as_(cast.petra)
    assert call(mona, row, cast.school, "Siri Sköterska", role="health").status_code == 302
    head, nurse = row.invitees.filter(organisation=cast.school)
    perform(
        fresh(row).set_invitee,
        by=cast.mona,
        invitee=head,
        name="Petra Test",
        email="PETRA@example.org",
    )
    shown = text(petra.get(page(row)))
    for one in (head, nurse):
        assert page(row, f"svar/{one.uuid}/") in shown
    given = {"key": uuid4(), "reply": "yes"}
    assert petra.post(page(row, "svar/"), given).status_code == 302
    assert dict(row.invitees.filter(organisation=cast.school).values_list("name", "reply")) == {
        "Petra Test": "yes",
        "Siri Sköterska": "none",
    }
    sara = as_(cast.sara)  # neither call is hers: she says whose she answers
    listed = sara.get(page(row, "svar/"))
    assert listed.status_code == 200
    assert [one.name for one in listed.context["mine"]] == ["Petra Test", "Siri Sköterska"]
    url = page(row, f"svar/{nurse.uuid}/")
    assert "Svara för Siri Sköterska" in text(sara.get(url))
    assert sara.post(url, {"key": uuid4(), "reply": "no"}).status_code == 302
    nurse.refresh_from_db()
    assert nurse.reply == "no"
    other = row.invitees.get(organisation=between.free_school)
    assert sara.get(page(row, f"svar/{other.uuid}/")).status_code == 404
    assert sara.post(page(row, f"svar/{other.uuid}/"), given).status_code == 404


def test_a_person_called_twice_is_said_beside_the_name(as_, between, cast):
    row = between.invited()
    mona = as_(cast.mona)
    call(mona, row, cast.school, "Siri Sköterska")
    again = call(mona, row, cast.school, "siri sköterska ".title())
    assert again.context["form"].errors == {
        "name": ["Siri Sköterska från Åsö skola är redan kallad."]
    }
    assert row.invitees.filter(organisation=cast.school).count() == 2
    first = row.invitees.filter(organisation=cast.school).first()
    form = {"name": "Siri Sköterska", "role": "principal", "email": "x@example.org"}
    renamed = mona.post(page(row, f"kallade/{first.uuid}/"), asked(fresh(row)) | form)
    assert renamed.context["form"].errors["name"] == [
        "Siri Sköterska från Åsö skola är redan kallad."
    ]
    assert renamed.context["form"]["email"].value() == "x@example.org"
    nobody = call(mona, row, between.free_school, "")
    assert nobody.context["form"].errors["name"] == [
        "Friskolan är redan kallad. Skriv vem mer ni kallar därifrån."
    ]
    same = asked(fresh(row)) | form | {"name": first.name, "email": "ny@example.org"}
    assert mona.post(page(row, f"kallade/{first.uuid}/"), same).status_code == 302


# Who is called.


def test_without_an_agreement_education_and_the_providers_near_are_called(between, cast):
    far = Organisation.objects.create(kind=Kind.PROVIDER, name="Fjärran AB", independent=True)

    def called(level):
        rows = between.meeting(between.forum(level, name=level)).invitees.all()
        return {row.organisation.name for row in rows}

    schools = {"Åsö skola", "Nya skolan", "Friskolan"}
    assert called("steering_group") == {"Söder", "Utbildningsförvaltningen"}
    assert called("local_forum") == schools | {"Friskolan AB", "Team Söder", "Mottagningen Söder"}
    assert "Friskolan AB" in called("manager_forum")
    assert not Invitee.objects.filter(organisation=far).exists()


def test_whom_to_call_besides_is_near_and_called_in_the_usual_role(as_, between, cast):
    row = between.meeting()
    mona = as_(cast.mona)
    offered = mona.get(page(row, "kallade/ny/")).context["form"].fields["organisation"].queryset
    names = {one.name for one in offered}
    assert {"Söder", "Staden", "Utbildningsförvaltningen", "Friskolan AB", "Åsö skola"} <= names
    assert not {"Norr", "Vasa skola", "Team Norr"} & names
    assert call(mona, row, between.education, "Ulla Utredare").status_code == 302
    assert row.invitees.get(name="Ulla Utredare").role == "provider"
    assert call(mona, row, between.education, "Eva Elevhälsa", role="health").status_code == 302
    assert row.invitees.get(name="Eva Elevhälsa").role == "health"


# What is carried from the last meeting.


def test_what_the_last_meeting_decided_and_promised_is_taken_up_by_the_next(as_, between, cast):
    forum = between.forum()
    with clock.at(clock.now() - timedelta(days=100)):
        oldest = between.minuted(forum)
        late = between.action(oldest, text="Ring fritidsgården", due=clock.today() + timedelta(9))
        done = between.action(oldest, text="Boka lokal")
        gone = between.action(oldest, text="Skriv brev")
    with clock.at(clock.now() - timedelta(days=70)):
        perform(gone.finish, by=cast.petra)
    with clock.at(clock.now() - timedelta(days=40)):
        last = between.minuted(forum)
        between.action(last, text="Bjud in BUP", due=clock.today() + timedelta(days=90))
    perform(done.finish, by=cast.petra, outcome="Aulan är bokad.")
    following = between.invited(forum)
    shown = as_(cast.sara).get(page(following))
    assert [one.text for one in shown.context["before"].decisions] == ["Mötas oftare"]
    carried = [one for one, _moves in shown.context["carried"]]
    assert [(one.text, one.status, one.is_late, one.meeting_id) for one in carried] == [
        ("Ring fritidsgården", "open", True, oldest.pk),
        ("Boka lokal", "done", False, oldest.pk),
        ("Bjud in BUP", "open", False, last.pk),
    ]
    assert late.pk == carried[0].pk
    send_everything()
    letter = next(m for m in letters("Kallelse") if "friskolan@" in m.to[0] and m.body.count("BUP"))
    for words in (
        "Från förra mötet",
        "– Mötas oftare",
        "inte klar i tid, från mötet",
        "Aulan är bokad.",
    ):
        assert words in letter.body
    assert "Skriv brev" not in letter.body
    where = re.findall(r"/samverkan/lank/mote/\S+", letter.body)[0]
    by_link = text(Client().get(where))
    for words in ("Från förra mötet", "Mötas oftare", "Försenad", "Aulan är bokad.", "Söder"):
        assert words in by_link
    assert "/samverkan/gor/" not in by_link


def test_minutes_decisions_and_what_is_to_be_done_go_out_in_one_letter(as_, between, cast):
    row = between.held()
    mona, due = as_(cast.mona), clock.today() + timedelta(days=20)
    url = act(row, "write_minutes")
    assert len(list(mona.get(url).context["form"].rows())) == 3
    typed = asked(row) | {"minutes": "Vi pratade.", "decisions": "Mötas oftare", "count": "3"}
    typed |= promise(1, "Bjud in fritidsgården", cast.school, due)
    more = mona.post(url, typed | {"more": "1"}).context["form"]
    assert (len(list(more.rows())), more["text-1"].value()) == (6, "Bjud in fritidsgården")
    assert not more.errors
    assert fresh(row).status == "held"
    half = mona.post(url, typed | {"text-2": "Ring"}).context["form"]
    assert half.errors == {
        "who-2": ["Uppgift 2: välj vem som ska göra det."],
        "due-2": ["Uppgift 2: skriv till när."],
    }
    past = clock.today() - timedelta(days=1)
    early = mona.post(url, typed | promise(2, "Ring", cast.school, past)).context["form"]
    assert list(early.errors) == ["due-2"]
    pupil = mona.post(url, typed | promise(2, "Ring 20120427-9802", cast.school, due))
    assert list(pupil.context["form"].errors) == ["text-2"]
    assert ForumAction.objects.count() == 0
    for _twice in range(2):
        assert mona.post(url, typed).status_code == 302
    action = ForumAction.objects.get()
    assert (action.text, action.organisation, action.due, action.responsible) == (
        "Bjud in fritidsgården",
        cast.school,
        due,
        cast.petra,
    )
    assert fresh(row).status == "minuted"
    send_everything()
    (letter,) = (m for m in letters("Minnesanteckningar") if m.to == ["friskolan@example.org"])
    assert "– Bjud in fritidsgården (Åsö skola" in letter.body
    assert letters("Att göra") == []
    assert "från mötet" not in text(mona.get(page(row)))
    assert list(Notice.objects.filter(code="promise").values_list("to", flat=True)) == [
        cast.petra.pk
    ]
    assert what_is_wrong() == []


def test_a_promise_of_a_place_without_account_is_the_conveners_and_told_by_mail(as_, between, cast):
    row = between.minuted(between.forum("steering_group", name="Styrgruppen"))
    due = clock.today() + timedelta(days=20)
    given = {
        "key": uuid4(),
        "text": "Ta upp det i nämnden",
        "organisation": between.education.pk,
        "due_day": due.day,
        "due_month": due.month,
        "due_year": due.year,
    }
    mona = as_(cast.mona)
    assert mona.post(page(row, "att-gora/"), given).status_code == 302
    action = ForumAction.objects.get()
    assert action.responsible == cast.mona
    assert [turn.object_uuid for turn in Turn.objects.open().mine(cast.mona)] == [action.uuid]
    send_everything()
    (letter,) = letters("Att göra")
    assert letter.to == ["utb@example.org"]
    assert "Ta upp det i nämnden" in letter.body
    assert "Styrgruppen, Söder" in letter.subject
    assert not Notice.objects.filter(code="promise").exists()
    assert what_is_wrong() == []


def test_each_organisation_stands_once_among_those_who_may_promise(as_, between, cast):
    row = between.meeting()
    perform(
        row.set_invitee,
        by=cast.mona,
        invitee=Invitee(meeting=row, organisation=cast.school),
        name="Siri Sköterska",
        email="siri@example.org",
    )
    with clock.at(fresh(row).starts - timedelta(days=1)):
        perform(fresh(row).invite, by=cast.mona)
    with clock.at(fresh(row).ends):
        there = {str(one.uuid): "present" for one in row.invitees.all()}
        perform(fresh(row).hold, by=cast.mona, presence=there)
        form = as_(cast.mona).get(page(row, "att-gora/")).context["form"]
    names = [name for _pk, name in form.fields["organisation"].choices][1:]
    assert names == sorted(set(names))


# What is put right.


def test_presence_begins_with_the_answers_and_names_whom_it_asks_about(as_, between, cast):
    with clock.at(clock.now() - timedelta(days=31)):
        row = between.invited()
        school, free = (
            row.invitees.get(organisation=place) for place in (cast.school, between.free_school)
        )
        perform(row.answer, by=cast.petra, invitee=school, reply="other", instead="Eva Nord")
        row = fresh(row)
        link_answer = {"invitee": free, "reply": "no", "instead": "Ingen Alls"}
        perform(row.answer, by=cast.petra, **link_answer)
    free.refresh_from_db()
    assert (free.reply, free.instead) == ("no", "")
    row, mona = fresh(row), as_(cast.mona)
    given = presence(mona, row)
    assert given[f"p-{school.uuid}"] == "present"
    assert given[f"p-{free.uuid}"] == "excused"
    assert f"{school}, Petra Test, skickar Eva Nord" in text(mona.get(act(row, "hold")))
    silent = [str(one) for one in row.invitees.filter(reply="none").select_related("organisation")]
    refused = mona.post(act(row, "hold"), given | {"key": str(uuid4())})
    told = [words[0] for words in refused.context["form"].errors.values()]
    assert len(told) == len(silent)
    assert all(words.startswith("Välj närvaro för ") for words in told)
    number = given | {f"c-{school.uuid}": "20120427-9802", "key": str(uuid4())}
    assert "Ta bort personnumret" in text(mona.post(act(row, "hold"), number))
    for one in row.invitees.filter(reply="none"):
        given[f"p-{one.uuid}"] = "absent"
    given |= {"key": str(uuid4()), f"r-{school.uuid}": "health"}
    assert mona.post(act(row, "hold"), given).status_code == 302
    school.refresh_from_db()
    assert (school.presence, school.instead, school.role) == ("present", "Eva Nord", "health")
    (group,) = [one for one in attendance.by_role(None) if one["label"] == "Elevhälsan"]
    assert (group["n"], group["came"], group["excused"]) == (1, 100, 0)


def test_presence_and_minutes_are_put_right_with_a_reason_and_told_anew(as_, between, cast):
    row = between.minuted(away=("Åsö skola",))
    send_everything()
    assert row.invitees.count() == len(letters("Minnesanteckningar"))
    assert "Med på mötet:" in letters("Minnesanteckningar")[0].body
    mona, school = as_(cast.mona), row.invitees.get(organisation=cast.school)
    given = presence(mona, row, "correct_presence")
    assert given[f"p-{school.uuid}"] == "absent"
    given |= {f"p-{school.uuid}": "present", "key": str(uuid4())}
    refused = mona.post(act(row, "correct_presence"), given | {"why": ""})
    assert refused.context["form"].errors == {"why": ["Skriv vad som var fel."]}
    given |= {"why": "Skolan kom sent.", "key": str(uuid4())}
    assert mona.post(act(row, "correct_presence"), given).status_code == 302
    send_everything()
    told = letters("Rättade minnesanteckningar")
    assert len(told) == row.invitees.count()
    assert "Det som var fel: Skolan kom sent." in told[0].body
    assert "– Åsö skola, Petra Test" in told[0].body
    wrong = mona.get(act(fresh(row), "correct_minutes")).context["form"]
    assert wrong["decisions"].value() == "Mötas oftare"
    words = {
        "minutes": "Vi pratade om våren.",
        "decisions": "Mötas varje månad",
        "why": "Fel termin",
    }
    answer = mona.post(act(row, "correct_minutes"), asked(fresh(row)) | words)
    assert answer.status_code == 302
    row = fresh(row)
    assert (row.status, row.minutes) == ("minuted", "Vi pratade om våren.")
    assert [one.text for one in row.decisions.all()] == ["Mötas varje månad"]
    send_everything()
    assert len(letters("Rättade minnesanteckningar")) == 2 * row.invitees.count()
    assert "Rättade: Fel termin" in text(as_(cast.sara).get(page(row)))
    assert what_is_wrong() == []


# Letters and calendars.


def test_a_letter_says_where_it_is_from_and_why_it_comes(as_, between, cast):
    addressed(cast.mona, "mona@example.org")
    row = between.invited()
    send_everything()
    first = letters("Kallelse: Lokalt forum, Söder")[0]
    assert first.reply_to == ["mona@example.org"]
    assert "Den som kallar: Mona Test, Team Söder, mona@example.org" in first.body
    _found, event = entry(first)
    assert str(event["SUMMARY"]) == "Lokalt forum, Söder"
    assert str(event["ORGANIZER"]) == "mailto:mona@example.org"
    perform(fresh(row).remind, by=cast.mona)
    send_everything()
    assert len(letters("Påminnelse: Lokalt forum, Söder")) == row.invitees.count()
    row = fresh(row)
    perform(row.move_to, by=cast.mona, starts=row.starts, length=row.length, place="Biblioteket")
    send_everything()
    assert len(letters("Ny plats: Lokalt forum, Söder")) == row.invitees.count()
    row = fresh(row)
    later = row.starts + timedelta(days=1)
    perform(row.move_to, by=cast.mona, starts=later, length=row.length, place="Biblioteket")
    send_everything()
    assert len(letters("Ny tid: Lokalt forum, Söder")) == row.invitees.count()


def test_a_calendar_taken_down_asks_nothing_and_is_not_surer_than_the_meeting(as_, between, cast):
    def read(row):
        found = Calendar.from_ical(as_(cast.mona).get(page(row, "kalender/")).content)
        event = found.walk("VEVENT")[0]
        return str(found["METHOD"]), str(event["STATUS"]), "ATTENDEE" in event

    forum = between.forum()
    assert read(between.meeting(forum)) == ("PUBLISH", "TENTATIVE", False)
    row = between.invited(forum)
    assert read(row) == ("PUBLISH", "CONFIRMED", False)
    perform(row.cancel, by=cast.mona, why="Sjukdom")
    assert read(row) == ("PUBLISH", "CANCELLED", False)


def test_a_stand_in_is_a_name_and_goes_with_the_answer(as_, between, cast):
    row, petra = between.invited(), as_(cast.petra)
    url = page(row, "svar/")
    number = petra.post(url, {"key": uuid4(), "reply": "other", "instead": "19900101-1234"})
    assert number.context["form"].errors == {
        "instead": ["Ta bort personnumret. Skriv bara ett namn."]
    }
    petra.post(url, {"key": uuid4(), "reply": "other", "instead": "Eva Nord"})
    mine = row.invitees.get(organisation=cast.school)
    assert mine.instead == "Eva Nord"
    petra.post(url, {"key": uuid4(), "reply": "no", "instead": "Eva Nord"})
    mine.refresh_from_db()
    assert (mine.reply, mine.instead) == ("no", "")


def test_when_a_meeting_has_been_only_what_still_does_something_is_offered(as_, between, cast):
    row = between.invited()
    mona, petra = as_(cast.mona), as_(cast.petra)
    before = [move for move, _offer in mona.get(page(row)).context["offers"]]
    assert before == ["move_to", "remind", "cancel"]
    for one in row.invitees.all():
        perform(fresh(row).answer, by=cast.petra, invitee=one, reply="yes")
    answered = [move for move, _offer in mona.get(page(row)).context["offers"]]
    assert answered == ["move_to", "cancel"]
    with clock.at(row.ends + timedelta(hours=1)):
        shown = mona.get(page(row))
        assert [move for move, _offer in shown.context["offers"]] == ["hold", "cancel"]
        assert "Nästa: fyll i närvaron" in text(shown)
        assert "Lägg till någon som kom" in text(shown)
        assert page(row, "svar/") not in text(petra.get(page(row)))
        assert petra.get(page(row, "svar/")).headers["Location"] == page(row)


# The forum itself.


def test_a_forums_name_place_and_convener_are_changed_by_whoever_calls(as_, between, cast):
    forum = between.forum("steering_group", name="Styrgruppen", convener=cast.dag)
    between.forum("steering_group", name="Andra gruppen", convener=cast.dag)
    url = f"{LIST}{forum.uuid}/andra/"
    for who in (cast.odd, cast.mona, cast.sara, cast.cecilia):
        assert as_(who).get(url).status_code == 404
    dag = as_(cast.dag)
    assert url in text(dag.get(LIST))
    taken = {"name": "Andra gruppen", "convener": cast.dag.pk, "place": ""}
    assert "heter så" in text(dag.post(url, taken))
    given = {"name": "Styrgrupp Söder", "convener": cast.mona.pk, "place": "Rådhuset"}
    assert dag.post(url, given).status_code == 302
    forum = Forum.objects.get(pk=forum.pk)
    assert (forum.name, forum.place, forum.convener, forum.level) == (
        "Styrgrupp Söder",
        "Rådhuset",
        cast.mona,
        "steering_group",
    )
