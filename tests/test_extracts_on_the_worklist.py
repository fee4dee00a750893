"""What a family has asked for is somebody's turn until it is answered, also of a protected pupil."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts import clock, people
from accounts.models import User
from history import outbox
from history.door import edit, perform
from history.models import Outgoing
from tests.conftest import what_is_wrong
from tests.test_desk import _date
from tests.test_extracts import asked, own_folder, released
from tests.test_pages import text
from workflows import deadlines
from workflows.models import Extract, Notice, Turn, Vacancy

pytestmark = pytest.mark.both_engines
__all__ = ["own_folder"]


def turns(actor) -> list[tuple[str, str]]:
    """Step and whose it is, of the extracts the reader knows to wait."""
    rows = Turn.objects.visible_to(actor).open().filter(what="extract").order_by("pk")
    return [(row.step, row.responsible.user.username if row.responsible else "") for row in rows]


def test_each_step_is_a_turn_of_its_own_until_it_is_handed_out(path, cast):
    extract = asked(path, path.support(), by=cast.sara)
    assert turns(cast.sara) == [("examine", "sara")]
    assert Turn.objects.open().get(what="extract").due == extract.asked_on + timedelta(days=30)
    extract = perform(extract.examine, by=cast.sara, whose=cast.sara, hidden={}).obj
    assert turns(cast.petra) == [("release", "petra")]
    assert Notice.objects.get(to=cast.petra, what="extract").object_uuid == extract.uuid
    extract = perform(extract.release, by=cast.petra, whose=cast.petra).obj
    assert turns(cast.sara) == [("hand_out", "sara")]
    for pk in outbox.waiting(clock.now()):
        outbox.send(pk)
    extract = Extract.objects.get(pk=extract.pk)
    assert (extract.status, turns(cast.sara)) == ("ready", [("hand_out", "sara")])
    perform(extract.hand_out, by=cast.sara, how="paper")
    assert turns(cast.sara) == []
    assert what_is_wrong() == []


def test_whoever_took_a_step_does_not_keep_the_next(path, cast):
    extract = asked(path, path.support(), by=cast.sara)
    Turn.objects.open().filter(what="extract").update(taken_by=cast.sara)
    extract = perform(extract.examine, by=cast.sara, whose=cast.sara, hidden={}).obj
    mine = Turn.objects.mine(cast.petra).filter(what="extract")
    assert [(turn.step, turn.taken_by) for turn in mine] == [("release", None)]


def test_whoever_checked_it_is_not_asked_to_let_it_go(path, cast):
    extract = asked(path, path.support(), by=cast.sara)
    perform(extract.examine, by=cast.petra, whose=cast.petra, hidden={})
    assert turns(cast.petra) == [("release", "")]


def test_it_is_known_on_its_own_side_and_nowhere_else(path, cast):
    asked(path, path.support(), by=cast.tuva)
    known = [cast.tuva, cast.mona]
    others = [cast.sara, cast.petra, cast.tore, cast.odd, cast.olga, cast.rut, cast.gun, cast.adam]
    assert [len(turns(one)) for one in known + others] == [1, 1, *[0] * len(others)]


def test_the_worklist_says_what_waits_under_which_number(as_, path, cast):
    case = path.support()
    reference, client = case.referral.reference, as_(cast.sara)
    given = {"key": str(uuid4()), "kind": "looks", "for_whom": "pupil", "language": "sv"}
    sent = client.post(f"/utdrag/nytt/{reference}/", given | _date("asked_on", clock.today()))
    row = next(row for row in client.get("/").context["rows"] if row["what"] == "extract")
    assert (row["url"], row["reference"]) == (sent.headers["Location"], reference)
    assert (row["words"], row["name"]) == (
        "Pröva vad ett utdrag får innehålla",
        "Vem som har läst om eleven",
    )


def test_a_protected_pupils_extract_stands_in_its_holders_worklist_and_in_no_list(as_, path, cast):
    case = path.support()
    ready = released(asked(path, case, by=cast.sara), cast.petra, cast.sara)
    asked(path, case, by=cast.sara)
    client, chief = as_(cast.sara), as_(cast.petra)
    assert text(client.get("/utdrag/")).count("Registerutdrag") == 2
    edit(case.pupil, by=cast.sara, protection="marked")
    assert turns(cast.petra) == []
    for reader in (client, chief):
        page = text(reader.get("/utdrag/"))
        assert ("Ingen begäran väntar." in page, "Registerutdrag" in page) == (True, False)
    rows = [row for row in client.get("/").context["rows"] if row["what"] == "extract"]
    assert [(row["name"], row["words"], row["state"]) for row in rows] == [
        ("Skyddat ärende", "", ""),
        ("Skyddat ärende", "", ""),
    ]
    assert ready.status == "ready"
    assert what_is_wrong() == []


def test_late_is_said_once_to_each_and_then_to_the_leader(path, cast):
    extract = asked(path, path.support(), by=cast.sara)
    with clock.at(clock.now() + timedelta(days=28)):
        deadlines.run()
        deadlines.run()
    assert Notice.objects.filter(to=cast.sara, code="due", object_uuid=extract.uuid).count() == 1
    with clock.at(clock.now() + timedelta(days=45)):
        deadlines.run()
        deadlines.run()
    assert Notice.objects.filter(to=cast.petra, code="late", object_uuid=extract.uuid).count() == 1


def test_an_extract_changes_hands_by_the_leader_and_when_its_keeper_leaves(as_, path, cast):
    extract = asked(path, path.support(), by=cast.tuva)
    with pytest.raises(PermissionDenied):
        perform(extract.hand_on, by=cast.tuva, responsible=cast.tore)
    with pytest.raises(ValidationError, match="arbetar hos er"):
        perform(extract.hand_on, by=cast.mona, responsible=cast.sara)
    client, url = as_(cast.mona), f"/utdrag/{extract.uuid}/"
    missing = client.post(url, {"move": "hand_on", "responsible": ""})
    assert "Välj en person." in text(missing)
    assert client.post(url, {"move": "hand_on", "responsible": cast.tore.pk}).status_code == 302
    assert turns(cast.tore) == [("examine", "tore")]
    people.deactivate(cast.adam, User.objects.get(pk=cast.tore.user_id))
    for row in Outgoing.objects.filter(kind="leaving", sent=None):
        assert outbox.send(row.pk)
    assert Extract.objects.get(pk=extract.pk).responsible == cast.mona
    assert [v.holding for v in Vacancy.objects.all()] == ["extract.responsible"]
    assert turns(cast.mona) == [("examine", "mona")]
    assert what_is_wrong() == []
