from __future__ import annotations

from typing import Any

from django import template

from accounts import clock
from referrals.models import Case
from workflows import worklist
from workflows.models import Turn, What
from workflows.steps import WORDS

register = template.Library()


@register.simple_tag
def turn_of(case: Case) -> dict[str, Any] | None:
    """The case's one dated next step: what, with whom, by when; None when it is closed.

    Whoever may see the page may see the case, and a turn is seen by those who see its object.
    """
    rows = Turn.objects.open().filter(what=What.CASE, object_id=case.pk)
    found = rows.values(
        "step",
        "due",
        "side__name",
        "responsible__user__first_name",
        "responsible__user__last_name",
    ).first()
    if found is None:
        return None
    days = (found["due"] - clock.today()).days
    person = f"{found['responsible__user__first_name']} {found['responsible__user__last_name']}"
    words = str(WORDS[found["step"]])
    return {
        "words": words[:1].lower() + words[1:],
        "due": found["due"],
        "when": worklist.in_words(days),
        "late": days < 0,
        "tone": "danger" if days < 0 else "warning" if days <= 2 else "",
        "side": found["side__name"],
        "person": person.strip(),
        "step": found["step"],
    }
