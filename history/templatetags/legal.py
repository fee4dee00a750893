from __future__ import annotations

from django import template

from history import legal

register = template.Library()


@register.simple_tag
def law(key: str) -> str:
    """The reference in force today, in words: {% law "duty_to_report" %}."""
    return legal.reference(key).words


@register.simple_tag
def limit(key: str) -> int:
    """A limit in force today, as a number: {% limit "consent.lapse" %}."""
    return legal.limit(key)
