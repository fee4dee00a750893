"""Every status of what school and social services do together, and who may make which move from it:
written by hand from the tables of docs/collaboration.md and docs/surveys.md."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.models import CLOCK, Signatory
from collaboration.models import (
    Agreement,
    ContactAssignment,
    ForumAction,
    ForumMeeting,
    FundingAnswer,
    FundingApplication,
    Interview,
    SupportMaterial,
    SurveyRound,
)
from history.door import Conflict, perform
from history.models import Living
from tests.conftest import what_is_wrong

pytestmark = pytest.mark.django_db
DISTRICT, BOSS, ADMIN = {"dag"}, {"mona"}, {"adam"}
SCHOOL = {"sara", "siv", "petra"}
TEAM = {"tuva", "tore", "mona"}
LINK, SYSTEM = {"link"}, {"clock"}
# The agreement of the tests binds Söder, its team's people speak for it, and three schools.
PARTIES = SCHOOL | TEAM | {"nina"}
CONVENER = BOSS | DISTRICT

# What goes on when whoever held it leaves, or the organisation is merged.
GOES_ON = {"cover": SYSTEM, "hand_on": ADMIN}
WRITER = DISTRICT | ADMIN | SYSTEM
MOVES_ON = GOES_ON | {"follow_organisation": SYSTEM}
END = MOVES_ON | {"terminate": DISTRICT, "supersede": SYSTEM, "run_out": SYSTEM}
AGREEMENT: dict[str, dict[str, set[str]]] = {
    "draft": MOVES_ON
    | {
        "assign_section": WRITER,
        "write_section": DISTRICT,
        "add_section": DISTRICT,
        "remove_section": DISTRICT,
        "set_party": DISTRICT,
        "send_for_comment": DISTRICT,
        "drop": DISTRICT,
    },
    "in_review": MOVES_ON
    | {
        "assign_section": WRITER,
        "comment": PARTIES | DISTRICT | LINK,
        "reopen": DISTRICT,
        "ask_signatures": DISTRICT,
        "remind": DISTRICT | SYSTEM,
        "sign": DISTRICT | LINK,
        "drop": DISTRICT,
    },
    "signed": MOVES_ON | {"assign_section": WRITER, "publish": DISTRICT | SYSTEM, "drop": DISTRICT},
    "active": END | {"call_review": DISTRICT | SYSTEM},
    "review_due": END | {"keep": DISTRICT, "evaluate": DISTRICT},
    **{status: {} for status in ("superseded", "terminated", "dropped")},
}
NAMED = {"tuva"}
ENDS = {"follow_team": SYSTEM, "close_with_school": SYSTEM}
CONTACT: dict[str, dict[str, set[str]]] = {
    "announced": {
        "confirm": SCHOOL | LINK,
        "confirm_for": BOSS,
        "remind": BOSS | SYSTEM,
        "activate": SYSTEM,
        "write_handover": BOSS | NAMED,
        "withdraw": BOSS | ADMIN | SYSTEM,
    }
    | ENDS,
    "active": {
        "vacate": BOSS | ADMIN | SYSTEM,
        "plan_end": BOSS | ADMIN,
        "reaffirm": BOSS,
        "write_handover": BOSS | NAMED,
        "end": SYSTEM,
    }
    | ENDS,
    "vacant": {"end": SYSTEM} | ENDS,
    "ended": {},
}
CALLED = SCHOOL | TEAM | {"nina", "rut"}
MEETING: dict[str, dict[str, set[str]]] = {
    "planned": GOES_ON | {"set_invitee": CONVENER, "invite": CONVENER, "cancel": CONVENER},
    "invited": GOES_ON
    | {
        "set_invitee": CONVENER,
        "move_to": CONVENER,
        "remind": CONVENER | SYSTEM,
        "answer": CALLED | LINK,
        "cancel": CONVENER,
        "hold": CONVENER,
    },
    "held": GOES_ON | {"write_minutes": CONVENER, "correct_presence": CONVENER},
    "minuted": {"correct_minutes": CONVENER, "correct_presence": CONVENER},
    "cancelled": {},
}
ACTION: dict[str, dict[str, set[str]]] = {
    "open": MOVES_ON | {"finish": CONVENER | SCHOOL, "drop": CONVENER},
    "done": {},
    "dropped": {},
}
CENTRAL = {"cecilia"}
STOPS = {"stop_repeating": CENTRAL}
SURVEY: dict[str, dict[str, set[str]]] = {
    "draft": GOES_ON | STOPS | {"open": CENTRAL | SYSTEM, "drop": CENTRAL},
    "open": GOES_ON | STOPS | {"remind": CENTRAL | SYSTEM, "close": CENTRAL | SYSTEM},
    "closed": GOES_ON | STOPS | {"report": CENTRAL, "set_aside": CENTRAL | SYSTEM},
    "reported": STOPS,
    "too_few": STOPS,
    "dropped": STOPS,
}
KEEPERS = CENTRAL | DISTRICT
# Meant for schools and teams, wherever they are.
READERS = {"sara", "siv", "tuva", "tore", "oda"}
MATERIAL: dict[str, dict[str, set[str]]] = {
    "draft": GOES_ON | {"publish": KEEPERS},
    "published": GOES_ON
    | {"publish": KEEPERS, "reaffirm": KEEPERS, "acknowledge": READERS, "retire": KEEPERS},
    "retired": {},
}
FUNDING: dict[str, dict[str, set[str]]] = {
    "draft": MOVES_ON
    | dict.fromkeys(("choose_schools", "ask_principals", "submit", "drop"), DISTRICT),
    "submitted": MOVES_ON | {"take_back": DISTRICT, "grant": CENTRAL, "reject": CENTRAL},
    "granted": MOVES_ON
    | {"decide_carry": CENTRAL}
    | dict.fromkeys(
        ("change_schools", "report_in_july", "report_finally", "correct_report"), DISTRICT
    ),
    "rejected": {},
    "dropped": {},
    "reported": {"correct_report": DISTRICT},
}
LAPSE = {"lapse": SYSTEM}
ANSWER: dict[str, dict[str, set[str]]] = {
    "asked": LAPSE | {"join": {"petra"}, "decline": {"petra"}},
    "joined": LAPSE | {"decline": {"petra"}, "ask_again": SYSTEM},
    "declined": LAPSE | {"join": {"petra"}, "ask_again": SYSTEM},
    "lapsed": {},
}
INTERVIEW: dict[str, dict[str, set[str]]] = {
    "planned": GOES_ON
    | {
        "permit": CENTRAL,
        "decline": CENTRAL,
        "hold": CENTRAL,
        "move_to": CENTRAL,
        "cancel": CENTRAL,
    },
    "held": GOES_ON | {"decline": CENTRAL, "summarise": CENTRAL},
    "summarised": {},
    "declined": {},
    "cancelled": {},
}
TABLES: dict[Any, tuple[dict[str, dict[str, set[str]]], str]] = {
    Agreement: (AGREEMENT, "agreement_in"),
    ContactAssignment: (CONTACT, "contact_in"),
    ForumMeeting: (MEETING, "meeting_in"),
    ForumAction: (ACTION, "action_in"),
    SurveyRound: (SURVEY, "survey_in"),
    SupportMaterial: (MATERIAL, "material_in"),
    FundingApplication: (FUNDING, "funding_in"),
    FundingAnswer: (ANSWER, "answer_in"),
    Interview: (INTERVIEW, "interview_in"),
}


def test_every_machine_of_the_collaboration_has_its_table():
    mine = apps.get_app_config("collaboration").get_models()
    assert {model for model in mine if issubclass(model, Living)} == set(TABLES)


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
        for name in {"olga", "odd", "gun", "ove"} - table[status].get(move, set()):
            with pytest.raises((PermissionDenied, Conflict, Http404)):
                perform(getattr(obj, move), by=cast.__dict__[name])
    assert model.objects.get(pk=obj.pk).version == obj.version
    assert what_is_wrong() == []
