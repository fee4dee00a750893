"""Applications for money, and the register of who works in the teams."""

from __future__ import annotations

import csv
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock, paging
from accounts.http import Request
from accounts.models import Membership, Organisation, Role
from collaboration import few
from collaboration.forms.funding import EndPostForm, NewApplicationForm, PostForm, WriteForm
from collaboration.forms.offers import offers
from collaboration.models import FundingApplication, TeamPost
from collaboration.models.funding import meets_the_grant
from history import reading
from history.door import begin
from history.views.saving import edit_of, saved

READERS = (Role.DISTRICT, Role.CENTRAL, Role.ADMIN, Role.MANAGER, Role.PRINCIPAL)


def _actor(request: Request, *roles: Role) -> Membership:
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in roles:
        raise Http404
    return actor


def counted(pupils: int, smallest: int) -> str:
    """A count of pupils as it may be told: a small one not at all."""
    return _("färre än %s") % smallest if 0 < pupils < smallest else str(pupils)


@require_GET
def index(request: Request) -> HttpResponse:
    actor = _actor(request, *READERS)
    rows = FundingApplication.objects.visible_to(actor).select_related("district")
    shown, more = paging.page(
        rows.order_by("-year", "district__name", "pk"), request.GET.get("efter", "")
    )
    context = {
        "applications": shown,
        "more": more,
        "applies": actor.role == Role.DISTRICT,
        "sees_teams": actor.role != Role.PRINCIPAL,
    }
    return render(request, "collaboration/applications.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    actor = _actor(request, Role.DISTRICT)
    form = NewApplicationForm(request.POST or None, district=actor.organisation)
    if form.is_valid():
        given = form.cleaned_data
        mine = FundingApplication.objects.filter(district=actor.organisation, year=given["year"])
        if there := mine.first():
            return redirect("collaboration:application", there.uuid)
        application = FundingApplication(
            district=actor.organisation, year=given["year"], responsible=actor
        )
        event = begin(application, by=actor, key=given["key"], schools=given["schools"])
        return redirect("collaboration:write_application", event.obj.uuid)
    return render(request, "collaboration/application_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
def write(request: Request, uuid: UUID) -> HttpResponse:
    """The text and the figures applied for, while it is a draft."""
    actor = _actor(request, Role.DISTRICT)
    application = get_object_or_404(FundingApplication.objects.visible_to(actor), uuid=uuid)
    if not application.editable:
        raise Http404
    fields = (*application.WRITTEN, *application.ANCHORED)
    now = {name: getattr(application, name) or None for name in fields}
    form = WriteForm(request.POST or None, obj=application, actor=actor, initial=now)
    back = f"/samverkan/medel/{uuid}/"
    context = {"form": form, "application": application, "back": back}
    if form.is_valid():
        save = edit_of(form, application, actor)
        if answer := saved(request, form, save, context):
            return answer
    return render(request, "collaboration/application_write.html", context)


@require_GET
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """One application: what was asked, what was decided, what came of it."""
    actor = _actor(request, *READERS)
    rows = FundingApplication.objects.visible_to(actor).select_related(
        "district", "responsible__user"
    )
    application = get_object_or_404(rows, uuid=uuid)
    told, smallest = application.outcome(), few.smallest()
    context = {
        "application": application,
        "schools": application.schools.select_related("school", "joined_by__user"),
        "reports": [
            (report, counted(report.enrolled, smallest), counted(report.closed, smallest))
            for report in application.reports.all()
        ],
        "offers": offers(application, actor),
        "complete": not application.lacking(),
        "writes": actor.role == Role.DISTRICT and bool(application.editable),
        "enrolled": counted(told.enrolled, smallest),
        "closed": counted(told.closed, smallest),
        "occasions": told.occasions,
        "money": application.money(),
        "cost": application.cost_per_pupil(),
    }
    return render(request, "collaboration/application.html", context)


@require_GET
def register(request: Request) -> HttpResponse:
    """How the teams are staffed today, and whether the state grant is given for it; also as CSV."""
    actor = _actor(request, Role.DISTRICT, Role.CENTRAL, Role.ADMIN, Role.MANAGER, Role.TEAM)
    posts = TeamPost.objects.visible_to(actor).select_related("team")
    if request.GET.get("form") == "csv":
        return _as_csv(posts)
    today = clock.today()
    teams: dict[Organisation, list[TeamPost]] = {}
    for post in posts.on(today):
        teams.setdefault(post.team, []).append(post)
    context = {
        "teams": [
            (team, rows, sum(row.fte for row in rows), meets_the_grant(_sides(rows)))
            for team, rows in teams.items()
        ],
        "keeps": actor.role == Role.MANAGER,
    }
    return render(request, "collaboration/team_register.html", context)


def _sides(rows: list[TeamPost]) -> dict[str, Any]:
    sides: dict[str, Any] = {}
    for row in rows:
        sides[row.employer] = sides.get(row.employer, 0) + row.fte
    return sides


def _as_csv(posts: Any) -> HttpResponse:
    """All posts, also past ones. A text that a spreadsheet would run is kept as text."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="teamen.csv"'
    response.write("\ufeff")
    rows = csv.writer(response, delimiter=";")
    rows.writerow(
        [_("Team"), _("Yrke"), _("Anställd av"), _("Del av heltid"), _("Från"), _("Till")]
    )
    for post in posts:
        employer = post.get_employer_display()
        cells = [post.team.name, post.profession, employer, post.fte, post.since, post.until or ""]
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
        with transaction.atomic():
            TeamPost.objects.create(team=actor.organisation, **form.cleaned_data)
            reading.note_change(actor, "team_post.new", actor.organisation.uuid)
        return redirect("collaboration:team_register")
    context = {"form": form, "title": _("Ny tjänst i teamet"), "go": _("Spara tjänsten")}
    return render(request, "collaboration/team_post.html", context)


@require_http_methods(["GET", "POST"])
def end_post(request: Request, pk: int) -> HttpResponse:
    actor = _actor(request, Role.MANAGER)
    post = get_object_or_404(TeamPost.objects.visible_to(actor).filter(until=None), pk=pk)
    form = EndPostForm(request.POST or None)
    if form.is_valid():
        until = form.cleaned_data["until"]
        if until > post.since:
            with transaction.atomic():
                TeamPost.objects.filter(pk=post.pk, until=None).update(until=until)
                reading.note_change(actor, "team_post.end", actor.organisation.uuid)
            return redirect("collaboration:team_register")
        form.add_error("until", _("Slutet kommer före början."))
    context = {"form": form, "title": _("Avsluta tjänsten"), "post": post, "go": _("Avsluta")}
    return render(request, "collaboration/team_post.html", context)
