"""A case's own work over HTTP: mapping, plan, tools, notes, and the page that tells it all."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from accounts import clock
from accounts.models import Membership
from collaboration.models import SurveyRound
from history.door import begin, edit, perform
from referrals.models import (
    Case,
    Goal,
    Intervention,
    MappedNeed,
    Note,
    Occasion,
    Participant,
    Section,
    Tool,
)
from workflows.models import Notice, Turn

BACKEND = "accounts.backend.WithRoles"


@pytest.fixture
def as_(db):
    def sign_in(membership: Membership) -> Client:
        client = Client()
        client.force_login(membership.user, backend=BACKEND)
        session = client.session
        session["membership"] = membership.pk
        session.save()
        return client

    return sign_in


def text(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def asked(obj, **more):
    return {"version": obj.version, "key": str(uuid4())} | more


def on(name: str, day) -> dict[str, str]:
    return {
        f"{name}_day": str(day.day),
        f"{name}_month": str(day.month),
        f"{name}_year": str(day.year),
    }


def act(client: Client, obj, move: str, **more):
    kind = obj._meta.model_name
    return client.post(f"/gor/{kind}/{obj.uuid}/{move}/", asked(obj, **more))


# Mapping


def test_the_schools_owner_fills_its_own_section_and_no_other(as_, path, cast):
    case = path.mapping()
    schools, teams = case.sections.get(key="school"), case.sections.get(key="home")
    assert (schools.owner, teams.owner) == (cast.sara, cast.tuva)
    client = as_(cast.sara)
    assert (
        act(client, schools, "write", strengths="Bild och slöjd", text="Morgnarna").status_code
        == 302
    )
    assert act(client, teams, "write", text="Hemma").status_code == 404
    schools.refresh_from_db()
    assert (schools.strengths.open(), schools.text.open()) == ("Bild och slöjd", "Morgnarna")
    assert Notice.objects.filter(to=cast.sara, code="section").count() == 1


def test_a_section_is_set_aside_only_with_a_reason(as_, path, cast):
    section, client = path.mapping().sections.get(key="home"), as_(cast.tuva)
    assert "Skriv varför" in text(act(client, section, "set_aside", why=" "))
    assert act(client, section, "set_aside", why="Eleven bor själv").status_code == 302
    page = text(client.get(f"/arenden/{section.case.reference}/kartlaggning/"))
    assert "Inte aktuell: Eleven bor själv" in page


def test_the_pupils_own_questions_are_one_step_away_while_mapping(as_, path, cast):
    case = path.mapping()
    page = f"/arenden/{case.reference}/kartlaggning/"
    assert "Ge eleven enkäten" not in text(as_(cast.tuva).get(page))
    new = SurveyRound(kind="entry", title="Start", responsible=cast.cecilia)
    survey = perform(begin(new, by=cast.cecilia).obj.open, by=cast.cecilia).obj
    hand_out = f"/samverkan/enkater/{survey.uuid}/lamna/"
    assert f'href="{hand_out}"' in text(as_(cast.tuva).get(page))
    assert as_(cast.tuva).get(hand_out).status_code == 200
    # The school's own people see the mapping, and hand nothing out.
    assert as_(cast.sara).get(hand_out).status_code == 404
    assert hand_out not in text(as_(cast.sara).get(page))
    perform(survey.close, by=cast.cecilia)
    assert hand_out not in text(as_(cast.tuva).get(page))


def test_nobody_owns_a_section_who_cannot_see_the_case(as_, path, cast):
    case, client = path.mapping(), as_(cast.tuva)
    section = case.sections.get(key="home")
    give = {"side": "school", "owner": cast.siv.pk}
    assert "Lägg till personen som deltagare" in text(act(client, section, "assign", **give))
    begin(Participant(case=case, membership=cast.siv, profession="Mentor"), by=cast.tuva)
    assert act(client, section, "assign", **give).status_code == 302
    section.refresh_from_db()
    assert (section.owner, section.side) == (cast.siv, "school")


def test_the_pupil_is_offered_to_tell_and_may_say_no(as_, path, cast):
    case, client = path.mapping(), as_(cast.tuva)
    for section in case.sections.all():
        perform(section.write, by=cast.tuva, text="Så här är det.")
    assert "Erbjud eleven att berätta" in text(act(client, case, "finish_mapping"))
    assert act(client, case.voices.get(), "decline").status_code == 302
    assert act(client, Case.objects.get(), "finish_mapping").status_code == 302
    assert Case.objects.get().status == "planning"


# Plan


def test_every_need_has_a_goal_that_stands_or_a_reason(as_, path, cast):
    case, client = path.planning(), as_(cast.tuva)
    goal = path.goal(case)
    wrong = begin(MappedNeed(case=case, text="Felskrivet behov"), by=cast.tuva).obj
    other = begin(MappedNeed(case=case, text="Trygga raster"), by=cast.tuva).obj
    review = on("next_review", clock.today() + timedelta(days=28))

    def agree() -> str:
        now = Case.objects.get(pk=case.pk)
        return text(act(client, now, "agree_plan", voice_how="took_part", **review))

    perform(wrong.mark_in_error, by=cast.tuva)
    assert "Varje behov behöver ett mål" in agree()
    assert act(client, other, "leave_without_goal", why="Löst i klassen").status_code == 302
    perform(goal.drop, by=cast.tuva, on=clock.today(), why="Gäller inte")
    path.goal(case)
    assert "Varje behov behöver ett mål" in agree()
    perform(goal.need.leave_without_goal, by=cast.tuva, why="Målet ströks")
    assert agree() == ""
    assert Case.objects.get(pk=case.pk).status == "support"


def test_a_goal_and_its_interim_goal_have_owner_and_date(as_, path, cast):
    case, client = path.planning(), as_(cast.tuva)
    due = on("due", clock.today() + timedelta(days=60))
    new = {"text": "I tid varje dag", "owner": cast.sara.pk, "start": "3", "target": "8"} | due
    url = f"/arenden/{case.reference}/ny/mal/"
    assert "Välj en person" in text(client.post(url, new | {"owner": "", "key": str(uuid4())}))
    assert client.post(url, new | {"key": str(uuid4())}).status_code == 302
    goal = Goal.objects.get()
    part = new | {"text": "I tid tre dagar", "parent": goal.pk, "key": str(uuid4())}
    assert client.post(f"/arenden/{case.reference}/ny/delmal/{goal.uuid}/", part).status_code == 302
    page = text(client.get(f"/arenden/{case.reference}/plan/"))
    assert "1. I tid varje dag" in page
    assert "1.1. I tid tre dagar" in page
    assert "Ansvarar: Sara Test." in page
    change = asked(goal, text="I tid", owner=cast.tuva.pk, target="7", **due)
    assert client.post(f"/andra/goal/{goal.uuid}/", change).status_code == 302
    goal.refresh_from_db()
    assert (goal.text.open(), goal.owner, goal.target) == ("I tid", cast.tuva, 7)


def test_the_plan_is_written_in_the_pupils_words_until_it_is_agreed(as_, path, cast):
    case, client = path.planning(), as_(cast.tuva)
    plan = case.plans.get()
    url = f"/andra/plan/{plan.uuid}/"
    assert client.post(url, asked(plan, text="Jag börjar tjugo över.")).status_code == 302
    assert "Jag börjar tjugo över." in text(client.get(f"/arenden/{case.reference}/plan/"))
    path.goal(case)
    perform(case.agree_plan, by=cast.tuva, voice_how="took_part", **path.next_review())
    assert client.get(url).status_code == 404


def test_a_tool_for_the_class_with_owner_weeks_goal_and_legal_form(as_, path, cast):
    case, client = path.support(), as_(cast.tuva)
    calm = Tool.objects.create(
        key="calm", name="Lugn start", owner=cast.city, level="class", legal_form="school_measure"
    )
    url = f"/arenden/{case.reference}/ny/insats/"
    assert 'optgroup label="Klassen"' in text(client.get(url))
    goal = case.goals.get()
    new = {"tool": calm.pk, "goal": goal.pk, "owner": cast.sara.pk, "weeks": "6", "legal_form": ""}
    assert client.post(url, new | {"key": str(uuid4())}).status_code == 302
    one = Intervention.objects.get()
    assert (one.owner, one.weeks, one.goal, one.legal_form) == (
        cast.sara,
        6,
        goal,
        "school_measure",
    )


def test_occasions_with_minutes_and_no_shows_at_a_glance(as_, path, cast):
    case, client = path.support(), as_(cast.tuva)
    path.occasion(case)
    one = Intervention.objects.get()
    url = f"/arenden/{case.reference}/ny/tillfalle/{one.uuid}/"
    missed = on("on", clock.today()) | {"minutes": "", "no_show": "on", "key": str(uuid4())}
    assert client.post(url, missed).status_code == 302
    page = text(client.get(f"/arenden/{case.reference}/"))
    assert "1 tillfälle, 45 minuter · eleven kom inte 1 gång" in page
    wrong = Occasion.objects.get(no_show=True)
    assert act(client, wrong, "mark_in_error", reason="Annan elev").status_code == 302
    assert "eleven kom inte" not in text(client.get(f"/arenden/{case.reference}/plan/"))


# Notes


def test_a_note_is_changed_until_signed_and_then_corrected_by_another(as_, path, cast):
    case, client = path.support(), as_(cast.tuva)
    new = {"kind": "home_visit", "text": "Vi pratade om morgonen", "took_part": "Elev"}
    today = on("on", clock.today())
    url = f"/arenden/{case.reference}/ny/anteckning/"
    assert client.post(url, new | today | {"key": str(uuid4())}).status_code == 302
    note = Note.objects.get()
    change = f"/andra/note/{note.uuid}/"
    given = asked(note, **(new | today | {"text": "Vi pratade om kvällen"}))
    assert client.post(change, given).status_code == 302
    note.refresh_from_db()
    assert note.text.open() == "Vi pratade om kvällen"
    assert act(client, note, "sign").status_code == 302
    # Signed, only whether the other side sees it can be changed.
    assert 'name="text"' not in text(client.get(change))
    correction = f"/arenden/{case.reference}/ny/rattelse/{note.uuid}/"
    right = new | today | {"text": "Det var en tisdag", "key": str(uuid4())}
    assert client.post(correction, right).status_code == 302
    later = Note.objects.exclude(pk=note.pk).get()
    assert (later.corrects, later.status) == (note, "draft")
    perform(later.sign, by=cast.tuva)
    assert "Rättad av en senare anteckning" in text(
        client.get(f"/arenden/{case.reference}/anteckningar/")
    )


def test_each_side_writes_its_own_and_sees_of_the_other_what_is_shown(as_, path, cast):
    case = path.support()
    school, team = as_(cast.sara), as_(cast.tuva)
    pages = f"/arenden/{case.reference}/anteckningar/"
    new = {"kind": "meeting", "text": "Bara för skolan", "key": str(uuid4())}
    url = f"/arenden/{case.reference}/ny/anteckning/"
    assert school.post(url, new | on("on", clock.today())).status_code == 302
    note = Note.objects.get()
    assert (note.side, note.written_by) == ("school", cast.sara)
    assert act(school, note, "sign").status_code == 302
    assert "Bara för skolan" in text(school.get(pages))
    assert "Bara för skolan" not in text(team.get(pages))
    note.refresh_from_db()
    shown = asked(note, shown_to_other_side="on")
    assert school.post(f"/andra/note/{note.uuid}/", shown).status_code == 302
    assert "Bara för skolan" in text(team.get(pages))
    # Another's note is not changed, and the school adds nothing else.
    assert team.get(f"/andra/note/{note.uuid}/").status_code == 404
    assert school.get(f"/arenden/{case.reference}/ny/mal/").status_code == 404
    wrong = {"kind": "meeting", "text": "Rättelse", "key": str(uuid4())} | on("on", clock.today())
    refused = team.post(f"/arenden/{case.reference}/ny/rattelse/{note.uuid}/", wrong)
    assert "rättas av den sida som skrev den" in text(refused)


# The page


def test_the_page_tells_the_one_next_step_with_its_day_and_whose_it_is(as_, path, cast):
    case, client = path.support(), as_(cast.tuva)
    page = text(client.get(f"/arenden/{case.reference}/"))
    turn = Turn.objects.open().get(case=case)
    assert (turn.step, turn.due) == ("support", case.next_review)
    assert "Nästa: håll nästa uppföljning" in page
    assert "Boka mötet" in page
    assert "Tuva Test, Team Söder" in page
    edit(case, by=cast.tuva, next_review=clock.today() - timedelta(days=3))
    page = text(client.get(f"/arenden/{case.reference}/"))
    assert "3 dagar försenad" in page
    assert "Börja uppföljningen" in page


def test_the_whole_timeline_in_words_narrowed_to_one_kind(as_, path, cast):
    case, client = path.support(), as_(cast.tuva)
    path.occasion(case)
    everything = text(client.get(f"/arenden/{case.reference}/handelser/"))
    tools = text(client.get(f"/arenden/{case.reference}/handelser/?slag=insatser"))
    assert "Kartläggningen började" in everything
    assert "Samtal, 45 minuter" in everything
    assert "Kartläggningen började" not in tools
    assert "Samtal, 45 minuter" in tools
    # The school is told of the path and of what a consent shares, by no other names.
    schools = text(as_(cast.sara).get(f"/arenden/{case.reference}/handelser/"))
    assert "Ett mål sattes" in schools
    assert "Samtal, 45 minuter" not in schools


def test_what_happened_stands_by_its_moment_whatever_order_it_was_told_in(
    as_, path, cast, monkeypatch
):
    """A meeting of last week is written down today; a goal was set in between."""
    case, client = path.mapping(), as_(cast.tuva)
    url = f"/arenden/{case.reference}/"
    with clock.at(clock.now() + timedelta(days=9)):
        with clock.at(clock.now() - timedelta(days=2)):
            begin(Participant(case=case, membership=cast.mona, profession="Chef"), by=cast.tuva)
        with clock.at(clock.now() - timedelta(days=5)):
            begin(MappedNeed(case=case, text="Lugnare start"), by=cast.tuva)
        with clock.at(clock.now() - timedelta(days=3)):
            begin(Participant(case=case, membership=cast.siv, profession="Mentor"), by=cast.tuva)
        shown = client.get(url).context["events"]
        newest = [(row.kind, row.at.date()) for row in shown[:3]]
        today = clock.now().date()
        assert newest == [
            ("participant", today - timedelta(days=2)),
            ("participant", today - timedelta(days=3)),
            ("mappedneed", today - timedelta(days=5)),
        ]
        # Page by page it is the same order, with nothing twice and nothing left out.
        whole = [row.pk for row in client.get(f"{url}handelser/").context["events"]]
        monkeypatch.setattr("referrals.views.case.PAGE", 2)
        paged, before = [], ""
        while True:
            page = client.get(f"{url}handelser/", {"fore": before}).context
            paged += [row.pk for row in page["events"]]
            if not page["next"]:
                break
            before = page["next"]
        assert paged == whole
        moments = [(row.at, row.pk) for row in client.get(url).context["events"]]
        assert moments == sorted(moments, reverse=True)


def test_why_is_kept_and_told_to_those_the_case_is_open_to(as_, path, cast):
    case, client = path.support(), as_(cast.tuva)
    why = "Familjen har flyttat"
    assert act(client, case, "revise_plan", why=why, pupil_asked="on").status_code == 302
    assert why in text(client.get(f"/arenden/{case.reference}/"))
    assert why not in text(as_(cast.sara).get(f"/arenden/{case.reference}/"))


@pytest.mark.parametrize("page", ["kartlaggning/", "plan/", "uppfoljningar/", "anteckningar/"])
def test_the_pages_of_the_work_cost_the_same_however_much_is_written(page, as_, path, cast):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    case, client = path.support(), as_(cast.tuva)

    def more() -> None:
        path.goal(case)
        path.occasion(case)
        note = Note(case=case, kind="talk", on=clock.today(), text="Hej", written_by=cast.tuva)
        begin(note, by=cast.tuva)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/arenden/{case.reference}/{page}").status_code == 200
        return len(found)

    more()
    cost()
    few = cost()
    for _n in range(5):
        more()
    assert cost() == few


def test_a_section_belongs_to_the_team_where_no_school_began_it(path, cast):
    """Without a referral nobody at the school is named yet."""
    pupil = path.pupil(by=cast.tuva, school=cast.school, team=cast.team)
    new = Case(
        pupil=pupil,
        programme=cast.programme,
        team=cast.team,
        school=cast.school,
        responsible=cast.tuva,
        deputy=cast.mona,
        baseline_unknown="no_data",
    )
    case = begin(new, by=cast.tuva).obj
    path.sign(path.ask(case, by=cast.tuva, deputy=cast.mona))
    assert {(s.side, s.owner) for s in Section.objects.filter(case=case)} == {("team", cast.tuva)}


def test_the_unit_manager_sees_load_lateness_and_what_awaits_a_decision(as_, path, cast):
    path.support()
    closing = path.closing()
    asked_of = path.submitted()
    perform(asked_of.ask_manager, by=cast.tuva)
    late = path.mapping()
    Turn.objects.open().filter(case=late).update(due=clock.today() - timedelta(days=4))
    answer = as_(cast.mona).get("/laget/")
    load = {row["responsible__user__first_name"]: row for row in answer.context["load"]}
    assert (load["Tuva"]["cases"], load["Tuva"]["late"]) == (3, 1)
    decided = [(row["step"], row["reference"]) for row in answer.context["decisions"]]
    assert sorted(decided) == [("close", closing.reference), ("decide", asked_of.reference)]
    assert [row["reference"] for row in answer.context["late"]] == [late.reference]
    assert not re.search("Alva|Hemlig", text(answer))
    assert as_(cast.tuva).get("/laget/").status_code == 404
