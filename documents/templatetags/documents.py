from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import template
from django.db.models import Model

from accounts.models import Membership
from documents.kinds import printable
from documents.sheets.consent import lines

register = template.Library()


@register.inclusion_tag("components/print_links.html", takes_context=True)
def print_links(
    context: template.RequestContext, obj: Model, as_page: bool = False
) -> dict[str, Any]:
    """Everything this reader may print of one object, as buttons; when there is nothing, a page says so."""
    request = context["request"]
    actor = getattr(request, "actor", None)
    kinds = list(printable(obj, actor)) if isinstance(actor, Membership) else []
    consents = any(kind.name == "consent" for kind in kinds)
    return {
        "obj": obj,
        "as_page": as_page,
        "kinds": [(kind, uuid4()) for kind in kinds],
        "lines": list(lines(obj)) if consents else [],  # type: ignore[arg-type]  # only consents have lines
        "csrf_token": context.get("csrf_token"),
    }
