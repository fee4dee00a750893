"""A random walk: anyone tries anything, and after every step all must agree.

One seed is one walk, on either engine and on any day: the walk brings its own days, its own
pupils and its own order, and reads nothing in an order the database may choose. It leans towards
what it has made least often, so that a short walk reaches as far as luck would take a long one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import IntegrityError
from django.http import Http404

from accounts import clock
from accounts.models import CLOCK
from history.door import Conflict, perform
from history.models import Event
from referrals import models
from tests import cast as told
from tests.cast import Path, link
from tests.walk_needs import PARTS, details, prepare
from workflows import deadlines
from workflows.checks import about
from workflows.flows import FLOWS
from workflows.receivers import PLAIN

# (kind, move, from, to), as the events tell it.
Step = tuple[str, str, str, str]
BEGINS = datetime(2026, 2, 2, 8, 0, tzinfo=UTC)
# Once made, these are held back: what leads the path is to live on for a while.
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
    "withdraw",
    "expire",
    "end",
    "start",
    "not_start",
}
# What follows from another move is asked for by the receiver that knows the other half.
FOLLOWS = {
    "join",
    "follow",
    "freeze_baseline",
    "take_over",
    "supersede",
    "use",
    "agree",
    "add_line",
    "drop_line",
}
REFUSALS = (
    Conflict,
    PermissionDenied,
    Http404,
    ValidationError,
    IntegrityError,
    SuspiciousOperation,
)
WALKED: tuple[Any, ...] = (
    models.Referral,
    models.Consent,
    models.Case,
    models.Transfer,
    models.Section,
    models.PupilVoice,
    models.Plan,
    models.MappedNeed,
    models.Goal,
    models.Estimate,
    models.Review,
    models.Note,
    models.OutsideContact,
    models.Intervention,
    models.Occasion,
    models.Participant,
    models.Absence,
)
LEADING = ("referral", "case")
# Where a path can be told to in one go; what a referral or a case has yet to do decides which.
STARTS = (
    "draft",
    "submitted",
    "awaiting_consent",
    "mapping",
    "planning",
    "support",
    "review",
    "transferring",
    "transferred",
    "frozen",
    "closing",
)


def possible(kinds: Any = WALKED) -> set[Step]:
    """Every step the machines allow, a target that is found out unfolded, staying as itself."""
    steps = set()
    for model in kinds:
        name = model._meta.model_name
        for move in model().get_all_status_transitions():
            targets = getattr(move.target, "allowed_states", [move.target or move.source])
            steps |= {(name, move.name, str(move.source), str(target)) for target in targets}
    return steps


class Walk:
    """Moves made and refused, from one seed."""

    def __init__(self, cast: Any, seed: int) -> None:
        self.cast, self.path, self.dice = cast, Path(cast), Random(seed)
        self.made = self.refused = 0
        self.people = [who for who in vars(cast).values() if type(who).__name__ == "Membership"]
        self.seen: Counter[Step] = Counter()
        self.tried: Counter[tuple[str, str, str]] = Counter()
        self.begun = dict.fromkeys(PARTS, 0)
        self.moment = BEGINS
        self.last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.kinds = {
            ContentType.objects.get_for_model(m).pk: m._meta.model_name
            for m in {*WALKED, models.Pupil, models.Guardian, models.ConcernReport}
        }
        told._numbers = count()

    def go(self, moves: int) -> None:
        while self.made < moves:
            self.go_on()

    def go_until(self, steps: set[Step], *, at_most: int) -> None:
        """On until every one of these steps has been made, or this many moves have."""
        while not steps <= set(self.seen) and self.made < at_most:
            self.go_on()

    def go_on(self) -> None:
        self.moment += timedelta(minutes=self.dice.choice((5, 30, 90, 60 * 8, 60 * 24)))
        with clock.at(self.moment):
            self.step()

    def step(self) -> None:
        try:
            self.something()
        except REFUSALS:
            self.refused += 1
        new = Event.objects.filter(pk__gt=self.last).order_by("pk")
        trails: dict[int, None] = {}
        told = new.values_list("pk", "trail", "kind", "move", "source", "target")
        for pk, trail, kind, move, source, target in told:
            self.last, trails[trail] = pk, None
            self.seen[self.kinds.get(kind, ""), move, source, target] += 1
        if not trails:
            return
        self.made += 1
        for trail in trails:
            for obj in self.on_trail(trail):
                assert list(about(obj)) == [], (self.made, obj)

    def something(self) -> None:
        fate = self.dice.random()
        referrals = list(models.Referral.objects.exclude(pupil=None).order_by("-pk")[:3])
        if len(referrals) < 2 or fate < 0.05:
            self.begin_somewhere()
        elif fate < 0.06:
            deadlines.run()
        elif fate < 0.20:
            self.new_part(self.dice.choice(referrals))
        else:
            self.move(self.dice.choice(referrals))

    def begin_somewhere(self) -> None:
        """A new pupil, told to where the walk has yet to go, with none, one or two guardians."""
        wanted = [source for kind, _move, source, _to in self.missing() if kind in LEADING]
        status = self.dice.choice([status for status in wanted if status in STARTS] or STARTS)
        pupil = self.path.pupil(guardians=self.dice.choice((0, 1, 2)))
        tell = getattr(self.path, {"awaiting_consent": "accepted"}.get(status, status))
        tell(pupil=pupil)

    def new_part(self, referral: Any) -> None:
        """Ask anew, set a goal, plan a review, consider a hand-over …: what was begun least."""
        case = models.Case.objects.filter(referral=referral).first()
        frozen = case is not None and case.status == "frozen"
        least = min(self.begun.values())
        what = self.dice.choice([name for name, times in self.begun.items() if times <= least + 1])
        if frozen and self.dice.random() < 0.6:
            what = "sign"
        elif case is None:
            what = self.dice.choice(("ask", "sign"))
        self.begun[what] += 1
        PARTS[what](self.path, referral, case, self.dice)

    def move(self, referral: Any) -> None:
        """Mostly what may well succeed and has been made least, sometimes anything by anyone."""
        things = list(self.on_trail(referral.trail_id, WALKED))
        if self.dice.random() < 0.85:
            open_ways = [
                (obj, move)
                for obj in things
                for move in obj.get_available_status_transitions()
                if move.name not in FOLLOWS
            ]
            weights = [self.weight(obj, move) for obj, move in open_ways]
            if not open_ways:
                return
            ((obj, move),) = self.dice.choices(open_ways, weights)
            self.tried[type(obj)._meta.model_name, move.name, obj.status] += 1
            may = [by for by in self.actors(obj) if move.has_perm(obj, by)]
        else:
            obj = self.dice.choice(things)
            moves = [m for m in obj.get_all_status_transitions() if m.name not in FOLLOWS]
            if not moves:
                return
            move, may = self.dice.choice(moves), []
        by = self.dice.choice(may or self.actors(obj))
        if may and self.dice.random() < 0.8:
            prepare(self.path, obj, move.name)
        perform(getattr(obj, move.name), by=by, **details(self.path, obj, move.name, self.dice))

    def weight(self, obj: Any, move: Any) -> float:
        """More for what has been tried less; little for what ends, lest nothing live long."""
        tried = self.tried[type(obj)._meta.model_name, move.name, obj.status]
        leads = isinstance(obj, models.Referral | models.Consent | models.Case | models.Transfer)
        ends = move.name in ENDINGS and leads
        return (0.1 if ends and tried else 3.0 if leads else 1.0) / (1 + tried)

    def actors(self, obj: Any) -> list[Any]:
        outside = [link(obj)] if isinstance(obj, models.Consent) else []
        return [*self.people, CLOCK, *outside]

    def on_trail(self, trail: int, kinds: Any = (*FLOWS, *PLAIN)) -> Iterator[Any]:
        for model in kinds:
            yield from model.objects.filter(trail=trail).order_by("pk")

    def missing(self) -> list[Step]:
        """What the machines allow and this walk never made."""
        return sorted(possible() - set(self.seen))
