"""Every look at a pupil's data is on record before the page leaves, and no door closes unseen.

A view that shows pupils is decorated with `reads` and tells `seen` whom it shows. The page is
rendered whole outside any write lock; then, under the wall's lock, either nothing has closed
since it began and the look is logged and the page let go, or it is rendered again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse

from accounts import wall
from accounts.models import Actor, Membership, Signatory
from history import chain
from history.models import AccessEntry, Outcome, Seen

RENDERINGS = 3


class ReasonNeeded(Exception):
    """The pupil is protected, and this reader has not yet said why they open the case."""

    def __init__(self, pupil: UUID) -> None:
        super().__init__("Skriv varför du öppnar det skyddade ärendet.")
        self.pupil = pupil


@dataclass
class Look:
    """What one rendering has shown so far."""

    what: str
    actor: Actor | None
    subject: UUID | None = None
    reason: str = ""
    pupils: dict[UUID, str] = field(default_factory=dict)
    # The one protected pupil whose case this reader has opened with a reason.
    opened: str = ""


_look: ContextVar[Look | None] = ContextVar("look", default=None)


def seen(pupil: UUID, ground: str) -> None:
    """Say that the page being made shows this pupil, and on what ground; raises outside `reads`."""
    look = _look.get()
    if look is None:
        raise RuntimeError("seen() hör hemma i en vy med @reads.")
    look.pupils[pupil] = ground


def only_opened(pupil: UUID) -> None:
    """Go on only if the reader has opened this protected pupil's case; raises ReasonNeeded."""
    look = _look.get()
    if look is None or look.opened != str(pupil):
        raise ReasonNeeded(pupil)


def subject(uuid: UUID, reason: str = "") -> None:
    """Say which object is asked for, and the reason given for it if one was asked."""
    look = _look.get()
    if look is None:
        raise RuntimeError("subject() hör hemma i en vy med @reads.")
    look.subject, look.reason = uuid, reason


def entry_for(look: Look, outcome: str) -> AccessEntry:
    person = look.actor if isinstance(look.actor, Membership) else None
    return AccessEntry(
        membership=person,
        signatory=look.actor if isinstance(look.actor, Signatory) else None,
        role=person.role if person else "",
        organisation_id=person.organisation_id if person else None,
        what=look.what,
        outcome=outcome,
        subject_uuid=look.subject,
    )


def write(look: Look, outcome: str = Outcome.SHOWN) -> None:
    """Append the look to the chain; the caller holds a transaction."""
    rows = [Seen(pupil_uuid=uuid, ground=ground) for uuid, ground in look.pupils.items()]
    chain.append(entry_for(look, outcome), rows, look.reason)


View = Callable[..., HttpResponse]
Answer = TypeVar("Answer")


def reads(what: str) -> Callable[[View], View]:
    """Decorate what may show pupils: pages, lists, files, pieces of a page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = getattr(request, "actor", None)
            safe = request.method in ("GET", "HEAD")
            try:
                return let_out(
                    what,
                    actor,
                    lambda: view(request, *args, **kwargs),
                    again=safe,
                    opened=request.session.get("opened", ""),
                )
            except DatabaseError:
                # Without a record there is no page, whatever the reason.
                return render(request, "503.html", status=503)

        guarded.reads = what  # type: ignore[attr-defined]  # the tests ask which views do
        return guarded

    return decorate


def let_out(
    what: str,
    actor: Actor | None,
    make: Callable[[], Answer],
    *,
    again: bool = True,
    opened: str = "",
) -> Answer:
    """Make an answer and let it go only when nothing closed meanwhile and the look is logged.

    What only shows is made again, the last time under the lock. What also did something (a form
    that was refused) is not done twice: if a door closed meanwhile it is asked for anew.
    """
    look = Look(what, actor, opened=opened)
    try:
        for round_ in range(RENDERINGS - 1 if again else 1):
            before = getattr(actor, "epoch", None) if round_ == 0 else _still(actor)
            before = wall.epoch() if before is None else before
            answer = _made(look, make)
            if not look.pupils:
                return answer
            with wall.shared():
                if wall.epoch() == before or _shows_nothing(answer):
                    write(look)
                    return answer
        if not again:
            raise PermissionDenied
        with wall.shared():
            _still(actor)
            answer = _made(look, make)
            if look.pupils:
                write(look)
            return answer
    except (Http404, PermissionDenied):
        look.pupils.clear()
        with wall.shared():
            write(look, Outcome.REFUSED)
        raise


def _still(actor: Actor | None) -> int:
    """The epoch now; raises PermissionDenied when what closed was the actor's own role."""
    epoch = wall.epoch()
    mine = isinstance(actor, Membership) and Membership.objects.in_force().filter(pk=actor.pk)
    if mine is not False and not mine.exists():
        raise PermissionDenied
    return epoch


def _shows_nothing(answer: Any) -> bool:
    """A redirect after a move, which may itself have closed the door, carries no content."""
    return getattr(answer, "status_code", 200) in (302, 303)


def _made(look: Look, make: Callable[[], Answer]) -> Answer:
    look.pupils.clear()
    token = _look.set(look)
    try:
        answer = make()
        if isinstance(answer, SimpleTemplateResponse):
            answer.render()
        return answer
    finally:
        _look.reset(token)


def note_change(
    by: Actor | None, what: str, subject_uuid: UUID | None = None, reason: str = ""
) -> None:
    """Put a change of people or settings in the same chain; the caller holds a transaction."""
    write(Look(what, by, subject_uuid, reason), Outcome.CHANGED)
