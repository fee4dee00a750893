"""What the random walk needs to know of each move: what it is told, what is in place, what begins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from accounts import clock
from history.door import begin, perform
from referrals import models
from tests.cast import Path


def details(path: Path, obj: Any, name: str, dice: Random) -> dict[str, Any]:
    """What a move is told: mostly what may do, the same number of throws whatever it is."""
    cast, today = path.cast, clock.today()
    two = {"responsible": dice.choice((cast.tuva, cast.tore)), "deputy": cast.mona}
    school = dice.choice((cast.school, cast.new_school))
    fewer = dice.choice((["plan"], ["plan", "review", "referral"]))
    progress = dice.random() < 0.5
    dated = {"next_review": today + timedelta(days=30)}
    of_kind: dict[tuple[str, str], dict[str, Any]] = {
        ("referral", "accept"): {"exception": "Behövs"} | two,
        ("referral", "decline"): {"code": "no_answer", "instead": "BUP"},
        ("referral", "withdraw"): {"code": "other"},
        ("transfer", "decline"): {"why": "Fullt"},
        ("intervention", "cancel"): {"code": "no_effect"},
    }
    of_name: dict[str, dict[str, Any]] = {
        "return_for_completion": {"missing": "Frånvaro"},
        "agree_plan": dated | {"voice_how": "took_part"},
        "continue_support": dated | {"why": "Det behövs"},
        "revise_plan": {"why": "Nytt läge", "pupil_asked": True},
        "propose_closure": {"code": "other", "planned": True},
        "change_school": {"school": school},
        "propose_team": {"team": cast.other_team},
        "agree_team": {"responsible": cast.odd, "deputy": cast.oda},
        "hand_on": two,
        "cover": _who_is_left(cast, obj),
        "name_colleague": {"colleague": cast.siv},
        "name_person": {"person": cast.rut},
        "lapse": {"code": "no_answer"},
        "narrow": {"categories": fewer},
        "choose_items": {"items": [("identity", str(obj.uuid))]},
        "acknowledge": {"person": cast.rut},
        "start": {"on": today},
        "not_start": {"why": "Fullt"},
        "write": {"text": "Så här är det."},
        "set_aside": {"why": "Inte nu"},
        "hide_from_guardian": {"why": "Kan skada eleven"},
        "show_to_guardian": {"why": "Faran är över"},
        "assign": {"owner": cast.tuva, "side": "team"},
        "answer": {"words": "Det är stökigt."},
        "document": {
            "held_on": today,
            "text": "Bättre",
            "progress": progress,
            "absence_not_known": "no_data",
        },
        "go_on": {"until": today + timedelta(days=60), "school": school},
        "hand_back": {"why": "Behövs igen"},
        "contact": {"next_step": "Ring igen", "due": today},
        "plan_meeting": {"next_step": "Möte", "due": today},
        "reopen": {"why": "Inte klart"},
        "drop": {"on": today, "why": "Gäller inte"},
        "meet_fully": {"on": today},
        "meet_partly": {"on": today},
        "miss": {"on": today},
        "leave_without_goal": {"why": "Hör till ett annat"},
    }
    kind = type(obj)._meta.model_name
    if kind == "consent" and name == "hand_on":
        return _who_is_left(cast, obj)
    if kind == "consent" and name in ("sign", "refuse"):
        return {"line": obj.lines.order_by("status", "pk").last()}
    return of_kind.get((kind, name)) or of_name.get(name, {})


def _who_is_left(cast: Any, obj: Any) -> dict[str, Any]:
    """Two who work where the object is somebody's to answer for; one for a contact outside or a section."""
    if isinstance(obj, models.OutsideContact):
        return {"responsible": obj.case.deputy}
    if isinstance(obj, models.Section):
        return {"owner": cast.petra if obj.organisation == cast.school else cast.nina}
    where = obj.asker if isinstance(obj, models.Consent) else getattr(obj, "team", None)
    pairs = {
        cast.other_team.pk: (cast.odd, cast.oda),
        cast.school.pk: (cast.siv, cast.petra),
        cast.new_school.pk: (cast.nina, cast.nina),
    }
    responsible, deputy = pairs.get(where and where.pk, (cast.tore, cast.mona))
    return {"responsible": responsible, "deputy": deputy}


def prepare(path: Path, obj: Any, name: str) -> None:
    """What a move of a case needs, put in place first: the walk is to get somewhere."""
    if isinstance(obj, models.Case) and name in NEEDS:
        NEEDS[name](path, obj)


def _map(path: Path, case: Any) -> None:
    for section in case.sections.filter(status="empty").order_by("pk"):
        perform(section.write, by=path.cast.tuva, text="Vi har pratat med alla.")
    for voice in case.voices.filter(status="waiting").order_by("pk"):
        perform(voice.offer, by=path.cast.tuva)


def _set_a_goal(path: Path, case: Any) -> None:
    if not case.goals.filter(status="open").exists():
        path.goal(case)


def _look_back(path: Path, case: Any) -> None:
    path.reviewed(case)
    _estimate(path, case)


def _estimate(path: Path, case: Any) -> None:
    for goal in case.goals.filter(status="open").order_by("pk"):
        estimate = models.Estimate(case=case, goal=goal, month=clock.today(), by_team=5)
        begin(estimate, by=path.cast.tuva)


def _consider(path: Path, case: Any) -> None:
    if not case.has_open_transfer():
        path.considered(case)


def _name_the_other_team(path: Path, case: Any) -> None:
    """The family has said yes to the team that is to take over: it waits for that team's yes."""
    if not case.consents.waiting().for_support().exists():
        path.sign(path.ask(case.referral, names_team=path.cast.other_team))


NEEDS: dict[str, Callable[[Path, Any], object]] = {
    "finish_mapping": _map,
    "agree_plan": _set_a_goal,
    "continue_support": _look_back,
    "confirm_closure": lambda path, case: path.ready_to_close(case),
    "propose_transfer": _consider,
    "agree_team": _name_the_other_team,
}


def _ask(path: Path, referral: Any, case: Any, dice: Random) -> None:
    path.ask(case or referral)


def _sign(path: Path, referral: Any, case: Any, dice: Random) -> None:
    waiting = models.Consent.objects.waiting().filter(trail=referral.trail_id).order_by("pk")
    path.sign(waiting.first() or path.ask(case or referral))


def _twin(path: Path, referral: Any, case: Any, dice: Random) -> None:
    """The same person, known to another school, which asks for the same."""
    nina, number = path.cast.nina, referral.pupil.number.open()
    other = path.draft(path.pupil(by=nina, number=number), by=nina)
    other = perform(other.submit, by=nina).obj
    perform(other.accept, by=path.cast.tuva, **path.two)
    path.sign(path.ask(other, by=nina, deputy=nina))


def _review(path: Path, referral: Any, case: Any, dice: Random) -> None:
    begin(models.Review(case=case, held_on=clock.today()), by=path.cast.tuva)


def _contact(path: Path, referral: Any, case: Any, dice: Random) -> None:
    tuva = path.cast.tuva
    contact = models.OutsideContact(
        case=case, kind="bup", next_step="Ring", due=clock.today(), responsible=tuva
    )
    begin(contact, by=tuva)


def _tool(path: Path, referral: Any, case: Any, dice: Random) -> None:
    if dice.random() < 0.5:
        path.occasion(case)
        return
    chosen = models.Intervention(
        case=case, tool=path.cast.tool, owner=path.cast.tuva, legal_form="without_needs_test"
    )
    begin(chosen, by=path.cast.tuva)


def _note(path: Path, referral: Any, case: Any, dice: Random) -> None:
    tuva = path.cast.tuva
    note = models.Note(case=case, kind="call", on=clock.today(), text="Ring.", written_by=tuva)
    begin(note, by=tuva)


def _participant(path: Path, referral: Any, case: Any, dice: Random) -> None:
    who = models.Participant(case=case, membership=path.cast.tore, profession="Kurator")
    begin(who, by=path.cast.tuva)


PARTS: dict[str, Callable[[Path, Any, Any, Random], object]] = {
    "ask": _ask,
    "sign": _sign,
    "twin": _twin,
    "goal": lambda path, referral, case, dice: path.goal(case),
    "review": _review,
    "transfer": lambda path, referral, case, dice: path.considered(case),
    "contact": _contact,
    "tool": _tool,
    "estimate": lambda path, referral, case, dice: _estimate(path, case),
    "note": _note,
    "participant": _participant,
}
