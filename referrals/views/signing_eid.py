"""Answering yes with an e-identity: out to whoever identifies, and back."""

from __future__ import annotations

import secrets
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import personnummer
from accounts.models import Signatory
from history.reading import reads, seen, subject
from referrals import eid
from referrals.choices import Method
from referrals.forms.signing import NumberForm
from referrals.models import Consent, SignatureLine
from referrals.views.signing import (
    answered,
    can_use_eid,
    gone,
    may_answer,
    opened,
    page,
    question,
    thanked,
)


@login_not_required
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Remember what was read, and send the browser to whoever identifies."""
    mine, adapter = opened(request), eid.adapter()
    if mine is None or adapter is None or not can_use_eid(mine[1]):
        return gone(request)
    signatory, line = mine
    context = question(request, line.consent, line)
    state = secrets.token_urlsafe(24)
    request.session["eid"] = {
        "state": state,
        "who": str(signatory.uuid),
        "key": str(uuid4()),
        "language": context["language"],
        "version": line.consent.number,
    }
    back = request.build_absolute_uri(reverse("referrals:eid_back"))
    text = f"{context['words']['title']}\n{context['words']['yes']}"
    return redirect(adapter.start(request, state=state, back=back, text=text))


@login_not_required
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """The browser is back: whoever it was must be the one the question was put to."""
    mine = opened(request)
    return _back(request, *mine) if mine else gone(request)


@reads("consent.eid")
def _back(request: HttpRequest, signatory: Signatory, line: SignatureLine) -> HttpResponse:
    adapter, asked = eid.adapter(), request.session.pop("eid", None)
    consent = Consent.objects.visible_to(signatory).get()
    subject(consent.uuid)
    seen(consent.pupil.uuid, "signatory")
    context = question(request, consent, line)
    if adapter is None or asked is None or asked["who"] != str(signatory.uuid):
        return page(request, "over", context)
    found = adapter.finish(request, state=asked["state"])
    same = found is not None and found.number == line.person.number.open()
    # What was read must be what is signed: somebody may have let less be shared meanwhile.
    if found is None or not same or asked["version"] != consent.number:
        return page(request, "eid_wrong", context)
    if not may_answer(consent, line):
        return page(request, "over", context)
    done = answered(
        consent.sign,
        signatory,
        line,
        UUID(asked["key"]),
        Method.EID,
        language=asked["language"],
        proof=f"{adapter.name} {found.reference}",
    )
    return thanked(request, "yes") if done is not None else page(request, "over", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def local(request: HttpRequest) -> HttpResponse:
    """The demo's own e-identity: whoever types a number is believed. Not there in production."""
    asked = request.session.get("eid_local")
    if settings.EID_BACKEND != "referrals.eid.Local" or asked is None:
        raise Http404
    form = NumberForm(request.POST or None)
    if form.is_valid():
        try:
            number = personnummer.read(form.cleaned_data["number"]).text
        except ValidationError as error:
            form.blame(error)
        else:
            request.session["eid_local"] = asked | {"number": number}
            return redirect(asked["back"])
    return render(request, "signing/eid_local.html", {"form": form})
