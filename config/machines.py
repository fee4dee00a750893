"""The life of everything that has one, drawn from the code itself: docs/machines.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from django.apps import apps
from django.conf import settings
from viewflow.workflow import flow

from history.models import Living
from workflows.flows import FLOWS
from workflows.nodes import Step

PAGE = Path(settings.BASE_DIR) / "docs" / "machines.md"
HEAD = """# Machines

Every state machine and every flow, drawn from the code by `./bryggan manage machines`; a test keeps this page true. What
each move needs, and why, stands in the design's tables and in [lifecycle.md](lifecycle.md). *closes* means that the move
can take away somebody's sight of a pupil, and raises the wall epoch.
"""


def living() -> list[type[Living]]:
    found = [model for model in apps.get_models() if issubclass(model, Living)]
    return sorted(found, key=lambda model: (model._meta.app_label, model.__name__))


def moves_of(model: type[Living]) -> list[tuple[str, str, str, str, bool]]:
    """(move, from, to, who, closes), in the order of the statuses; to is empty where it stays."""
    rows: dict[tuple[str, str, str, bool], list[str]] = {}
    for move in model.status_field().get_all_transitions(model):
        target = getattr(move.target, "allowed_states", None) or [move.target]
        to = ", ".join(str(state) for state in target if state is not None)
        closes = bool((move.custom or {}).get("closes"))
        rows.setdefault((move.name, to, str(move.permission), closes), []).append(str(move.source))
    found = [
        (name, ", ".join(sources), to, who, closes)
        for (name, to, who, closes), sources in rows.items()
    ]
    order = [str(value) for value, _label in model.status_field().flatchoices]
    return sorted(found, key=lambda row: (order.index(row[1].split(", ")[0]), row[0]))


def machine(model: type[Living]) -> Iterator[str]:
    start = model.status_field().get_default()
    yield f"\n## {model.__name__} ({model._meta.app_label})\n"
    yield f"Begins as `{start}` ({model.birth}), by {model.beginner}.\n"
    moves = moves_of(model)
    if not moves:
        yield "It is written once and never moves."
        return
    yield "| move | from → to | who | closes |"
    yield "|---|---|---|---|"
    for name, sources, to, who, closes in moves:
        yield f"| {name} | {sources} → {to or 'same'} | {who} | {'yes' if closes else ''} |"
    yield "\n```mermaid\nstateDiagram-v2"
    yield f"  [*] --> {start}: {model.birth}"
    for (source, to), names in _arrows(moves).items():
        yield f"  {source} --> {to}: {', '.join(sorted(names))}"
    yield "```"


def _arrows(moves: list[tuple[str, str, str, str, bool]]) -> dict[tuple[str, str], set[str]]:
    arrows: dict[tuple[str, str], set[str]] = {}
    for name, sources, to, _who, _closes in moves:
        for source in sources.split(", "):
            for target in to.split(", "):
                if target and target != source:
                    arrows.setdefault((source, target), set()).add(name)
    return arrows


def drawn_flow(model: type[Living]) -> Iterator[str]:
    yield f"\n### Flow of {model.__name__}\n\n```mermaid\nflowchart LR"
    drawn = cast(flow.Flow, FLOWS[model].instance)  # made with the class
    for node in drawn.nodes():
        name = node.name
        if isinstance(node, Step):
            yield f'  {name}["{node.step}: {", ".join(node.statuses)} ({node.side})"]'
        elif isinstance(node, flow.Switch):
            yield f"  {name}{{status?}}"
        else:
            yield f"  {name}(({name}))"
        for edge in node._outgoing():
            to: Any = edge.dst
            yield f"  {name} --> {to.name}"
    yield "```"


def page() -> str:
    lines: list[str] = [HEAD]
    for model in living():
        lines += machine(model)
        if model in FLOWS:
            lines += drawn_flow(model)
    return "\n".join(lines) + "\n"


def write(to: Any = PAGE) -> None:
    to.write_text(page())
