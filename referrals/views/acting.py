"""Making a move, and adding something to a case: one page each for all kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import Request
from accounts.models import Membership
from history.forms import MoveForm
from history.models import Lacking, Living, rows_of
from history.reading import only_opened, reads, seen, subject
from history.views.saving import move_of, saved
from referrals.forms.changing import CHANGES
from referrals.forms.foster import NewFosterVoice
from referrals.forms.new import NEW
from referrals.forms.offers import OFFERS
from referrals.models import (
    Absence,
    BreakGlass,
    Case,
    ConcernReport,
    Consent,
    Goal,
    Guardian,
    Intervention,
    MappedNeed,
    Note,
    Participant,
    Pupil,
    PupilVoice,
    Referral,
    Section,
    Transfer,
)
from referrals.models.sight import SCHOOL_ROLES, selves
from referrals.views.showing import show

KINDS = NEW | {"familjehem": (NewFosterVoice, None)}


def page_of(obj: Any) -> str:
    """The page on which an object is looked at."""
    if isinstance(obj, Absence):
        return page_of(matter_of(obj))
    if isinstance(obj, Referral):
        return reverse("referrals:referral", args=[obj.reference])
    if isinstance(obj, Consent):
        return reverse("referrals:consent", args=[obj.uuid])
    if isinstance(obj, Transfer):
        return reverse("referrals:transfer", args=[obj.uuid])
    if isinstance(obj, ConcernReport):
        return reverse("referrals:concern", args=[obj.uuid])
    if isinstance(obj, Pupil | Guardian):
        return reverse("referrals:pupil", args=[getattr(obj, "pupil", obj).uuid])
    if isinstance(obj, BreakGlass):
        return reverse("referrals:glass", args=[obj.uuid])
    case = obj if isinstance(obj, Case) else obj.case
    pages = {
        "section": "referrals:mapping",
        "pupilvoice": "referrals:mapping",
        "fostervoice": "referrals:mapping",
        "mappedneed": "referrals:plan",
        "plan": "referrals:plan",
        "goal": "referrals:plan",
        "intervention": "referrals:plan",
        "occasion": "referrals:plan",
        "note": "referrals:notes",
        "outsidecontact": "referrals:notes",
        "review": "referrals:reviews",
    }
    return reverse(pages.get(obj._meta.model_name, "referrals:case"), args=[case.reference])


def place_of(obj: Living) -> str:
    """Where on its page it stands."""
    return f"{page_of(obj)}#{obj._meta.model_name}-{obj.uuid}"


def name_of(obj: Any) -> str:
    """What a part of a case is called among the others of its kind."""
    if isinstance(obj, MappedNeed | Goal):
        return str(obj.text.open())
    return str(_("Elevens röst") if isinstance(obj, PupilVoice) else obj)


def name_what_lacks(form: MoveForm, actor: Membership) -> None:
    """Let every refusal of the form lead to the things it is about, as far as this reader sees them."""
    for error in form.non_field_errors().as_data():
        if isinstance(error, Lacking) and error.things:
            rows = rows_of(type(error.things[0])).visible_to(actor)
            seen_too = set(rows.filter(pk__in=[one.pk for one in error.things]))
            error.ways = [(place_of(one), name_of(one)) for one in error.things if one in seen_too]


def matter_of(obj: Any) -> Any:
    """The referral or case whose pupil a move's page is about; None for a concern report."""
    if isinstance(obj, Referral | Case):
        return obj
    if isinstance(obj, ConcernReport | Pupil | Guardian):
        return None
    if isinstance(obj, Absence):  # measured with a referral, it is read in the case that came of it
        return getattr(obj.matter, "case", obj.matter)
    return obj.matter if isinstance(obj, Consent) else obj.case


# What a case has several of, so that a move's page says which one.
SEVERAL = (Section, MappedNeed, Goal, Intervention, Participant)


@require_http_methods(["GET", "POST"])
@reads("move")
def act(request: Request, kind: str, uuid: UUID, move: str) -> HttpResponse:
    """Ask for what a move needs, then make it; when somebody was first, show both."""
    offer = OFFERS.get((kind, move))
    if offer is None:
        raise Http404
    model: Any = apps.get_model("referrals", kind)
    obj: Living = get_object_or_404(model.objects.visible_to(request.actor), uuid=uuid)
    subject(obj.uuid)
    if (kind, move) == ("review", "document"):  # asked for with absence and goals, on one page
        return redirect("referrals:document_review", obj.case.reference, uuid)  # type: ignore[attr-defined]  # a review has a case
    form = offer.form(request.POST or None, obj=obj, actor=request.actor)
    context = {"form": form, "offer": offer, "obj": obj, "back": page_of(obj)}
    if matter := matter_of(obj):
        context["who"] = show(matter, request.actor)
        context["about"] = name_of(obj) if isinstance(obj, SEVERAL) else ""
    elif isinstance(obj, Pupil | Guardian):
        pupil = obj.pupil if isinstance(obj, Guardian) else obj
        if pupil.protected:
            only_opened(pupil.uuid)
        seen(pupil.uuid, "own")
    if form.is_valid():
        save = move_of(form, getattr(obj, move), request.actor)
        if answer := saved(request, form, save, context):
            return answer
        name_what_lacks(form, request.actor)
    return render(request, "referrals/act.html", context)


@require_http_methods(["GET", "POST"])
@reads("change")
def change(request: Request, kind: str, uuid: UUID) -> HttpResponse:
    """Change what stands there, as long as it may be changed by this reader where it stands."""
    form_class = CHANGES.get(kind)
    if form_class is None:
        raise Http404
    model: Any = apps.get_model("referrals", kind)
    obj: Any = get_object_or_404(model.objects.visible_to(request.actor), uuid=uuid)
    subject(obj.uuid)
    case = obj if isinstance(obj, Case) else obj.case
    if not obj.editable or not obj.editor(obj, request.actor) or not _writes(case, obj, request):
        raise Http404
    form = form_class(request.POST or None, obj=obj, actor=request.actor)
    context = {"form": form, "offer": ChangeOffer(form.title, form.intro), "obj": obj}
    context |= {"back": page_of(obj), "who": show(case, request.actor)}
    if form.is_valid() and (answer := saved(request, form, form.apply, context)):
        return answer
    return render(request, "referrals/act.html", context)


def _writes(case: Case, obj: Any, request: Request) -> bool:
    """What belongs to a case is changed by those it is open to; a note by whoever wrote it."""
    if isinstance(obj, Note):
        return bool(obj.written_by_id in selves(request.actor))
    return Case.objects.written_by(request.actor).filter(pk=case.pk).exists()


@dataclass(frozen=True)
class ChangeOffer:
    """A change as a person meets it: what the button and the heading say."""

    label: Any
    intro: Any
    danger: bool = False


@require_http_methods(["GET", "POST"])
@reads("add")
def add(request: Request, reference: str, kind: str, uuid: UUID | None = None) -> HttpResponse:
    """Add something to a case that is open to the actor in full; the school adds its own notes."""
    if kind not in KINDS:
        raise Http404
    form_class, on_model = KINDS[kind]
    cases = Case.objects.written_by(request.actor)
    if form_class.for_school and request.actor.role in SCHOOL_ROLES:
        cases = Case.objects.noted_by(request.actor)
    case = get_object_or_404(cases, reference=reference)
    on = None
    if (on_model is None) != (uuid is None):
        raise Http404
    if on_model is not None:
        rows = on_model.objects.visible_to(request.actor).filter(case=case)
        on = get_object_or_404(rows, uuid=uuid)
    form = form_class(request.POST or None, case=case, actor=request.actor, on=on)
    back = reverse(form.lands_on, args=[case.reference])
    context = {"form": form, "case": case, "back": back, "who": show(case, request.actor)}
    if form.is_valid() and (answer := saved(request, form, form.apply, context)):
        return answer
    return render(request, "referrals/add.html", context)
