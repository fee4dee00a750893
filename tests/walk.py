"""A random walk: anyone tries anything, and after every step all must agree."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import IntegrityError
from django.http import Http404

from accounts import clock
from accounts.models import CLOCK
from history.door import Conflict, begin, perform
from history.models import Event
from referrals import models
from tests.cast import Path, link
from workflows.checks import about
from workflows.flows import FLOWS
from workflows.receivers import PLAIN

ENDINGS = {
    "clear_draft",
    "decline",
    "lapse",
    "refuse",
    "confirm_closure",
    "drop",
    "mark_in_error",
    "cancel",
    "abandon",
}
FOLLOWS = {"join", "follow", "add_line", "drop_line", "supersede"}
REFUSALS = (
    Conflict,
    PermissionDenied,
    Http404,
    ValidationError,
    IntegrityError,
    SuspiciousOperation,
)
WALKED = (
    models.Referral,
    models.Consent,
    models.Case,
    models.Transfer,
    models.Section,
    models.PupilVoice,
    models.Goal,
    models.Review,
    models.OutsideContact,
    models.Intervention,
)


class Walk:
    """Moves made and refused, from one seed."""

    def __init__(self, cast: Any, seed: int) -> None:
        self.cast, self.path, self.dice = cast, Path(cast), Random(seed)
        self.made = self.refused = 0
        self.people = [who for who in vars(cast).values() if type(who).__name__ == "Membership"]

    def go(self, moves: int) -> None:
        while self.made < moves:
            event = self.step()
            if event is None:
                continue
            self.made += 1
            for obj in self.on_trail(event.trail_id):
                assert list(about(obj)) == [], (self.made, event)

    def step(self) -> Event | None:
        try:
            return self.something()
        except REFUSALS:
            self.refused += 1
            return None

    def something(self) -> Event | None:
        fate = self.dice.random()
        referrals = models.Referral.objects.order_by("-pk")[:4]
        if len(referrals) < 3 or fate < 0.02:
            self.path.draft()
            return Event.objects.order_by("-pk").first()
        if fate < 0.30:
            return self.new_part(self.dice.choice(list(referrals)))
        return self.move(list(referrals))

    def new_part(self, referral: Any) -> Event | None:
        """Ask anew, set a goal, plan a review, consider a hand-over …"""
        case = models.Case.objects.filter(referral=referral).first()
        what = self.dice.choice(("ask", "sign", "goal", "review", "transfer", "contact", "tool"))
        if what == "sign":
            waiting = models.Consent.objects.waiting().filter(trail=referral.trail_id)
            self.path.sign(waiting.order_by("pk").first() or self.path.ask(case or referral))
        elif what == "ask" or case is None:
            self.path.ask(case or referral)
        elif what == "goal":
            self.path.goal(case)
        elif what == "review":
            begin(models.Review(case=case, held_on=clock.today()), by=self.cast.tuva)
        elif what == "transfer":
            self.path.considered(case)
        elif what == "contact":
            contact = models.OutsideContact(
                case=case,
                kind="bup",
                next_step="Ring",
                due=clock.today(),
                responsible=self.cast.tuva,
            )
            begin(contact, by=self.cast.tuva)
        else:
            self.path.occasion(case)
        return Event.objects.order_by("-pk").first()

    def move(self, referrals: list[Any]) -> Event | None:
        """Mostly what may well succeed, sometimes anything by anyone."""
        sensible = self.dice.random() < 0.8
        referral = self.dice.choice(referrals)
        things = list(self.on_trail(referral.trail_id, WALKED))
        alive = [obj for obj in things if list(obj.get_available_status_transitions())]
        obj = self.dice.choice(alive if sensible and alive else things)
        moves = list(obj.get_available_status_transitions()) if sensible else []
        moves = moves or list(obj.get_all_status_transitions())
        # What follows from another move is asked for by the receiver that knows the other half.
        moves = [move for move in moves if move.name not in FOLLOWS]
        if not moves:
            return None
        if self.dice.random() < 0.85:  # let most live on for a while
            ends = ENDINGS | ({"withdraw"} if isinstance(obj, models.Referral) else set())
            moves = [move for move in moves if move.name not in ends] or moves
        move = self.dice.choice(moves)
        people = [*self.people, CLOCK]
        if isinstance(obj, models.Consent):
            people.append(link(obj))
        may = [by for by in people if move.has_perm(obj, by)]
        by = self.dice.choice(may if sensible and may else people)
        return perform(getattr(obj, move.name), by=by, **self.details(obj, move.name))

    def details(self, obj: Any, name: str) -> dict[str, Any]:
        today = clock.today()
        cast = self.cast
        two = {"responsible": self.dice.choice((cast.tuva, cast.tore)), "deputy": cast.mona}
        known: dict[str, dict[str, Any]] = {
            "return_for_completion": {"missing": "Frånvaro"},
            "agree_plan": {"next_review": today + timedelta(days=30), "voice_how": "took_part"},
            "continue_support": {"next_review": today + timedelta(days=30), "why": "Det behövs"},
            "revise_plan": {"why": "Nytt läge", "pupil_asked": True},
            "propose_closure": {"code": "other", "planned": True},
            "change_school": {"school": self.dice.choice((cast.school, cast.new_school))},
            "change_team": {"team": cast.other_team, **two},
            "hand_on": two,
            "accept": {"exception": "Behövs"} | two if isinstance(obj, models.Referral) else {},
            "narrow": {"categories": self.dice.choice((["plan"], ["plan", "review", "referral"]))},
            "choose_items": {"items": [("identity", str(obj.uuid))]},
            "start": {"on": today},
            "not_start": {"why": "Fullt"},
            "write": {"text": "Så här är det."},
            "set_aside": {"why": "Inte nu"},
            "assign": {"owner": cast.tuva, "side": "team"},
            "answer": {"words": "Det är stökigt."},
            "document": {"held_on": today, "text": "Bättre", "progress": self.dice.random() < 0.5},
            "contact": {"next_step": "Ring igen", "due": today},
            "plan_meeting": {"next_step": "Möte", "due": today},
            "agree": {"on": today},
            "reopen": {"why": "Inte klart"},
            "drop": {"on": today, "why": "Gäller inte"},
        }
        if name in ("meet_fully", "meet_partly", "miss"):
            return {"on": today}
        if name in ("sign", "refuse"):
            line = obj.lines.order_by("status", "pk").last()
            return {"line": line}
        if name == "decline":
            if isinstance(obj, models.Referral):
                return {"code": "no_answer", "instead": "BUP"}
            return {"why": "Fullt"} if isinstance(obj, models.Transfer) else {}
        if name == "withdraw":
            return {"code": "other"} if isinstance(obj, models.Referral) else {}
        if name == "lapse":
            return {"code": "no_answer"}
        if name == "cancel":
            return {"code": "no_effect"} if isinstance(obj, models.Intervention) else {}
        return known.get(name, {})

    def on_trail(self, trail: int, kinds: Any = (*FLOWS, *PLAIN)) -> Any:
        for model in kinds:
            yield from model.objects.filter(trail=trail).order_by("pk")

    def different(self) -> set[tuple[str, str, str, str]]:
        """The different steps seen, as (kind, move, from, to)."""
        kinds = dict(ContentType.objects.values_list("pk", "model"))
        rows = Event.objects.values_list("kind", "move", "source", "target").distinct()
        return {(kinds[kind], move, source, target) for kind, move, source, target in rows}
