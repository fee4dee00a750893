"""Geometry of our charts: numbers in, places out; the drawing is in templates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 16, 40


@dataclass(frozen=True)
class Bar:
    """One column: its place, its value in words, and what stands under it."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    value: str
    label: str
    measured_alike: bool


@dataclass(frozen=True)
class Columns:
    """A column chart over per cent, from 0 to a round figure above the highest."""

    bars: list[Bar]
    grid: list[tuple[float, int]]
    first: str
    last: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: float = HEIGHT - BOTTOM

    @property
    def rows(self) -> list[tuple[str, str]]:
        return [(bar.label, bar.value) for bar in self.bars]


def y_of(percent: float, top: int) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - percent / top), 1)


def top_of(highest: float) -> int:
    """The axis ends at the first of these that leaves room above the highest column."""
    return next((top for top in (20, 40, 60, 80) if highest <= top * 0.9), 100)


def absence(measured: Iterable[Any]) -> Columns | None:
    """Absence per measured period, in per cent of reported time; None when nothing is known.

    Periods measured in another way than the first are marked: they do not compare.
    """
    known = [row for row in measured if row.rate is not None]
    if not known:
        return None
    first = known[0]
    top = top_of(max(row.rate for row in known))
    slot = (WIDTH - LEFT - RIGHT) / len(known)
    width = round(min(slot * 0.62, 72), 1)
    bars = []
    for place, row in enumerate(known):
        middle = round(LEFT + slot * (place + 0.5), 1)
        y = y_of(row.rate, top)
        bars.append(
            Bar(
                x=round(middle - width / 2, 1),
                y=y,
                width=width,
                height=round(y_of(0, top) - y, 1),
                middle=middle,
                value=f"{row.rate:g}".replace(".", ","),
                label=f"{row.period_from.day}/{row.period_from.month}–{row.period_to.day}/{row.period_to.month}",
                measured_alike=(row.unit, row.source) == (first.unit, first.source),
            )
        )
    grid = [(y_of(percent, top), percent) for percent in range(0, top + 1, top // 4)]
    return Columns(bars, grid, bars[0].value, bars[-1].value)
