"""The two moves by which what somebody holds goes on when they leave: meanwhile, and for good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import Membership
from collaboration import policy
from history.models import transition


def handing_on(status: Any, sources: Iterable[Any], *posts: str) -> tuple[Any, Any]:
    """`cover` by the clock and `hand_on` by an administrator, for a model's own machine.

    `posts`: the fields that name who holds it; the first is meant where a move does not say. The
    moves are made anew for each model, for a transition belongs to one status field.
    """
    there = list(sources)

    def name(obj: Any, to: Membership | None, post: str) -> None:
        wanted = post or posts[0]
        if wanted not in posts:
            raise ValueError(wanted)
        setattr(obj, wanted, to)

    @transition(status, there, None, permission=policy.clock)
    def cover(self: Any, *, to: Membership | None, post: str = "") -> None:
        """Who had it has left: somebody else has it meanwhile."""
        name(self, to, post)

    @transition(status, there, None, permission=policy.administrator)
    def hand_on(self: Any, *, to: Membership, post: str = "") -> None:
        """Somebody has it from now on."""
        name(self, to, post)

    return cover, hand_on
