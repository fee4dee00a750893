from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from collaboration import typesetting
from collaboration.pages import PAGES

register = template.Library()


@register.inclusion_tag("components/pages.html", takes_context=True)
def collaboration_pages(context: dict[str, Any]) -> dict[str, Any]:
    """The pages of the collaboration this reader may open, and which of them this is."""
    request = context["request"]
    actor = getattr(request, "actor", None)
    found = []
    for page in PAGES:
        if page.open_to(actor):
            url = reverse(page.name)
            found.append({"label": page.label, "url": url, "current": request.path.startswith(url)})
    return {"pages": found if len(found) > 1 else []}


@register.simple_tag
def public_pages() -> list[dict[str, Any]]:
    """What the municipality has opened to those without an account."""
    return [
        {"label": page.label, "url": reverse(page.name)} for page in PAGES if page.open_to(None)
    ]


@register.filter
def typeset(text: str) -> str:
    """A text in paragraphs and lists, with its addresses as links."""
    return typesetting.typeset(text)


@register.filter
def kronor(amount: int | None) -> str:
    """An amount of money with its thousands apart: "1 600 000 kr"; a dash when there is none."""
    return "–" if amount is None else f"{amount:,} kr".replace(",", "\u00a0")
