"""Somebody new reads what they must before anything else is opened to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Membership, User
from collaboration.models import SupportMaterial

# The memberships of this session that have something to read first.
SESSION = "read_first"
_OPEN_ANYWAY = (
    *("/samverkan/material/", "/konto/", "/roll/", "/sprak/", "/static/", "/hjalp/"),
    *("/s/", "/samverkan/lank/", "/samverkan/enkat/", "/tillganglighet/", "/halsa/"),
)

Next = Callable[[HttpRequest], HttpResponse]


@receiver(user_logged_in)
def look_for_unread(sender: Any, *, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Asked once, when somebody signs in, so that no page pays for it."""
    roles = Membership.objects.in_force().filter(user=user)
    unread = [one.pk for one in roles if SupportMaterial.objects.unread_by_newcomer(one).exists()]
    if unread:
        request.session[SESSION] = unread


def let_in(request: HttpRequest, actor: Membership) -> bool:
    """Open the rest when nothing is left to read; whether it is open."""
    waiting = request.session.get(SESSION, [])
    if actor.pk not in waiting:
        return True
    if SupportMaterial.objects.unread_by_newcomer(actor).exists():
        return False
    request.session[SESSION] = [pk for pk in waiting if pk != actor.pk]
    return True


def reads_first(get_response: Next) -> Next:
    """Middleware: a newcomer is led to what must be read, from every page but those it needs."""

    def respond(request: HttpRequest) -> HttpResponse:
        actor = getattr(request, "actor", None)
        waits = isinstance(actor, Membership) and actor.pk in request.session.get(SESSION, [])
        if waits and not request.path.startswith(_OPEN_ANYWAY):
            return redirect("collaboration:read_first")
        return get_response(request)

    return respond
