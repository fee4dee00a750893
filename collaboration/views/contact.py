"""Contact persons: who is named, how they are reached, and who it was on a day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock, keyset, links
from accounts.http import Request
from accounts.models import Kind, Membership, Organisation, Role, Signatory
from collaboration import calling, holders, serving, sight, timeline
from collaboration.choices import COMING_CONTACT, HELD, OPEN_CONTACT, ContactStatus, Post
from collaboration.forms.contact import DetailsForm
from collaboration.forms.offers import offers
from collaboration.letters import CONTACT
from collaboration.models import ContactAssignment
from history.door import Conflict, perform, together
from history.views.saving import edit_of, saved

KEEPERS = (Role.MANAGER, Role.DISTRICT, Role.CENTRAL, Role.ADMIN)


@require_GET
def index(request: Request) -> HttpResponse:
    """Every school that should have a contact, and those elsewhere that have one here; what is
    missing first."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in KEEPERS:
        raise Http404
    chosen = sight.district_in(request.GET) if actor.role in sight.OVERVIEW else ""
    rows = _with_posts_filled(_listed(actor, int(chosen) if chosen else 0))
    shown, more = keyset.page(
        rows.select_related("parent"),
        ("good", "lies_in", "name", "pk"),
        request.GET.get("efter", ""),
    )
    own = actor.role == Role.DISTRICT and serving.names_itself(actor.organisation)
    context = {
        "cards": calling.posts_of(shown),
        "more": more,
        "missing": rows.filter(good__lt=len(Post)).count(),
        "names": actor.role in (Role.MANAGER, Role.ADMIN) or own,
        "chosen": chosen,
        "districts": Organisation.objects.in_service()
        .filter(kind=Kind.DISTRICT)
        .values("pk", "name")
        if actor.role in sight.OVERVIEW
        else [],
    }
    return render(request, "collaboration/contacts.html", context)


def _listed(actor: Membership, chosen: int) -> QuerySet[Organisation]:
    """The schools that are the actor's to see to: those they answer for, and those whose posts
    their people hold, wherever the school is. `chosen`: a district, of those who see all."""
    duty = Q(pk__in=serving.schools_with_duty().values("pk"))
    held = ContactAssignment.objects.filter(status__in=OPEN_CONTACT)
    here = chosen or actor.organisation_id
    if actor.role == Role.MANAGER:
        duty &= Q(pk__in=serving.served_by(actor.organisation).order_by().values("pk"))
        held = held.filter(team=here)
    elif chosen or actor.role == Role.DISTRICT:
        duty &= Q(parent=here)
        held = held.filter(Q(team=here) | Q(team__parent=here))
    theirs = Q(pk__in=held.order_by().values("school"))
    return Organisation.objects.in_service().filter(duty | theirs, kind=Kind.SCHOOL)


def _with_posts_filled(schools: QuerySet[Organisation]) -> QuerySet[Any, Any]:
    """The schools, each with how many of its posts somebody holds: `good`, more than there are
    where nobody has to, so that these stand last; and the name of its district: `lies_in`."""
    held = ContactAssignment.objects.filter(school=OuterRef("pk"), status=ContactStatus.ACTIVE)
    filled = held.order_by().values("school").annotate(n=Count("pk")).values("n")
    duty = Q(parent__kind__in=(Kind.DISTRICT, Kind.MUNICIPALITY))
    counted = Coalesce(Subquery(filled), 0)
    return schools.annotate(
        good=Case(When(duty, then=counted), default=Value(len(Post) + 1)),
        lies_in=Coalesce("parent__name", Value("")),
    )


@require_GET
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """One assignment: who, how they are reached, and what is to be done."""
    rows = ContactAssignment.objects.visible_to(request.actor)
    row = get_object_or_404(rows.select_related("school", "team", "person__user"), uuid=uuid)
    actor = request.actor
    inside = actor.organisation_id == row.team_id or actor.role == Role.ADMIN
    context = {
        "row": row,
        "offers": offers(row, actor),
        "inside": inside,
        "can_edit": bool(row.editable) and row.editor(row, actor),
        "cover": calling.cover_of(row) if row.status == ContactStatus.VACANT else None,
        "names": row.beginner(row, actor) and _names_for(row.team),
        "events": timeline.of(row) if inside else [],
    }
    return render(request, "collaboration/contact.html", context)


def _names_for(team: Organisation) -> bool:
    """Whether anybody can be named there: a team's own, or a district's that has no team."""
    return team.kind == Kind.TEAM or serving.names_itself(team)


@require_GET
def school(request: Request, uuid: UUID) -> HttpResponse:
    """A school's contacts through time, and who it was, or is to be, on one day."""
    place = get_object_or_404(Organisation.objects.filter(kind=Kind.SCHOOL), uuid=uuid)
    rows = ContactAssignment.objects.visible_to(request.actor).filter(school=place)
    rows = rows.select_related("person__user")
    fault, on = "", None
    if wanted := request.GET.get("dag", ""):
        try:
            on = date.fromisoformat(wanted)
        except ValueError:
            fault = _("Skriv dagen som år-månad-dag, till exempel 2026-03-31.")
    ahead = on is not None and on > clock.today()
    history = rows.exclude(held_from=None).order_by("post", "-held_from", "-pk")
    context = {
        "school": place,
        "history": holders.spans(history),
        "on": on,
        "wanted": wanted,
        "fault": fault,
        "then": rows.on(on).order_by("post") if on and not ahead else [],
        "planned": holders.planned(place, on) if on and ahead else [],
        "ahead": ahead,
    }
    return render(request, "collaboration/contact_school.html", context)


@require_http_methods(["GET", "POST"])
def change(request: Request, uuid: UUID) -> HttpResponse:
    """Change how the person is reached."""
    row = get_object_or_404(ContactAssignment.objects.visible_to(request.actor), uuid=uuid)
    if not row.editable or not row.editor(row, request.actor):
        raise Http404
    fields = ("phone", "email", "hours", "helps_with")
    initial = {name: getattr(row, name) for name in fields}
    form = DetailsForm(request.POST or None, obj=row, actor=request.actor, initial=initial)
    back = f"/samverkan/kontakter/{row.uuid}/"
    context = {"form": form, "obj": row, "back": back, "offer": {"label": _("Ändra uppgifter")}}
    if form.is_valid():
        save = edit_of(form, row, request.actor)
        if answer := saved(request, form, save, context):
            return answer
    return render(request, "collaboration/act.html", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def confirm_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """A school without accounts says that it knows: the letter's link, then one press.

    The link opens nothing but the name it was sent with, so it asks for no code. It confirms once.
    """
    signatory = links.by_token(token)
    if signatory is None or signatory.purpose != CONTACT:
        return render(request, "collaboration/link_gone.html", status=404)
    rows = ContactAssignment.objects.visible_to(signatory)
    row = rows.select_related("school", "team", "person__user").first()
    if row is None or row.status not in (*COMING_CONTACT, *HELD):
        return render(request, "collaboration/link_gone.html", status=404)
    if request.method == "POST" and signatory.used is None:
        try:
            with together(row):
                perform(row.confirm, by=signatory)
                Signatory.objects.filter(pk=signatory.pk).update(used=clock.now())
        except Conflict:
            pass  # somebody at the school was first: it is confirmed, which the page says
        return redirect(request.path)
    context = {"row": row, "asked": row.status == ContactStatus.ANNOUNCED and row.unconfirmed()}
    return render(request, "collaboration/contact_confirm.html", context)
