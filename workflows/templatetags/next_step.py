"""Who has the next step of something, and by when, for its own page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template

from workflows.models import Turn
from workflows.steps import WORDS

register = template.Library()


@register.inclusion_tag("components/next_step.html")
def next_step(obj: Any) -> dict[str, Any]:
    """The open turn of this very object; nothing is shown where it is nobody's."""
    rows = Turn.objects.open().select_related("side", "responsible__user")
    turn = rows.filter(object_uuid=obj.uuid).first()
    return {"turn": turn, "words": WORDS[turn.step] if turn else ""}


@register.simple_tag
def due_of(obj: Any) -> date | None:
    """When the open turn of this very object is due."""
    return Turn.objects.open().filter(object_uuid=obj.uuid).values_list("due", flat=True).first()
