"""Every status of what school and social services do together, and who may make which move from it:
written by hand from the tables of docs/collaboration.md."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.models import CLOCK, Signatory
from collaboration.models import Agreement, ContactAssignment, ForumAction, ForumMeeting
from history.door import Conflict, perform
from tests.conftest import what_is_wrong

pytestmark = pytest.mark.django_db
DISTRICT, BOSS, ADMIN = {"dag"}, {"mona"}, {"adam"}
SCHOOL = {"sara", "siv", "petra"}
TEAM = {"tuva", "tore", "mona"}
LINK, SYSTEM = {"link"}, {"clock"}
# The agreement of the tests binds Söder, its team's people speak for it, and three schools.
PARTIES = SCHOOL | TEAM | {"nina"}
CONVENER = BOSS | DISTRICT

END = {"terminate": DISTRICT, "supersede": SYSTEM}
AGREEMENT: dict[str, dict[str, set[str]]] = {
    "draft": {
        "write_section": DISTRICT,
        "add_section": DISTRICT,
        "assign_section": DISTRICT,
        "remove_section": DISTRICT,
        "set_party": DISTRICT,
        "send_for_comment": DISTRICT,
        "drop": DISTRICT,
    },
    "in_review": {
        "comment": PARTIES | DISTRICT | LINK,
        "reopen": DISTRICT,
        "ask_signatures": DISTRICT,
        "remind": DISTRICT | SYSTEM,
        "sign": DISTRICT | LINK,
        "drop": DISTRICT,
    },
    "signed": {"publish": DISTRICT | SYSTEM, "drop": DISTRICT},
    "active": END | {"call_review": DISTRICT | SYSTEM},
    "review_due": END | {"keep": DISTRICT, "evaluate": DISTRICT},
    **{status: {} for status in ("superseded", "terminated", "dropped")},
}
NAMED = {"tuva"}
CONTACT: dict[str, dict[str, set[str]]] = {
    "announced": {
        "confirm": SCHOOL | LINK,
        "confirm_for": BOSS,
        "remind": BOSS | SYSTEM,
        "activate": SYSTEM,
        "write_handover": BOSS | NAMED,
        "withdraw": BOSS | ADMIN,
    },
    "active": {
        "vacate": BOSS | ADMIN | SYSTEM,
        "reaffirm": BOSS,
        "write_handover": BOSS | NAMED,
        "end": SYSTEM,
    },
    "vacant": {"end": SYSTEM},
    "ended": {},
}
CALLED = SCHOOL | TEAM | {"nina", "rut"}
MEETING: dict[str, dict[str, set[str]]] = {
    "planned": {"set_invitee": CONVENER, "invite": CONVENER, "cancel": CONVENER},
    "invited": {
        "set_invitee": CONVENER,
        "move_to": CONVENER,
        "remind": CONVENER | SYSTEM,
        "answer": CALLED | LINK,
        "cancel": CONVENER,
        "hold": CONVENER,
    },
    "held": {"write_minutes": CONVENER},
    "minuted": {},
    "cancelled": {},
}
ACTION: dict[str, dict[str, set[str]]] = {
    "open": {"finish": CONVENER | SCHOOL, "drop": CONVENER},
    "done": {},
    "dropped": {},
}
TABLES: dict[Any, tuple[dict[str, dict[str, set[str]]], str]] = {
    Agreement: (AGREEMENT, "agreement_in"),
    ContactAssignment: (CONTACT, "contact_in"),
    ForumMeeting: (MEETING, "meeting_in"),
    ForumAction: (ACTION, "action_in"),
}
EVERYTHING = [(model, status) for model, (table, _how) in TABLES.items() for status in table]


@pytest.mark.parametrize(
    ("model", "status"), EVERYTHING, ids=lambda of: getattr(of, "__name__", of)
)
def test_who_may_make_which_move_and_nobody_else(model, status, between, cast):
    table, how = TABLES[model]
    obj = model.objects.get(pk=getattr(between, how)(status).pk)
    assert obj.status == status
    people = {name: who for name, who in vars(cast).items() if type(who).__name__ == "Membership"}
    actors = people | {"link": Signatory.objects.create(opens=obj.uuid), "clock": CLOCK}
    leaving: dict[str, set[str]] = {}
    for move in obj.get_all_status_transitions():
        if move.source == status:
            who = {name for name, actor in actors.items() if move.has_perm(obj, actor)}
            leaving[move.name] = who
    assert leaving == table[status]
    for move in {move.name for move in obj.get_all_status_transitions()}:
        for name in ("olga", "odd", "gun", "ove"):
            with pytest.raises((PermissionDenied, Conflict, Http404)):
                perform(getattr(obj, move), by=cast.__dict__[name])
    assert model.objects.get(pk=obj.pk).version == obj.version
    assert what_is_wrong() == []
