"""Making a move on something of the collaboration: one page for all kinds."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import Request
from accounts.models import Actor
from collaboration.forms.offers import OFFERS
from history.forms import MoveForm
from history.models import Living
from history.views.saving import move_of, saved

# The page each kind is looked at on, by the name of its address.
PAGES = {
    "agreement": "collaboration:agreement",
    "contactassignment": "collaboration:contact",
    "fundingapplication": "collaboration:application",
    "supportmaterial": "collaboration:material",
    "surveyround": "collaboration:survey",
    "forummeeting": "collaboration:meeting",
    "interview": "collaboration:interview",
}


def page_of(obj: Any) -> str:
    if obj._meta.model_name == "forumaction":
        obj = obj.meeting
    if obj._meta.model_name == "fundinganswer":
        obj = obj.application
    return reverse(PAGES[obj._meta.model_name], args=[obj.uuid])


def only_theirs(request: Request, obj: Living, move: str) -> None:
    """A form that changes something is drawn for those whose it is to change; 403 for the others.

    It begins with what has been written, which not everybody who sees the object may read.
    """
    if not obj.lets(request.actor, move):
        raise PermissionDenied


@require_http_methods(["GET", "POST"])
def act(request: Request, kind: str, uuid: UUID, move: str) -> HttpResponse:
    """Ask for what a move needs, then make it; when somebody was first, show both."""
    offer = OFFERS.get((kind, move))
    if offer is None:
        raise Http404
    model: Any = apps.get_model("collaboration", kind)
    obj: Living = get_object_or_404(model.objects.visible_to(request.actor), uuid=uuid)
    only_theirs(request, obj, move)
    form = offer.form(request.POST or None, request.FILES or None, obj=obj, actor=request.actor)
    context = {"form": form, "offer": offer, "obj": obj, "back": page_of(obj)}
    if form.is_valid():
        save = partial(_make, form, getattr(obj, move), request.actor)
        if answer := saved(request, form, save, context):
            return answer
    return render(request, "collaboration/act.html", context)


def _make(form: MoveForm, move: Any, by: Actor) -> None:
    event: Any = None
    try:
        event = move_of(form, move, by)()
    finally:
        form.settle(event)
