"""Contact persons: whom a school calls, who is named next, and who it was on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock, keyset, links
from accounts.http import Request, typed
from accounts.models import Kind, Membership, Organisation, Role, Signatory
from collaboration import serving, sight, timeline
from collaboration.choices import COMING_CONTACT, HELD, ContactStatus, Post, Why
from collaboration.forms.contact import AppointForm, DetailsForm
from collaboration.forms.offers import offers
from collaboration.letters import CONTACT
from collaboration.models import ContactAssignment
from history.door import Conflict, begin, perform, together
from history.views.saving import edit_of, saved

FOUND = 20
SCHOOL = "collaboration:contact_school"
KEEPERS = (Role.MANAGER, Role.DISTRICT, Role.CENTRAL, Role.ADMIN)


def _closed(request: HttpRequest) -> bool:
    return getattr(request, "actor", None) is None and not settings.PUBLIC_CONTACTS


@login_not_required
@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """Whom do I call? One's own school at once; any other by name or national school unit code."""
    if _closed(request):
        return redirect_to_login(request.get_full_path())
    actor = getattr(request, "actor", None)
    own = isinstance(actor, Membership) and actor.role in sight.SCHOOL_ROLES
    words = typed(request.GET, "sok")
    schools = [actor.organisation] if own and not words else _matching(words)  # type: ignore[union-attr]  # `own` is of a membership
    context = {
        "words": words,
        "own": own and not words,
        "cards": _cards(schools),
        "elsewhere": _elsewhere() if words and not schools else [],
    }
    return render(request, "collaboration/directory.html", context)


def _matching(words: str) -> list[Organisation]:
    if len(words) < 2:
        return []
    schools = Organisation.objects.in_service().filter(kind=Kind.SCHOOL)
    digits = "".join(char for char in words if char.isdigit())
    named = Q(name__icontains=words)
    if len(digits) == 8:
        named |= Q(code=digits)
    return list(schools.filter(named).order_by("name")[:FOUND])


def _elsewhere() -> list[Organisation]:
    """For a school we do not know: the pupil's home district answers, whatever school it is."""
    teams = Organisation.objects.in_service().filter(kind=Kind.TEAM)
    return list(teams.select_related("parent").order_by("parent__name", "name"))


def _cards(schools: Sequence[Organisation]) -> list[dict[str, Any]]:
    """Each school with its contact and its deputy, in two questions for all of them."""
    posts = ContactAssignment.objects.now().filter(school__in=schools)
    held = {(row.school_id, row.post): row for row in posts.select_related("person__user", "team")}
    coming = ContactAssignment.objects.filter(school__in=schools, status__in=COMING_CONTACT)
    due = {(row.school_id, row.post): row for row in coming.select_related("person__user")}
    return [
        {
            "school": school,
            "posts": [
                {
                    "label": post.label,
                    "now": held.get((school.pk, post)),
                    "next": due.get((school.pk, post)),
                }
                for post in Post
            ],
        }
        for school in schools
    ]


@require_GET
def index(request: Request) -> HttpResponse:
    """Every school that should have a contact, with what is missing first; by district."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in KEEPERS:
        raise Http404
    schools = serving.schools_with_duty()
    if actor.role == Role.MANAGER:
        schools = schools.filter(pk__in=serving.served_by(actor.organisation).values("pk"))
    elif actor.role == Role.DISTRICT:
        schools = schools.filter(parent=actor.organisation)
    chosen = sight.district_in(request.GET)
    if chosen and actor.role in sight.OVERVIEW:
        schools = schools.filter(parent=int(chosen))
    rows = _with_posts_filled(schools)
    shown, more = keyset.page(
        rows.select_related("parent"),
        ("good", "parent__name", "name", "pk"),
        request.GET.get("efter", ""),
    )
    context = {
        "cards": _cards(shown),
        "more": more,
        "missing": rows.filter(good__lt=len(Post)).count(),
        "names": actor.role in (Role.MANAGER, Role.ADMIN, Role.DISTRICT),
        "chosen": chosen,
        "districts": Organisation.objects.in_service()
        .filter(kind=Kind.DISTRICT)
        .values("pk", "name")
        if actor.role in sight.OVERVIEW
        else [],
    }
    return render(request, "collaboration/contacts.html", context)


def _with_posts_filled(schools: QuerySet[Organisation]) -> QuerySet[Any, Any]:
    """The schools, each with how many of its posts somebody holds: `good`."""
    held = ContactAssignment.objects.filter(school=OuterRef("pk"), status=ContactStatus.ACTIVE)
    filled = held.order_by().values("school").annotate(n=Count("pk")).values("n")
    return schools.annotate(good=Coalesce(Subquery(filled), 0))


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
        "leads": row.beginner(row, actor),
        "events": timeline.of(row) if inside else [],
    }
    return render(request, "collaboration/contact.html", context)


@require_GET
def school(request: Request, uuid: UUID) -> HttpResponse:
    """A school's contacts through time, and who it was on one day."""
    place = get_object_or_404(Organisation.objects.filter(kind=Kind.SCHOOL), uuid=uuid)
    rows = ContactAssignment.objects.visible_to(request.actor).filter(school=place)
    fault, on = "", None
    if wanted := request.GET.get("dag", ""):
        try:
            on = date.fromisoformat(wanted)
        except ValueError:
            fault = _("Skriv dagen som år-månad-dag, till exempel 2026-03-31.")
    history = rows.exclude(held_from=None).select_related("person__user")
    context = {
        "school": place,
        "history": history.order_by("post", "-held_from", "-pk"),
        "on": on,
        "wanted": wanted,
        "fault": fault,
        "then": rows.on(on).select_related("person__user").order_by("post") if on else [],
    }
    return render(request, "collaboration/contact_school.html", context)


def _team(request: Request) -> Organisation:
    """The team the actor names people for; an administrator and a district say which."""
    actor = request.actor
    if not isinstance(actor, Membership):
        raise Http404
    if actor.role == Role.MANAGER:
        return actor.organisation
    teams = Organisation.objects.in_service().filter(kind=Kind.TEAM)
    if actor.role == Role.ADMIN and _number(request, "team"):
        return get_object_or_404(teams, pk=_number(request, "team"))
    raise Http404


@require_http_methods(["GET", "POST"])
def appoint(request: Request) -> HttpResponse:
    """Name somebody for one or many schools; all are told, or nothing is saved."""
    actor = request.actor
    if isinstance(actor, Membership) and actor.role == Role.ADMIN and "team" not in request.GET:
        teams = Organisation.objects.in_service().filter(kind=Kind.TEAM).order_by("name")
        return render(request, "collaboration/contact_team.html", {"teams": teams})
    team = _team(request)
    schools = _choosable(team, request.GET.get("kod", ""))
    form = AppointForm(
        request.POST or None, team=team, schools=schools, initial=_begin_with(request, team)
    )
    if form.is_valid():
        try:
            _name(form, team, actor)
        except ValidationError as error:
            _blame(form, error)
            form.fresh_key()
        else:
            return redirect("collaboration:contacts")
    return render(request, "collaboration/contact_new.html", {"form": form, "team": team})


def _number(request: Request, name: str) -> int:
    """A number in the address; 0 for none, or for what cannot be a key."""
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _choosable(team: Organisation, code: str) -> Any:
    """The team's schools, and one more by its code: pupils may go to school anywhere."""
    ours = serving.served_by(team)
    if code.isdecimal():
        more = Organisation.objects.in_service().filter(kind=Kind.SCHOOL, code=code)
        return (ours | more).distinct()
    return ours


def _begin_with(request: Request, team: Organisation) -> dict[str, Any]:
    """What is known of the assignment one came from: the same school, post and way to be reached."""
    wanted = request.GET.get("efter", "")
    row = ContactAssignment.objects.filter(team=team, uuid=wanted).first() if _is(wanted) else None
    if row is None:
        return {}
    kept = ("post", "phone", "email", "hours", "helps_with", "handover")
    known = {name: getattr(row, name) for name in kept}
    why = Why.NEW if row.gone == "never" else Why.CHANGE
    return known | {"schools": [row.school_id], "why": why}


def _is(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _name(form: AppointForm, team: Organisation, actor: Any) -> None:
    given = dict(form.cleaned_data)
    schools, key = given.pop("schools"), given.pop("key")
    given.pop("sure")
    before = ContactAssignment.objects.filter(school__in=schools, post=given["post"])
    with together(*before.select_related("trail")):
        for number, place in enumerate(schools):
            new = ContactAssignment(school=place, team=team, **given)
            begin(new, by=actor, key=key if number == 0 else None)


def _blame(form: Any, error: ValidationError) -> None:
    """A school's own fault stands beside the list of schools."""
    if hasattr(error, "error_dict") and "school" in error.error_dict:
        error = ValidationError({"schools": error.message_dict["school"]})
    form.blame(error)


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
