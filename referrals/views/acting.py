"""Making a move, and adding something to a case: one page each for all kinds."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import Request
from history.door import Conflict, begin, perform
from history.models import Living
from history.reading import reads, seen, subject
from referrals.forms.moves import OFFERS
from referrals.forms.new import NEW
from referrals.models import Case, ConcernReport, Consent, Guardian, Pupil, Referral, Transfer
from referrals.views.showing import show


def page_of(obj: Any) -> str:
    """The page on which an object is looked at."""
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
    case = obj if isinstance(obj, Case) else obj.case
    pages = {
        "section": "referrals:mapping",
        "pupilvoice": "referrals:mapping",
        "mappedneed": "referrals:plan",
        "goal": "referrals:plan",
        "intervention": "referrals:plan",
        "occasion": "referrals:plan",
        "note": "referrals:notes",
        "outsidecontact": "referrals:notes",
        "review": "referrals:reviews",
    }
    return reverse(pages.get(obj._meta.model_name, "referrals:case"), args=[case.reference])


def matter_of(obj: Any) -> Any:
    """The referral or case whose pupil a move's page is about; None for a concern report."""
    if isinstance(obj, Referral | Case):
        return obj
    if isinstance(obj, ConcernReport | Pupil | Guardian):
        return None
    return obj.matter if isinstance(obj, Consent) else obj.case


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
    form = offer.form(request.POST or None, obj=obj, actor=request.actor)
    context = {"form": form, "offer": offer, "obj": obj, "back": page_of(obj)}
    if matter := matter_of(obj):
        context["who"] = show(matter, request.actor)
    elif isinstance(obj, Pupil | Guardian):
        seen(getattr(obj, "pupil", obj).uuid, "own")
    if form.is_valid():
        given = form.cleaned_data
        details = form.details()
        reason = details.pop("reason", "")
        try:
            perform(
                getattr(obj, move),
                by=request.actor,
                version=given["version"],
                key=given["key"],
                reason=reason,
                **details,
            )
        except Conflict as conflict:
            context |= {"now": conflict.obj}
            return render(request, "referrals/conflict.html", context, status=409)
        except ValidationError as error:
            form.blame(error)
            _fresh_key(form)
        else:
            return redirect(page_of(obj))
    return render(request, "referrals/act.html", context)


@require_http_methods(["GET", "POST"])
@reads("add")
def add(request: Request, reference: str, kind: str, uuid: UUID | None = None) -> HttpResponse:
    """Add something to a case that is open to the actor in full."""
    if kind not in NEW:
        raise Http404
    form_class, on_model = NEW[kind]
    case = get_object_or_404(Case.objects.open_to(request.actor), reference=reference)
    on = None
    if (on_model is None) != (uuid is None):
        raise Http404
    if on_model is not None:
        rows = on_model.objects.visible_to(request.actor).filter(case=case)
        on = get_object_or_404(rows, uuid=uuid)
    form = form_class(request.POST or None, case=case, actor=request.actor, on=on)
    back = reverse(form.lands, args=[case.reference])
    context = {"form": form, "case": case, "back": back, "who": show(case, request.actor)}
    if form.is_valid():
        try:
            key = form.cleaned_data["key"]
            begin(form.build(), by=request.actor, key=key, **form.born_with())
        except ValidationError as error:
            form.blame(error)
            _fresh_key(form)
        else:
            return redirect(back)
    return render(request, "referrals/add.html", context)


def _fresh_key(form: Any) -> None:
    """A refused try used no key, but a mended one is a new wish."""
    form.data = form.data.copy()
    form.data["key"] = str(uuid4())
