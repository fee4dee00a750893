"""The register of who works in the teams, on a day; also as CSV."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock, paging
from accounts.http import Request
from accounts.models import Membership, Role
from collaboration import staffed
from collaboration.forms.team_post import EndPostForm, PostForm, RemovePostForm
from collaboration.models import TeamPost
from collaboration.models.team_post import asked_of_a_team
from history import legal, reading

READERS = (Role.DISTRICT, Role.CENTRAL, Role.ADMIN, Role.MANAGER, Role.TEAM)


def _actor(request: Request, *roles: Role) -> Membership:
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in roles:
        raise Http404
    return actor


def _day(asked: str) -> date:
    try:
        return date.fromisoformat(asked)
    except ValueError:
        return clock.today()


@require_GET
def register(request: Request) -> HttpResponse:
    """How the teams are staffed on a day, and whether the state grant is given for it."""
    actor = _actor(request, *READERS)
    if request.GET.get("form") == "csv":
        return _as_csv(TeamPost.objects.visible_to(actor).kept().select_related("team"))
    day = _day(request.GET.get("dag", ""))
    shown, more = paging.page(staffed.teams(actor, day), request.GET.get("efter", ""))
    in_all, of_each = asked_of_a_team(day)
    context = {
        "teams": staffed.on(shown, day),
        "more": more,
        "day": day,
        "today": clock.today(),
        "in_all": in_all,
        "of_each": of_each,
        "law": legal.reference("team_grant"),
        "keeps": actor.role == Role.MANAGER,
        "organisation": actor.organisation,
    }
    return render(request, "collaboration/team_register.html", context)


def _as_csv(posts: Any) -> HttpResponse:
    """All posts, also past ones. A text that a spreadsheet would run is kept as text, and a number
    is written as the reader's language does, for so their spreadsheet reads it."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="teamen.csv"'
    response.write("\ufeff")
    rows = csv.writer(response, delimiter=";")
    rows.writerow(
        [_("Team"), _("Yrke"), _("Anställd av"), _("Del av heltid"), _("Från"), _("Till")]
    )
    for post in posts:
        employer, share = post.get_employer_display(), number_format(post.fte, 2)
        cells = [post.team.name, post.profession, employer, share, post.since, post.until or ""]
        rows.writerow([_inert(str(cell)) for cell in cells])
    return response


def _inert(cell: str) -> str:
    """A spreadsheet takes these signs first in a cell for the beginning of a formula."""
    runs = cell.lstrip().startswith(("=", "+", "-", "@")) or cell.startswith(("\t", "\r", "\n"))
    return f"'{cell}" if runs else cell


@require_http_methods(["GET", "POST"])
def new_post(request: Request) -> HttpResponse:
    actor = _actor(request, Role.MANAGER)
    form = PostForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        key: UUID = given.pop("key")
        with transaction.atomic():
            _post, new = TeamPost.objects.get_or_create(
                key=key, defaults=given | {"team": actor.organisation}
            )
            if new:
                reading.note_change(actor, "team_post.new", actor.organisation.uuid)
        return redirect("collaboration:team_register")
    context = {"form": form, "title": _("Ny tjänst i teamet"), "go": _("Spara tjänsten")}
    return render(request, "collaboration/team_post.html", context)


def _post(actor: Membership, pk: int) -> TeamPost:
    return get_object_or_404(TeamPost.objects.visible_to(actor).kept(), pk=pk)


@require_http_methods(["GET", "POST"])
def end_post(request: Request, pk: int) -> HttpResponse:
    actor = _actor(request, Role.MANAGER)
    post = _post(actor, pk)
    form = EndPostForm(request.POST or None, post=post, initial={"until": post.until})
    if form.is_valid():
        with transaction.atomic():
            TeamPost.objects.filter(pk=post.pk).update(until=form.cleaned_data["until"])
            reading.note_change(actor, "team_post.end", actor.organisation.uuid)
        return redirect("collaboration:team_register")
    context = {"form": form, "title": _("Avsluta tjänsten"), "post": post, "go": _("Avsluta")}
    return render(request, "collaboration/team_post.html", context)


@require_http_methods(["GET", "POST"])
def remove_post(request: Request, pk: int) -> HttpResponse:
    """It never was so: it is gone from the register, and the reason is kept."""
    actor = _actor(request, Role.MANAGER)
    post = _post(actor, pk)
    form = RemovePostForm(request.POST or None)
    if form.is_valid():
        why = form.cleaned_data["why"]
        with transaction.atomic():
            rows = TeamPost.objects.filter(pk=post.pk)
            rows.update(removed_on=clock.today(), removed_why=why)
            reading.note_change(actor, "team_post.remove", actor.organisation.uuid, why)
        return redirect("collaboration:team_register")
    context = {
        "form": form,
        "title": _("Ta bort tjänsten"),
        "lead": _(
            "För en tjänst som aldrig har funnits så. En som tar slut avslutar du i stället."
        ),
        "post": post,
        "go": _("Ta bort"),
        "danger": True,
    }
    return render(request, "collaboration/team_post.html", context)
