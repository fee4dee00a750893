"""Who comes to a page; for everyone else there is no such page."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse

from accounts.http import Request
from accounts.models import Membership, Role

View = Callable[..., HttpResponse]


def administrators(view: View) -> View:
    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = getattr(request, "actor", None)
        if not isinstance(actor, Membership) or actor.role != Role.ADMIN:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def one_of(request: Request, roles: Collection[Role]) -> Membership:
    """The reader in the role they act in; 404 for whoever has none of these."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in roles:
        raise Http404
    return actor
