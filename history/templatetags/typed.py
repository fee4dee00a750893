from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.forms import SplitDate

register = template.Library()


@register.filter
def typed(field: BoundField) -> str:
    """What was put in a field, as a person says it: a day as a day, a choice in its own words."""
    value: Any = field.value()
    if isinstance(field.field.widget, SplitDate) and isinstance(value, list):
        return _day(value)
    if isinstance(value, bool):
        return _("Ja") if value else _("Nej")
    choices = getattr(field.field, "choices", None)
    if choices is None or value in (None, ""):
        return "" if value is None else str(value)
    names = {str(key): str(words) for key, words in choices}
    chosen = value if isinstance(value, list | tuple) else [value]
    return ", ".join(names.get(str(one), str(one)) for one in chosen)


def _day(parts: list[Any]) -> str:
    """The day, or what was typed when that is none."""
    try:
        day, month, year = (int(part) for part in parts)
        return str(date_format(date(year, month, day), "j F Y"))
    except (TypeError, ValueError, OverflowError):
        return " ".join(str(part) for part in parts if part not in (None, ""))
