"""Saving what a form asks for, and the three ways that can end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import Actor
from history.door import Conflict, edit, perform
from history.forms import KeyForm, MoveForm
from history.models import Living


def saved(
    request: HttpRequest,
    form: KeyForm,
    save: Callable[[], object],
    context: dict[str, Any],
    *,
    to: str = "",
) -> HttpResponse | None:
    """Where to go when `save` is done, the page of a conflict, or None when it was refused.

    A refusal stands beside its field, with everything typed still there. `context["back"]` is where
    a conflict leads on to, and where one lands unless `to` names another page.
    """
    try:
        save()
    except Conflict as conflict:
        return render(request, "conflict.html", context | {"now": conflict.obj}, status=409)
    except ValidationError as error:
        form.blame(error)
        form.fresh_key()
        return None
    return redirect(to or context["back"])


def move_of(form: MoveForm, move: Any, by: Actor, **more: Any) -> Callable[[], object]:
    """The move a valid form asks for, to be saved: a note or a "why" is kept with its event, sealed
    and erasable."""
    given, details = form.cleaned_data, form.details() | more
    reason = details.pop("reason", "") or details.get("why", "")
    return partial(
        perform,
        move,
        by=by,
        version=given["version"],
        key=given["key"],
        reason=reason,
        **details,
    )


def edit_of(form: MoveForm, obj: Living, by: Actor) -> Callable[[], object]:
    """The change of fields a valid form asks for, to be saved."""
    given = form.cleaned_data
    return partial(edit, obj, by=by, version=given["version"], key=given["key"], **form.details())
