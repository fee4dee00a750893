"""Naming a contact person: for one school or many, and every one of them is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import Request
from accounts.models import Kind, Membership, Organisation, Role
from collaboration import calling, serving
from collaboration.choices import Gone, Why
from collaboration.forms.contact import AppointForm
from collaboration.models import ContactAssignment
from history.door import begin, together


@require_http_methods(["GET", "POST"])
def appoint(request: Request) -> HttpResponse:
    """Name somebody for one or many schools; all are told, or nothing is saved."""
    actor = request.actor
    if isinstance(actor, Membership) and actor.role == Role.ADMIN and "team" not in request.GET:
        teams = calling.answering_teams()
        return render(request, "collaboration/contact_team.html", {"teams": teams})
    team = team_of(request)
    code = "".join(request.GET.get("kod", "").split())
    schools, fault = choosable(team, code)
    form = AppointForm(
        request.POST or None,
        team=team,
        schools=schools,
        initial=_begin_with(_came_from(request, team), code, schools),
    )
    if form.is_valid():
        try:
            _name(form, team, actor)
        except ValidationError as error:
            _blame(form, error)
            form.fresh_key()
        else:
            told = len(form.cleaned_data["schools"])
            words = ngettext(
                "Sparat. %(n)s skola har fått veta det.",
                "Sparat. %(n)s skolor har fått veta det.",
                told,
            )
            messages.success(request, words % {"n": told})
            return redirect("collaboration:contacts")
    context = {"form": form, "team": team, "code": code, "fault": fault}
    return render(request, "collaboration/contact_new.html", context)


def team_of(request: Request) -> Organisation:
    """Whom the actor names people for: a manager's own team, a district where no team does it; an
    administrator says which."""
    actor = request.actor
    if not isinstance(actor, Membership):
        raise Http404
    if actor.role == Role.MANAGER:
        return actor.organisation
    if actor.role == Role.DISTRICT and serving.names_itself(actor.organisation):
        return actor.organisation
    there = Organisation.objects.in_service().filter(kind__in=(Kind.TEAM, Kind.DISTRICT))
    if actor.role == Role.ADMIN and (wanted := _number(request, "team")):
        team = get_object_or_404(there, pk=wanted)
        if team.kind == Kind.TEAM or serving.names_itself(team):
            return team
    raise Http404


def _number(request: Request, name: str) -> int:
    """A number in the address; 0 for none, or for what cannot be a key."""
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def choosable(team: Organisation, code: str) -> tuple[QuerySet[Organisation], str]:
    """The team's schools, and one more by its code, for pupils may go to school anywhere; and why
    the code adds none. Another team's school is not taken over by its code."""
    ours = serving.named_by(team)
    if not code:
        return ours, ""
    if not (code.isdecimal() and len(code) == 8):
        return ours, _("Skriv skolenhetskoden med åtta siffror.")
    rows = Organisation.objects.in_service().filter(kind=Kind.SCHOOL, code=code)
    found = rows.select_related("parent").first()
    if found is None:
        return ours, _("Ingen skola i registret har koden %s.") % code
    if ours.filter(pk=found.pk).exists():
        return ours, ""
    if (other := calling.whose(found)) is not None:
        words = _("%(school)s hör till %(team)s. Be dem om ni ska ta över skolan.")
        return ours, words % {"school": found, "team": other}
    also = Q(pk=found.pk) | Q(pk__in=ours.order_by().values("pk"))
    return Organisation.objects.filter(also).order_by("name"), ""


def _came_from(request: Request, team: Organisation) -> ContactAssignment | None:
    """The assignment one came from, of the same team."""
    wanted = request.GET.get("efter", "")
    return ContactAssignment.objects.filter(team=team, uuid=wanted).first() if _is(wanted) else None


def _begin_with(
    row: ContactAssignment | None, code: str, schools: QuerySet[Organisation]
) -> dict[str, Any]:
    """What is known of the assignment one came from: the same school, post and way to be reached."""
    if row is None:
        chosen = schools.filter(code=code).values_list("pk", flat=True) if code else []
        return {"schools": list(chosen)}
    kept = ("post", "phone", "email", "hours", "helps_with", "handover", "told_at")
    known = {name: getattr(row, name) for name in kept}
    why = Why.NEW if row.gone == Gone.NEVER else Why.CHANGE
    since = {"since": row.ends_after + timedelta(days=1)} if row.ends_after else {}
    return known | since | {"schools": [row.school_id], "why": why}


def _is(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _name(form: AppointForm, team: Organisation, actor: Any) -> None:
    """One wish: each school's naming has a key of its own, made of the form's, so that a second
    press finds them all done."""
    given = dict(form.cleaned_data)
    schools, key = given.pop("schools"), given.pop("key")
    given.pop("sure")
    before = ContactAssignment.objects.filter(school__in=schools, post=given["post"])
    with together(*before.select_related("trail")):
        for place in schools:
            new = ContactAssignment(school=place, team=team, **given)
            begin(new, by=actor, key=uuid5(key, str(place.uuid)))


def _blame(form: Any, error: ValidationError) -> None:
    """A school's own fault stands beside the list of schools."""
    if hasattr(error, "error_dict") and "school" in error.error_dict:
        error = ValidationError({"schools": error.message_dict["school"]})
    form.blame(error)
