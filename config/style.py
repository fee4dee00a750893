"""The style guide: every component on disk with its contract, drawn with what a page would give it.

Its words are samples for those who build pages, so they are in Swedish only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.forms import OwnForm, choice, day, long_text, several, short_text, yes
from history.forms import Offer
from referrals import charts

FOLDER = settings.BASE_DIR / "templates" / "components"
CONTRACT = re.compile(r"\A\{# (?P<name>\w+): (?P<words>.+?) #\}", re.DOTALL)
NOBODY = UUID(int=0)


class EveryField(OwnForm):
    """One field of each kind."""

    prefix = "alla"
    line = short_text("En rad", hint="En ledtråd.", ask="Skriv något här.")
    words = long_text("Flera rader", required=False, rows=3)
    born = day("En dag", ask="Skriv en dag.")
    one = choice("En av flera", [("a", "Det ena"), ("b", "Det andra")])
    many = several("En eller flera", [("a", "Det ena"), ("b", "Det andra")])
    agreed = yes("En ruta", hint="Den är frivillig.")
    file = forms.FileField(label="En fil", required=False, help_text="PDF, högst 10 MB.")


class OneField(OwnForm):
    prefix = "en"
    line = short_text("En rad", ask="Skriv något här.")


def _absence() -> dict[str, Any]:
    months = ((24.0, 9), (17.5, 10), (12.0, 11))
    rows = [
        SimpleNamespace(
            rate=rate,
            period_from=date(2026, month, 1),
            period_to=date(2026, month, 28),
            invalid=300,
            unit="minutes",
            source="manual",
            get_unit_display="Minuter",
            coverage=100,
            get_source_display="Skolans uppgift",
        )
        for rate, month in months
    ]
    return {"chart": charts.absence(rows), "absences": rows}


def _goals() -> dict[str, Any]:
    def goal(text: Any, status: str, label: Any, now: int) -> dict[str, Any]:
        kept = SimpleNamespace(
            uuid=uuid5(NOBODY, text),
            status=status,
            get_status_display=label,
            start=2,
            target=8,
            due=date(2026, 12, 18),
        )
        row = {"goal": kept, "text": text, "who": "Eleven och mentorn.", "now": now}
        bar = {"estimated": True, "pupil": 5, "pupil_at": 5 * 40, "done": now * 40}
        return row | bar | {"mark": 8 * 40 - 3, "offers": None}

    near, met = "Jag är i skolan fyra dagar i veckan", "Jag har en trygg vuxen att gå till"
    return {"goals": [goal(near, "open", "Pågår", 6), goal(met, "fully_met", "Helt uppnått", 8)]}


def _offers() -> dict[str, Any]:
    kinds = (
        ("first", Offer("Viktigast", primary=True)),
        ("second", Offer("Näst viktigast")),
        ("last", Offer("Går inte att ångra", danger=True)),
    )
    return {"offers": kinds, "obj": SimpleNamespace(uuid=NOBODY), "kind": "case"}


def _print_links() -> dict[str, Any]:
    kind = SimpleNamespace(
        name="plan",
        label="Elevens plan",
        languages=[("sv", "Svenska"), ("en", "English"), ("ar", "العربية")],
    )
    return {"obj": SimpleNamespace(uuid=NOBODY), "kinds": [(kind, NOBODY)], "lines": []}


def _steps() -> dict[str, Any]:
    words = ("Remiss", "Samtycke", "Kartläggning", "Plan", "Avslut")
    states = ("done", "done", "now", "todo", "todo")
    return {"steps": [{"words": w, "state": s} for w, s in zip(words, states, strict=True)]}


def _timeline() -> dict[str, Any]:
    what = ("Samtycket blev giltigt", "Remissen togs emot", "Remissen skickades")
    days = (18, 10, 3)
    return {
        "events": [
            {"at": datetime(2026, 11, day, 9, 30, tzinfo=UTC), "what": words, "by": "Tilda Berg"}
            for words, day in zip(what, days, strict=True)
        ]
    }


SAMPLES: dict[str, Callable[[], dict[str, Any]]] = {
    "chart": _absence,
    "crumbs": lambda: {"up": "/stil/", "up_label": "Ärenden", "here": "26-AAAAA"},
    "errors": lambda: {"form": OneField({})},
    "signing_errors": lambda: {"form": OneField({})},
    "form": lambda: {"form": EveryField({}), "submit": "Spara", "cancel": "/stil/"},
    "goals": _goals,
    "more": lambda: {"more": "2026-11-18_7"},
    "offers": _offers,
    "print_links": _print_links,
    "steps": _steps,
    "timeline": _timeline,
    "who": lambda: {"who": SimpleNamespace(known=True, name="Alva Lindström", grade=5)},
}


@dataclass(frozen=True)
class Component:
    """A file of templates/components: what it is for and takes, and how it looks; one without a
    sample here is looked at on the pages that use it."""

    name: str
    contract: str
    drawn: str


def components(request: HttpRequest) -> list[Component]:
    found = []
    for file in sorted(FOLDER.glob("*.html")):
        contract = CONTRACT.match(file.read_text())
        if contract is None or contract["name"] != file.stem:
            raise ValueError(f"{file.name} börjar inte med sitt namn och vad den tar emot.")
        sample = SAMPLES.get(file.stem)
        drawn = (
            render_to_string(f"components/{file.name}", sample(), request=request) if sample else ""
        )
        found.append(Component(file.stem, contract["words"].strip(), drawn))
    return found
