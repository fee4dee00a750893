from __future__ import annotations

from typing import Any

from django import template

from workflows.staffing import of_person

register = template.Library()


@register.inclusion_tag("workflows/hand_over_link.html")
def hand_over_link(person: Any) -> dict[str, Any]:
    """Where the hand-over after a person who left is; nothing when they held nothing."""
    return {"leaving": of_person(person)}
