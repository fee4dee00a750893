"""What was written in error: said so with a reason by those who answer for it, never changed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection

from accounts import clock, people
from history.door import begin, perform
from history.models import Event
from referrals.models import (
    Absence,
    BreakGlass,
    Case,
    MappedNeed,
    Note,
    Occasion,
    Participant,
)
from tests.conftest import told, what_is_wrong
from tests.test_case_work import act, text

WHY = "Det var en annan elev."
LINK = r"/gor/(\w+)/[0-9a-f-]{36}/mark_in_error/"


def offered(client, case, page: str = "") -> list[str]:
    """The kinds of thing a page lets its reader say are wrong."""
    return re.findall(LINK, text(client.get(f"/arenden/{case.reference}/{page}")))


def measured(case: Case) -> Absence:
    return Absence(
        case=case,
        purpose="review",
        period_from=clock.today() - timedelta(days=10),
        period_to=clock.today() - timedelta(days=1),
        offered=1000,
        reported=1000,
        valid=10,
        invalid=10,
    )


def columns(row) -> dict[str, object]:
    """The row as it lies in its table, sealed columns too."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {row._meta.db_table} WHERE id = %s", [row.pk])
        names = [column[0] for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


@pytest.fixture
def wrong(path, cast):
    """One of each in a case of tuva's, for which tore, who has left since, was the deputy."""
    case = path.support()
    case = perform(case.hand_on, by=cast.tuva, responsible=cast.tuva, deputy=cast.tore).obj
    note = Note(case=case, kind="talk", on=clock.today(), text="Om syskonet", written_by=cast.tore)
    note = perform(begin(note, by=cast.tore).obj.sign, by=cast.tore).obj
    held = path.occasion(case)
    held = Occasion(
        case=case,
        intervention=held.intervention,
        on=clock.today(),
        minutes=30,
        given_by=cast.tore,
    )
    rows = [
        note,
        begin(held, by=cast.tuva).obj,
        begin(measured(case), by=cast.tuva).obj,
        begin(MappedNeed(case=case, text="Fel behov"), by=cast.tuva).obj,
    ]
    people.deactivate(cast.adam, cast.tore.user)
    return rows


def test_the_responsible_says_so_of_what_somebody_wrote_who_has_left(as_, wrong, cast):
    tuva = as_(cast.tuva)
    case = wrong[0].case
    assert offered(tuva, case, "anteckningar/") == ["note"]
    assert offered(tuva, case) == ["absence"]
    assert offered(tuva, case, "plan/") == ["occasion", "occasion", "mappedneed"]
    for row in wrong:
        before = columns(row)
        refused = act(tuva, row, "mark_in_error", reason=" ")
        assert "Skriv vad som är fel." in text(refused)
        assert act(tuva, row, "mark_in_error", reason=WHY).status_code == 302
        last = Event.objects.of(row).last()
        assert (last.move, last.words.text.open()) == ("mark_in_error", WHY)
        after = columns(row)
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {"status", "version"}
        assert not type(row).objects.visible_to(cast.tuva).filter(pk=row.pk).exists()
    assert what_is_wrong() == []


def test_the_unit_manager_has_the_way_to_what_they_may_read(as_, wrong, cast):
    case, mona = wrong[0].case, as_(cast.mona)
    assert not Case.objects.open_to(cast.mona).exists()
    assert offered(mona, case) == ["absence"]
    assert offered(mona, case, "plan/") == ["occasion", "occasion", "mappedneed"]
    # Notes are not the unit manager's to read, so neither to mark: the responsible does that.
    assert act(mona, wrong[0], "mark_in_error", reason=WHY).status_code == 404
    for row in wrong[1:]:
        assert act(mona, row, "mark_in_error", reason=WHY).status_code == 302
        assert told(row)[-1] == "mark_in_error"
    # An emergency opens a case for reading only.
    begin(BreakGlass(case=case, by=cast.mona, hours=1, why="Akut"), by=cast.mona)
    found = [offered(mona, case, page) for page in ("", "plan/", "anteckningar/")]
    assert found == [[], [], []]


def test_also_while_the_case_rests(as_, wrong, cast):
    case = wrong[0].case
    perform(case.consents.active().get().withdraw, by=cast.sara)
    tuva = as_(cast.tuva)
    assert offered(tuva, case, "anteckningar/") == ["note"]
    assert offered(tuva, case, "plan/") == ["occasion", "occasion", "mappedneed"]
    assert act(tuva, wrong[0], "mark_in_error", reason=WHY).status_code == 302
    assert told(wrong[0]) == ["write", "sign", "mark_in_error"]


def test_at_the_school_the_writer_and_the_principal(as_, path, cast):
    case = path.support()
    begin(Participant(case=case, membership=cast.siv, profession="Mentor"), by=cast.tuva)
    notes = []
    for _n in range(2):
        note = Note(case=case, kind="call", on=clock.today(), text="Fel", written_by=cast.sara)
        notes.append(perform(begin(note, by=cast.sara).obj.sign, by=cast.sara).obj)
    sara, siv, petra = (as_(who) for who in (cast.sara, cast.siv, cast.petra))
    pages = [offered(client, case, "anteckningar/") for client in (sara, siv, petra)]
    assert pages == [["note"] * 2, [], ["note"] * 2]
    assert act(siv, notes[0], "mark_in_error", reason=WHY).status_code == 403
    for client, note in zip((sara, petra), notes, strict=True):
        assert act(client, note, "mark_in_error", reason=WHY).status_code == 302
    assert not Note.objects.visible_to(cast.petra).filter(case=case).exists()


def test_a_baseline_is_its_schools_to_take_back(as_, path, cast):
    case = path.support()
    baseline = case.baseline
    assert [offered(as_(who), case) for who in (cast.tuva, cast.sara, cast.petra)] == [
        [],
        ["absence"],
        ["absence"],
    ]
    assert act(as_(cast.tuva), baseline, "mark_in_error", reason=WHY).status_code == 403
    sent = act(as_(cast.petra), baseline, "mark_in_error", reason=WHY)
    assert sent.headers["Location"] == f"/arenden/{case.reference}/"
    assert Case.objects.get(pk=case.pk).baseline is None
