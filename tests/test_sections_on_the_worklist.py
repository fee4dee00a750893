"""Whoever at the school is to write a part of the mapping finds it where they look, until it is written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import clock, people, working_days
from history.door import begin, edit, perform
from history.models import Seen
from referrals.models import Case, Participant, Section
from tests.conftest import what_is_wrong
from tests.test_pages import asked, text
from workflows import deadlines, leaving
from workflows.models import Leaving, Notice, Turn


@pytest.fixture(autouse=True)
def fresh(db):
    cache.clear()


def awaits(client, whose: str = "mina") -> list[tuple[str, str]]:
    """What a worklist says of parts of a mapping: what to do, and whom it is about."""
    rows = client.get(f"/?vems={whose}").context["rows"]
    return [(row["words"], row["name"]) for row in rows if row["what"] == "section"]


@pytest.fixture
def part(path):
    """The school's part of a mapping that has just begun; sara wrote the referral and has it."""
    return path.mapping().sections.get(key="school")


FILL_IN = "Fyll i en del av kartläggningen: Skolsituation"


def test_it_stands_on_the_worklist_with_its_day_and_leads_to_its_place(as_, part, cast):
    sara = as_(cast.sara)
    assert awaits(sara) == [(FILL_IN, part.case.pupil.name)]
    row = next(row for row in sara.get("/").context["rows"] if row["what"] == "section")
    assert row["due"] == working_days.add(clock.today(), 15)
    url, _sign, place = row["url"].partition("#")
    assert f'<a href="{row["url"]}">' in text(sara.get("/"))
    assert f'id="{place}"' in text(sara.get(url))
    assert f"/gor/section/{part.uuid}/write/" in text(sara.get(url))
    # The team has the case's own step, and sees what it waits for.
    assert awaits(as_(cast.tuva)) == []
    assert awaits(as_(cast.tuva), "vantar") == [(FILL_IN, part.case.pupil.name)]
    assert what_is_wrong() == []


@pytest.mark.parametrize(
    ("move", "given"), [("write", {"text": "Morgnarna"}), ("set_aside", {"why": "Hemundervisning"})]
)
def test_it_is_gone_when_written_or_set_aside(move, given, as_, part, cast):
    sara = as_(cast.sara)
    sent = sara.post(f"/gor/section/{part.uuid}/{move}/", asked(part, **given))
    assert (sent.status_code, awaits(sara)) == (302, [])
    assert what_is_wrong() == []


def test_it_follows_its_owner(as_, part, cast):
    begin(Participant(case=part.case, membership=cast.siv, profession="Mentor"), by=cast.tuva)
    sara, siv = as_(cast.sara), as_(cast.siv)
    assert awaits(siv) == []
    perform(part.assign, by=cast.tuva, owner=cast.siv, side="school")
    assert (awaits(sara), awaits(siv)) == ([], [(FILL_IN, part.case.pupil.name)])
    perform(Section.objects.get(pk=part.pk).assign, by=cast.tuva, owner=cast.tuva, side="team")
    assert (awaits(sara), awaits(siv), awaits(as_(cast.tuva))) == ([], [], [])
    assert what_is_wrong() == []


def test_a_case_that_rests_asks_nobody_and_asks_again_when_it_goes_on(as_, part, path, cast):
    sara = as_(cast.sara)
    consent = part.case.consents.active().get()
    perform(consent.withdraw, by=cast.sara)
    assert Case.objects.get(pk=part.case_id).status == "frozen"
    assert (awaits(sara), awaits(as_(cast.tuva), "vantar")) == ([], [])
    path.sign(path.ask(part.case.referral))
    assert Case.objects.get(pk=part.case_id).status == "mapping"
    assert awaits(sara) == [(FILL_IN, part.case.pupil.name)]
    case = Case.objects.get(pk=part.case_id)
    perform(case.propose_closure, by=cast.tuva, code="moved", planned=False)
    assert awaits(sara) == []
    perform(Case.objects.get(pk=case.pk).resume, by=cast.tuva)
    assert awaits(sara) == [(FILL_IN, part.case.pupil.name)]
    assert what_is_wrong() == []


def test_it_is_seen_by_those_who_see_the_part_and_nobody_else(as_, part, cast):
    """`visible_to` of a turn equals that of its object, for everybody and wherever they look."""
    turn = Turn.objects.open().filter(what="section")
    who = [one for one in vars(cast).values() if type(one).__name__ == "Membership"]

    def sees(model_rows) -> set[str]:
        return {one.user.username for one in who if model_rows(one)}

    def of_part(one):
        return Section.objects.visible_to(one).filter(pk=part.pk).exists()

    def of_turn(one):
        return turn.visible_to(one).exists()

    assert sees(of_turn) == sees(of_part) == {"sara", "petra", "tuva", "mona"}
    # The family no longer lets the school read what is mapped: its owner still writes it.
    line = part.case.consents.active().get()
    perform(line.narrow, by=cast.sara, categories=["referral", "attendance"])
    assert sees(of_turn) == sees(of_part) == {"sara", "tuva", "mona"}
    begin(Participant(case=part.case, membership=cast.siv, profession="Mentor"), by=cast.tuva)
    perform(part.assign, by=cast.tuva, owner=cast.siv, side="school")
    assert sees(of_turn) == sees(of_part) == {"siv", "tuva", "mona"}
    edit(part.case.pupil, by=cast.sara, protection="marked")
    assert sees(of_turn) == sees(of_part) == set()


def test_of_a_protected_pupil_it_says_only_that_there_is_something(as_, part, cast):
    edit(part.case.pupil, by=cast.sara, protection="marked")
    assert awaits(as_(cast.sara)) == [("", "Skyddat ärende")]
    page = text(as_(cast.sara).get("/"))
    assert "Skolsituation" not in page
    assert "Hemlig" not in page


def test_the_old_school_is_asked_no_more_from_the_day_the_pupil_moves(as_, part, cast):
    perform(part.case.change_school, by=cast.tuva, school=cast.new_school)
    assert not Turn.objects.open().filter(what="section").exists()
    assert (awaits(as_(cast.sara), "alla"), awaits(as_(cast.nina), "alla")) == ([], [])
    assert what_is_wrong() == []


def test_it_is_reminded_of_and_told_the_principal_when_late(as_, part, cast):
    with clock.at(clock.now() + timedelta(days=20)):
        deadlines.tell_of_due()
    with clock.at(clock.now() + timedelta(days=40)):
        deadlines.escalate()
    case = part.case.reference
    told = Notice.objects.filter(reference=case, what="case").values_list(
        "to__user__username", "code"
    )
    assert ("sara", "due") in told
    assert ("petra", "late") in told
    page = text(as_(cast.petra).get("/notiser/"))
    assert f'href="/arenden/{case}/"' in page


def test_who_leaves_leaves_it_to_the_principal_who_hands_it_on(as_, part, cast):
    people.deactivate(cast.adam, cast.sara.user)
    leaving.sweep()
    petra = as_(cast.petra)
    assert awaits(petra) == [(FILL_IN, part.case.pupil.name)]
    row = Leaving.objects.get()
    vacancy = row.vacancies.get(holding="mapping.owner")
    assert (vacancy.keeper, vacancy.organisation) == (cast.petra, cast.school)
    leaving.fill(vacancy, cast.siv, cast.petra)
    assert Section.objects.get(pk=part.pk).owner == cast.siv
    assert awaits(petra) == []
    assert Turn.objects.open().get(what="section").responsible == cast.siv
    assert what_is_wrong() == []


def test_the_list_costs_the_same_with_many_and_puts_each_pupil_on_record(as_, path, cast):
    client = as_(cast.sara)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get("/").status_code == 200
        return len(found)

    one = path.mapping()
    cost()
    few = cost()
    more = [path.mapping() for _n in range(4)]
    assert (len(awaits(client)), cost()) == (5, few)
    entry = Seen.objects.order_by("-pk").first().entry
    shown = set(Seen.objects.filter(entry=entry).values_list("pupil_uuid", flat=True))
    assert shown == {case.pupil.uuid for case in (one, *more)}
