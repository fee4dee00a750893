"""What is still open at an organisation, told by each room that knows of something.

An organisation is neither closed nor merged before everything here has a successor or a reason. A
pupil's matter is settled by neither: where one is open the organisation takes on nothing new, and
its people keep their roles until the last is done (it winds up).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import Organisation


@dataclass(frozen=True)
class Standing:
    """One kind of thing that can be open at an organisation.

    `count`: how many there are now. `follow`: lets all go over to the successor from a day; None
    where somebody must see to each (a pupil's case in another team needs the family's consent).
    `winds_up`: a pupil's matter that somebody there answers for; it stays theirs until it is done.
    `apart`: whether `follow` is a transaction of its own for each, made before the organisation
    is closed, for it goes through the one door.
    """

    key: str
    label: Any
    count: Callable[[Organisation], int]
    follow: Callable[[Organisation, Organisation, date], None] | None = None
    apart: bool = False
    winds_up: bool = False


_known: dict[str, Standing] = {}


def tell(standing: Standing) -> None:
    """Register a kind; called once for each room, when it starts."""
    if standing.key in _known:
        raise RuntimeError(f"Någon håller redan reda på {standing.key}.")
    _known[standing.key] = standing


def still_open(organisation: Organisation) -> list[tuple[Standing, int]]:
    """Every kind with something open there, and how many."""
    counted = [(standing, standing.count(organisation)) for standing in _known.values()]
    return [(standing, n) for standing, n in counted if n]


def to_settle(organisation: Organisation) -> list[tuple[Standing, int]]:
    """What must have a successor or a reason before it can be closed."""
    return [(kind, n) for kind, n in still_open(organisation) if not kind.winds_up]


def winding(organisation: Organisation) -> list[tuple[Standing, int]]:
    """Pupils' matters that stay with its people until they are done."""
    return [(kind, n) for kind, n in still_open(organisation) if kind.winds_up]
