"""A move that is refused names what it lacks, each with the way to it; nobody is told what they may not read."""

from __future__ import annotations

import re
from datetime import timedelta

from accounts import clock
from history.door import begin, perform
from referrals.models import Case, Estimate, Goal, MappedNeed
from tests.test_case_work import act, on, text

WAY = re.compile(r'<li> ?<a href="(/arenden/[^"#]+)#([^"]+)">(.*?)</a> ?</li>')


def named(client, answer) -> list[str]:
    """What a page names as lacking, in order; every way leads to a place that is there."""
    found = []
    for url, place, name in WAY.findall(text(answer)):
        assert f'id="{place}"' in text(client.get(url)), place
        found.append(name)
    return found


def agree(client, case):
    given = on("next_review", clock.today() + timedelta(days=28))
    return act(client, case, "agree_plan", voice_how="took_part", **given)


def test_finishing_the_mapping_names_the_empty_sections_and_the_voice(as_, path, cast):
    case, client = path.mapping(), as_(cast.tuva)
    assert named(client, act(client, case, "finish_mapping")) == [
        "Skolsituation",
        "Hemmet",
        "Elevens röst",
    ]
    perform(case.sections.get(key="school").write, by=cast.sara, text="Morgnarna")
    perform(case.voices.get().offer, by=cast.tuva)
    refused = act(client, case, "finish_mapping")
    assert named(client, refused) == ["Hemmet"]
    assert "Fyll i varje del, eller skriv varför den inte är aktuell." in text(refused)
    perform(case.sections.get(key="home").set_aside, by=cast.tuva, why="Bor själv")
    assert act(client, case, "finish_mapping").status_code == 302


def test_agreeing_on_the_plan_names_the_needs_without_goal_or_reason(as_, path, cast):
    case, client = path.planning(), as_(cast.tuva)
    path.goal(case)
    left = begin(MappedNeed(case=case, text="Trygga raster"), by=cast.tuva).obj
    other = begin(MappedNeed(case=case, text="Sova bättre"), by=cast.tuva).obj
    perform(other.leave_without_goal, by=cast.tuva, why="Familjen löser det")
    assert named(client, agree(client, case)) == ["Trygga raster"]
    perform(left.leave_without_goal, by=cast.tuva, why="Löst i klassen")
    assert agree(client, Case.objects.get(pk=case.pk)).status_code == 302


def test_going_on_names_the_goals_without_an_estimate(as_, path, cast):
    case, client = path.support(), as_(cast.tuva)
    first, second = case.goals.get(), path.goal(case)
    case = perform(case.begin_review, by=cast.tuva).obj
    path.reviewed(case)
    new = Estimate(case=case, goal=first, month=clock.today(), by_team=5)
    begin(new, by=cast.tuva)
    given = on("next_review", clock.today() + timedelta(days=28))
    refused = act(client, case, "continue_support", **given)
    assert named(client, refused) == [second.text.open()]
    assert f"#goal-{second.uuid}" in text(refused)


def test_closing_names_the_goals_that_are_not_assessed(as_, path, cast):
    case = path.support()
    second = Goal(case=case, text="Sova på natten", due=clock.today() + timedelta(days=60))
    second = begin(second, by=cast.tuva).obj
    case = perform(case.propose_closure, by=cast.tuva, code="goals_met", planned=True).obj
    perform(case.goals.exclude(pk=second.pk).get().meet_fully, by=cast.tuva, on=clock.today())
    tuva, mona = as_(cast.tuva), as_(cast.mona)
    for client, page in ((tuva, ""), (tuva, "avslut/"), (mona, "")):
        assert named(client, client.get(f"/arenden/{case.reference}/{page}")) == ["Sova på natten"]
    assert named(mona, act(mona, case, "confirm_closure")) == ["Sova på natten"]
    perform(second.meet_fully, by=cast.tuva, on=clock.today())
    refused = text(act(mona, case, "confirm_closure"))
    assert "Bedöm varje mål" not in refused
    assert "Mät frånvaron en sista gång" in refused


def test_a_colleague_who_may_not_read_the_case_is_told_no_name(as_, path, cast):
    mapping, planning, support = path.mapping(), path.planning(), path.support()
    path.reviewed(perform(support.begin_review, by=cast.tuva).obj)
    begin(MappedNeed(case=planning, text="Trygga raster"), by=cast.tuva)
    tore = as_(cast.tore)  # of the team, named on nothing
    given = on("next_review", clock.today() + timedelta(days=28))
    answers = {
        "Fyll i varje del": act(tore, mapping, "finish_mapping"),
        "Varje behov behöver ett mål": agree(tore, planning),
        "Skatta varje öppet mål": act(
            tore, Case.objects.get(pk=support.pk), "continue_support", **given
        ),
    }
    for words, answer in answers.items():
        assert words in text(answer)
        assert WAY.findall(text(answer)) == []
        assert not re.search("Hemmet|Trygga raster|fyra dagar", text(answer))
