"""Money: applied for together, decided, reported with the cases' own figures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from accounts import clock, register, school_days, standing, working_days
from accounts.models import Kind, Membership, Organisation
from collaboration import outcomes
from collaboration.models import FundingApplication
from history.door import Conflict, begin, edit, perform
from tests.between import stand_behind
from tests.conftest import told, what_is_wrong
from workflows import deadlines, worklist
from workflows.models import Notice, Turn

pytestmark = pytest.mark.django_db
HOME = "/samverkan/medel/"
ZONE = ZoneInfo("Europe/Stockholm")
TEXT: dict[str, Any] = {
    "plan": "Ett team på plats i skolan.",
    "target_pupils": 20,
    "amount": 900_000,
    "anchored_bus": "Samma styrgrupp.",
    "anchored_health": "Elevhälsan är med i teamet.",
    "anchored_support": "En kontakt per familj.",
}


@pytest.fixture
def draft(cast):
    new = FundingApplication(district=cast.south, year=clock.today().year, responsible=cast.dag)
    return begin(new, by=cast.dag, schools=[cast.school]).obj


@pytest.fixture
def asked(draft, cast):
    edit(draft, by=cast.dag, **TEXT)
    draft.refresh_from_db()
    return perform(draft.ask_principals, by=cast.dag).obj


@pytest.fixture
def submitted(asked, cast):
    stand_behind(asked, cast.petra)
    return perform(asked.submit, by=cast.dag).obj


def granted_for(year, cast, granted=900_000):
    """Söder's application, written and granted in the autumn before its year."""
    with clock.at(datetime(year - 1, 11, 2, 10, tzinfo=ZONE)):
        new = FundingApplication(district=cast.south, year=year, responsible=cast.dag)
        row = begin(new, by=cast.dag, schools=[cast.school]).obj
        row = edit(row, by=cast.dag, **TEXT).obj
        row = perform(row.ask_principals, by=cast.dag).obj
        stand_behind(row, cast.petra)
        row = perform(row.submit, by=cast.dag).obj
        return perform(row.grant, by=cast.cecilia, granted=granted, decision="1", why="Ramen").obj


def reported(application, cast, used, carry):
    with clock.at(datetime(application.year + 1, 1, 15, 10, tzinfo=ZONE)):
        how = {"used": used, "text": "Det gick bra.", "carry": carry}
        return perform(application.report_finally, by=cast.dag, **how).obj


def again(obj):
    return type(obj).objects.get(pk=obj.pk)


def hidden(client, page):
    form = client.get(page).context["form"]
    return {"version": form["version"].value(), "key": form["key"].value()}


def act(obj, move):
    return f"/samverkan/gor/{obj._meta.model_name}/{obj.uuid}/{move}/"


def page_of(client, application):
    return client.get(f"{HOME}{application.uuid}/").content.decode()


def turn_of(obj):
    return Turn.objects.open().get(object_uuid=obj.uuid)


def codes_for(person):
    return list(Notice.objects.filter(to=person).order_by("pk").values_list("code", flat=True))


def test_what_is_missing_is_told_by_field(draft, cast):
    with pytest.raises(ValidationError) as missing:
        perform(draft.submit, by=cast.dag)
    expected = ["plan", "target_pupils", "amount", *FundingApplication.ANCHORED, "schools"]
    assert sorted(missing.value.message_dict) == sorted(expected)
    # Where the questions are not on the page, each refusal says which of them it is about.
    words = [message for messages in missing.value.message_dict.values() for message in messages]
    assert len(set(words)) == len(expected)


def test_written_joined_and_sent_on_the_screen(cast, as_):
    client = as_(cast.dag)
    form = client.get(f"{HOME}ny/").context["form"]
    names = [school.name for school in form.fields["schools"].queryset]
    assert names == ["Nya skolan", "Åsö skola"]
    sent = {"key": form["key"].value(), "year": "2027", "schools": [cast.school.pk]}
    page = client.post(f"{HOME}ny/", sent)["Location"]
    written = TEXT | {"amount": "900\N{NO-BREAK SPACE}000", "year": "2027"}
    answer = client.post(page, hidden(client, page) | written)
    application = FundingApplication.objects.get()
    assert (answer.status_code, application.amount) == (302, 900_000)
    refused = client.post(act(application, "submit"), hidden(client, act(application, "submit")))
    assert "Rektor har inte ställt sig bakom" in refused.content.decode()
    assert "Nästa: be rektorerna ta ställning" in page_of(client, application)
    ask = act(application, "ask_principals")
    assert client.post(ask, hidden(client, ask)).status_code == 302
    answer, petra = application.answers.get(), as_(cast.petra)
    assert petra.get(f"{HOME}svar/{answer.uuid}/")["Location"] == f"{HOME}{application.uuid}/"
    petra.post(act(answer, "join"), hidden(petra, act(answer, "join")))
    # Once is enough, and the page says what is next.
    assert [move.name for move in again(answer).moves_for(cast.petra)] == ["decline"]
    assert "Nästa: skicka in ansökan" in page_of(client, application)
    client.post(act(application, "submit"), hidden(client, act(application, "submit")))
    assert told(application) == ["draft", "edit", "ask_principals", "submit"]
    assert as_(cast.olga).get(f"{HOME}{application.uuid}/").status_code == 404
    assert as_(cast.sara).get(HOME).status_code == 404


def test_a_part_is_granted_only_with_a_reason(submitted, cast):
    with pytest.raises(ValidationError) as missing:
        perform(submitted.grant, by=cast.cecilia, granted=500_000, decision="1.1-12/2026")
    assert list(missing.value.message_dict) == ["why"]
    submitted.refresh_from_db()
    granted = perform(
        submitted.grant, by=cast.cecilia, granted=500_000, decision="1.1-12/2026", why="Ramen"
    ).obj
    assert (granted.status, granted.money()) == ("granted", 500_000)


def test_the_reports_say_what_the_cases_say(submitted, cast, path, as_):
    for _n in range(5):
        path.mapping()
    year = submitted.year
    granted = perform(submitted.grant, by=cast.cecilia, granted=900_000, decision="1.1-12/2026").obj
    granted = perform(granted.report_in_july, by=cast.dag, used=400_000, text="Bra", reached=12).obj
    with clock.at(datetime(year + 1, 1, 10, 10, tzinfo=ZONE)):
        with pytest.raises(ValidationError) as much:
            perform(granted.report_finally, by=cast.dag, used=950_000, text="Slut")
        assert list(much.value.message_dict) == ["used"]
        granted.refresh_from_db()
        done = perform(
            granted.report_finally, by=cast.dag, used=800_000, text="Slut", carry=100_000
        ).obj
    rows = done.reports.values_list("kind", "used", "enrolled", "reached", "carry")
    assert list(rows) == [("july", 400_000, 5, 12, 0), ("final", 800_000, 5, 0, 100_000)]
    assert (done.status, done.cost_per_pupil()) == ("reported", 160_000)
    page = page_of(as_(cast.dag), done)
    assert "160\N{NO-BREAK SPACE}000 kr" in page
    assert "15 färre än planerat, 25 procent av planen" in page


def test_few_pupils_are_not_told_of(submitted, cast, path, as_):
    for _n in range(2):
        path.mapping()
    granted = perform(submitted.grant, by=cast.cecilia, granted=900_000, decision="1.1-12/2026").obj
    page = as_(cast.dag).get(f"{HOME}{granted.uuid}/")
    shown = [number for _name, number in page.context["figures"]]
    assert shown == ["färre än 5", "0", "0", "0"]
    # Nor is a difference, or a cost before anything has been reported.
    assert (page.context["difference"], page.context["account"].cost) == ("", None)


def test_one_application_a_district_and_year(draft, cast, as_):
    client = as_(cast.dag)
    form = client.get(f"{HOME}ny/").context["form"]
    sent = {"key": form["key"].value(), "year": str(draft.year), "schools": [cast.school.pk]}
    assert client.post(f"{HOME}ny/", sent)["Location"] == f"{HOME}{draft.uuid}/"


@pytest.mark.both_engines
def test_what_came_to_nothing_blocks_no_year(draft, submitted, cast, as_):
    """The sent one is turned down, another for the same year is begun and dropped, and a third."""
    perform(submitted.reject, by=cast.cecilia, decision="7", why="Ramen räckte inte")
    client = as_(cast.dag)

    def begun():
        form = client.get(f"{HOME}ny/").context["form"]
        sent = {"key": form["key"].value(), "year": str(draft.year), "schools": [cast.school.pk]}
        assert client.post(f"{HOME}ny/", sent).status_code == 302
        return FundingApplication.objects.latest("pk")

    second = begun()
    drop = act(second, "drop")
    assert "Skriv varför" in client.post(drop, hidden(client, drop) | {"why": " "}).content.decode()
    client.post(drop, hidden(client, drop) | {"why": "Fel skolor"})
    third = begun()
    # A wrong year is put right while it is a draft, unless there is one for that year.
    write = f"{HOME}{third.uuid}/skriv/"
    assert client.post(write, hidden(client, write) | {"year": "2031"}).status_code == 302
    states = FundingApplication.objects.order_by("pk").values_list("year", "status")
    assert list(states) == [(draft.year, "rejected"), (draft.year, "dropped"), (2031, "draft")]
    fourth = begun()
    write = f"{HOME}{fourth.uuid}/skriv/"
    refused = client.post(write, hidden(client, write) | {"year": "2031", "plan": "Kvar"})
    assert refused.context["form"].errors == {"year": ["Ni har redan en ansökan för 2031."]}
    assert "Kvar" in refused.content.decode()


@pytest.mark.both_engines
def test_a_changed_text_is_joined_anew(asked, cast, as_):
    stand_behind(asked, cast.petra)
    assert "rektor står bakom sedan" in page_of(as_(cast.dag), asked)
    perform(asked.submit, by=cast.dag)
    back = perform(again(asked).take_back, by=cast.dag, why="Summan var fel").obj
    # Taken back is not changed: what is joined still is.
    assert back.answers.get().status == "joined"
    client = as_(cast.dag)
    write = f"{HOME}{back.uuid}/skriv/"
    client.post(write, hidden(client, write) | TEXT | {"year": str(back.year), "amount": "999000"})
    answer = back.answers.get()
    assert (answer.status, answer.changed, answer.answered_on) == ("asked", True, None)
    assert "efter att rektor hade svarat" in page_of(as_(cast.petra), back)
    assert codes_for(cast.petra) == ["money_ask", "money_changed"]
    with pytest.raises(ValidationError) as waits:
        perform(again(back).submit, by=cast.dag)
    assert list(waits.value.message_dict) == ["schools"]
    stand_behind(back, cast.petra)
    assert perform(again(back).submit, by=cast.dag).obj.status == "submitted"


def test_the_same_text_saved_again_is_no_change(asked, cast):
    stand_behind(asked, cast.petra)
    edit(again(asked), by=cast.dag, **TEXT)
    assert asked.answers.get().status == "joined"


def test_nobody_stands_behind_a_text_with_holes(draft, cast):
    with pytest.raises(ValidationError) as missing:
        perform(draft.ask_principals, by=cast.dag)
    assert sorted(missing.value.message_dict) == sorted(FundingApplication.ASKED)
    edit(draft, by=cast.dag, **TEXT)
    asked = perform(again(draft).ask_principals, by=cast.dag).obj
    edit(asked, by=cast.dag, plan="")
    with pytest.raises(Conflict):
        perform(asked.answers.get().join, by=cast.petra, who=cast.petra)


def test_a_principal_says_no_and_the_district_reads_why(asked, cast, as_):
    answer, petra = asked.answers.get(), as_(cast.petra)
    decline = act(answer, "decline")
    empty = petra.post(decline, hidden(petra, decline) | {"why": ""})
    assert list(empty.context["form"].errors) == ["why"]
    petra.post(decline, hidden(petra, decline) | {"why": "Vi har ingen egen kurator."})
    page = page_of(as_(cast.dag), asked)
    assert "rektor står inte bakom" in page
    assert "Vi har ingen egen kurator." in page
    assert codes_for(cast.dag) == ["money_declined"]
    with pytest.raises(ValidationError):
        perform(again(asked).submit, by=cast.dag)
    # Whoever has said no can still say yes.
    stand_behind(asked, cast.petra)
    assert again(answer).status == "joined"


def test_a_school_put_in_later_is_asked_and_one_left_out_need_not_answer(asked, cast):
    stand_behind(asked, cast.petra)
    more = perform(asked.choose_schools, by=cast.dag, schools=[cast.new_school]).obj
    rows = more.answers.order_by("pk").values_list("school__name", "status")
    assert list(rows) == [("Åsö skola", "lapsed"), ("Nya skolan", "asked")]


def test_the_page_costs_the_same_for_more_schools(asked, cast, as_, django_assert_max_num_queries):
    client = as_(cast.dag)

    def queries():
        with django_assert_max_num_queries(100) as made:
            assert page_of(client, asked).count("rektor svarar senast") == asked.schools.count()
        return len(made)

    page_of(client, asked)
    few = queries()
    more = {"kind": Kind.SCHOOL, "parent": cast.south}
    schools = [
        Organisation.objects.create(name=f"Skola {n}", code=f"5000000{n}", **more) for n in range(6)
    ]
    perform(asked.choose_schools, by=cast.dag, schools=[cast.school, *schools])
    assert queries() == few


def test_each_step_is_somebodys_turn_with_a_day(draft, cast, as_):
    year = draft.year
    assert (turn_of(draft).step, turn_of(draft).responsible) == ("write_money", cast.dag)
    edit(draft, by=cast.dag, **TEXT)
    asked = perform(again(draft).ask_principals, by=cast.dag).obj
    answer = asked.answers.get()
    turn = turn_of(answer)
    told = (turn.step, turn.responsible, turn.deputy, turn.side, turn.due)
    due = school_days.add(clock.today(), 10)
    assert told == ("join_money", cast.petra, cast.dag, cast.school, due)
    rows, _more = worklist.page(cast.petra, worklist.Filter())
    assert [(row["words"], row["url"]) for row in rows] == [
        ("Ta ställning till ansökan om medel", f"{HOME}svar/{answer.uuid}/")
    ]
    stand_behind(asked, cast.petra)
    assert (turn_of(asked).step, codes_for(cast.dag)) == ("send_money", ["money_ready"])
    assert not Turn.objects.open().filter(object_uuid=answer.uuid).exists()
    sent = perform(again(asked).submit, by=cast.dag).obj
    turn = turn_of(sent)
    decided_by = working_days.add(clock.today(), 20)
    assert (turn.step, turn.due) == ("decide_money", decided_by)
    assert (turn.responsible, turn.side) == (cast.cecilia, cast.cecilia.organisation)
    assert codes_for(cast.cecilia) == ["money_sent"]
    with clock.at(datetime(year, 5, 2, 10, tzinfo=ZONE)):
        granted = perform(sent.grant, by=cast.cecilia, granted=900_000, decision="1").obj
        turn = turn_of(granted)
        assert (turn.step, turn.due) == ("report_july", date(year, 7, 31))
        assert turn.responsible == cast.dag
    assert codes_for(cast.dag)[-1] == "money_decided"
    assert codes_for(cast.petra)[-1] == "money_decided"
    with clock.at(datetime(year, 8, 3, 10, tzinfo=ZONE)):
        page = page_of(as_(cast.dag), granted)
        assert f"Senast 31 juli {year}" in page
        assert "försenad" in page
        deadlines.run()
    assert "due" in codes_for(cast.dag)
    with clock.at(datetime(year, 9, 1, 10, tzinfo=ZONE)):
        deadlines.run()
    # Late by a week: whoever gave the money is told too.
    assert codes_for(cast.cecilia)[-1] == "late"
    with clock.at(datetime(year + 1, 1, 2, 10, tzinfo=ZONE)):
        deadlines.run()
    turn = turn_of(granted)
    assert (turn.step, turn.due) == ("report_final", date(year + 1, 1, 31))
    reported(granted, cast, 1, 0)
    assert not Turn.objects.open().filter(object_uuid=granted.uuid).exists()


def test_a_principal_who_does_not_answer_is_reminded_and_the_district_told(asked, cast):
    with clock.at(clock.now() + timedelta(days=40)):
        deadlines.run()
        deadlines.run()
    notices = Notice.objects.filter(what="fundinganswer").order_by("pk")
    told = notices.values_list("to__user__username", "code")
    assert list(told) == [
        ("petra", "money_ask"),
        ("petra", "due"),
        ("petra", "late"),
        ("dag", "late"),
    ]


def test_the_reports_have_their_time_and_once_is_enough(cast, as_):
    year = clock.today().year
    granted = granted_for(year, cast)
    client = as_(cast.dag)

    def offered(year, month, day):
        with clock.at(datetime(year, month, day, 10, tzinfo=ZONE)):
            return [move for move, _o in client.get(f"{HOME}{granted.uuid}/").context["offers"]]

    schools = ["change_schools"]
    assert offered(year, 5, 31) == schools
    assert offered(year, 6, 1) == ["report_in_july", *schools]
    assert offered(year, 12, 31) == ["report_in_july", *schools]
    assert offered(year + 1, 1, 1) == ["report_finally", *schools]
    with clock.at(datetime(year, 7, 1, 10, tzinfo=ZONE)):
        perform(granted.report_in_july, by=cast.dag, used=400_000, text="Bra")
        with pytest.raises(Conflict):
            perform(again(granted).report_in_july, by=cast.dag, used=1, text="Bra")
        with pytest.raises(Conflict):
            perform(again(granted).report_finally, by=cast.dag, used=500_000, text="Slut")
    with pytest.raises(ValidationError) as less:
        reported(again(granted), cast, 399_999, 0)
    assert less.value.message_dict == {"used": ["I juli hade ni redan använt 400000 kronor."]}


def test_a_report_is_put_right_with_a_reason(cast, as_):
    year = clock.today().year - 1
    done = reported(granted_for(year, cast), cast, 500_000, 100_000)
    client, correct = as_(cast.dag), act(done, "correct_report")
    now = client.get(correct).context["form"].initial
    assert (now["used"], now["carry"], now["text"]) == (500_000, 100_000, "Det gick bra.")
    given = {"used": "600000", "carry": "50000", "text": "Det gick bra.", "reached": ""}
    assert "Ni har 900\N{NO-BREAK SPACE}000 kr att använda." in client.get(correct).content.decode()
    without = client.post(correct, hidden(client, correct) | given | {"why": ""})
    assert list(without.context["form"].errors) == ["why"]
    client.post(correct, hidden(client, correct) | given | {"why": "En faktura kom sent."})
    rows = done.reports.order_by("pk").values_list("kind", "number", "used", "carry", "why")
    assert list(rows) == [
        ("final", 1, 500_000, 100_000, ""),
        ("final", 2, 600_000, 50_000, "En faktura kom sent."),
    ]
    page = page_of(client, done)
    assert all(word in page for word in ("ersatt", "rättad", "En faktura kom sent."))
    assert again(done).left_from_before() == 0


def test_what_is_left_is_decided_in_the_grant_and_never_more(cast, as_):
    year = clock.today().year
    reported(granted_for(year - 1, cast), cast, 700_000, 130_000)
    now = sent_for(year, cast)
    page = page_of(as_(cast.dag), now)
    assert "130\N{NO-BREAK SPACE}000 kr" in page
    assert "Den är inte beslutad." in page
    client, grant = as_(cast.cecilia), act(now, "grant")
    assert client.get(grant).context["form"]["carry"].value() == 130_000
    given = {"granted": "900000", "decision": "5", "why": ""}
    too_much = client.post(grant, hidden(client, grant) | given | {"carry": "130001"})
    assert list(too_much.context["form"].errors) == ["carry"]
    less = client.post(grant, hidden(client, grant) | given | {"carry": "100000"})
    assert list(less.context["form"].errors) == ["why"]
    client.post(grant, hidden(client, grant) | given | {"carry": "130000"})
    now = again(now)
    assert (now.status, now.carry_granted, now.money()) == ("granted", 130_000, 1_030_000)
    rows = dict(client.get(f"{HOME}{now.uuid}/").context["account"].rows)
    assert rows == {
        "Sökt": 900_000,
        "Ombudgeteras": 130_000,
        "Beviljat": 900_000,
        "Använt": None,
        "Kvar": None,
    }
    # What has been let over cannot be taken back by a correction.
    before = FundingApplication.objects.get(year=year - 1)
    with pytest.raises(ValidationError) as gone:
        how: dict[str, Any] = {"used": 700_000, "text": "x", "why": "Fel", "carry": 100_000}
        perform(before.correct_report, by=cast.dag, **how)
    assert list(gone.value.message_dict) == ["carry"]


def sent_for(year, cast):
    """Söder's application for a year, sent after the last year's report and not decided yet."""
    new = FundingApplication(district=cast.south, year=year, responsible=cast.dag)
    row = begin(new, by=cast.dag, schools=[cast.school]).obj
    row = edit(row, by=cast.dag, **TEXT).obj
    row = perform(row.ask_principals, by=cast.dag).obj
    stand_behind(row, cast.petra)
    return perform(row.submit, by=cast.dag).obj


def test_what_was_left_is_decided_afterwards_when_the_report_comes_later(cast):
    year = clock.today().year
    last, now = granted_for(year - 1, cast), granted_for(year, cast)
    assert (now.left_from_before(), now.money()) == (None, 900_000)
    reported(last, cast, 800_000, 100_000)
    turn = turn_of(now)
    assert (turn.step, turn.responsible) == ("decide_carry", cast.cecilia)
    assert turn.due == working_days.add(date(year, 1, 15), 20)
    with pytest.raises(ValidationError) as much:
        perform(again(now).decide_carry, by=cast.cecilia, carry=100_001, decision="9")
    assert list(much.value.message_dict) == ["carry"]
    now = perform(again(now).decide_carry, by=cast.cecilia, carry=100_000, decision="9").obj
    assert (now.money(), turn_of(now).responsible) == (1_000_000, cast.dag)


def test_schools_of_a_running_grant_are_replaced_with_a_reason(cast, as_):
    granted = granted_for(clock.today().year, cast)
    client, change = as_(cast.dag), act(granted, "change_schools")
    chosen = {"schools": [cast.new_school.pk]}
    without = client.post(change, hidden(client, change) | chosen)
    assert list(without.context["form"].errors) == ["why"]
    client.post(change, hidden(client, change) | chosen | {"why": "Åsö har stängt."})
    assert [str(row) for row in granted.schools.all()] == ["Nya skolan"]
    assert list(granted.answers.order_by("pk").values_list("status", flat=True)) == [
        "lapsed",
        "asked",
    ]
    assert again(granted).status == "granted"


@pytest.mark.both_engines
def test_a_merged_districts_money_goes_on_with_its_heir(submitted, cast, path, as_):
    """Figures, page and reports: nothing of the year before the merger is lost."""
    for _n in range(5):
        path.mapping()
    granted = perform(submitted.grant, by=cast.cecilia, granted=900_000, decision="1").obj
    place = {"kind": Kind.DISTRICT, "parent": cast.south.parent, "since": date(2020, 1, 1)}
    joined = Organisation.objects.create(name="Nya Söder", **place)
    Organisation.objects.filter(pk=cast.south.pk).update(since=date(2020, 1, 1))
    cast.south.refresh_from_db()
    everything = [kind.key for kind, _n in standing.still_open(cast.south)]
    every: dict[str, Any] = {
        "follows": everything,
        "reasons": dict.fromkeys(everything, "Sammanslagning"),
    }
    register.close(cast.adam, cast.south, on=clock.today(), successor=joined, **every)
    heir = Membership.objects.get(user=cast.dag.user, organisation=joined)
    client = as_(heir)
    assert client.get(HOME).context["applications"] == [granted]
    page = client.get(f"{HOME}{granted.uuid}/")
    assert dict(page.context["figures"])["Inskrivna elever"] == "5"
    granted = again(granted)
    assert (granted.responsible, turn_of(granted).responsible) == (heir, heir)
    told = perform(granted.report_in_july, by=heir, used=400_000, text="Bra").obj
    assert told.newest_report().enrolled == 5
    assert what_is_wrong() == []


def test_pupils_of_its_schools_are_counted_whichever_team_has_them(submitted, cast, path, as_):
    for _n in range(5):
        path.mapping()
    assert submitted.outcome().enrolled == 5
    elsewhere = FundingApplication(district=cast.south, year=2019, responsible=cast.dag)
    other = begin(elsewhere, by=cast.dag, schools=[cast.new_school]).obj
    assert outcomes.of(other.school_numbers(), date(2019, 1, 1), clock.today()).enrolled == 0
