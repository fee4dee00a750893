"""A foster parent's own page, opened by link and code; and the team's making of the link."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock, links
from accounts.http import Request
from accounts.models import Signatory
from history.door import Conflict, perform
from history.reading import reads, seen, subject
from referrals.forms.foster import OwnWordsForm
from referrals.forms.signing import CodeForm
from referrals.models import FosterVoice
from referrals.views.showing import show

PURPOSE = "foster"


@require_POST
@reads("foster.link")
def make_link(request: Request, uuid: UUID) -> HttpResponse:
    """A new link and its code, shown once: one to send, the other to say."""
    row = get_object_or_404(FosterVoice.objects.reachable_by(request.actor, "answer"), uuid=uuid)
    show(row.case, request.actor)
    _signatory, token, code = links.make(opens=row.uuid, line=row.uuid, purpose=PURPOSE)
    url = request.build_absolute_uri(f"/s/familjehem/{token}/")
    request.session["foster_link"] = {"url": url, "code": code, "of": str(row.uuid)}
    return redirect("referrals:mapping", row.case.reference)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "signing/gone.html", status=404)


@login_not_required
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The link leads to the code; the right code opens the question for this browser."""
    signatory = links.by_token(token)
    if signatory is None or signatory.purpose != PURPOSE:
        return _gone(request)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if links.code_fits(signatory, token, form.cleaned_data["code"]):
            request.session.cycle_key()
            request.session["foster"] = str(signatory.uuid)
            return redirect("referrals:foster")
        if links.by_token(token) is None:
            return _gone(request)
        form.add_error("code", translation.gettext("Koden stämmer inte. Kontrollera siffrorna."))
    return render(request, "signing/foster_code.html", {"form": form})


def _opened(request: HttpRequest) -> Signatory | None:
    uuid = request.session.get("foster")
    rows = Signatory.objects.filter(revoked=None, expires__gt=clock.now(), purpose=PURPOSE)
    return rows.filter(uuid=uuid).first() if uuid else None


@login_not_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """The question, and room for their own words; nothing else of the case."""
    signatory = _opened(request)
    if signatory is None:
        return _gone(request)
    request.actor = signatory  # type: ignore[attr-defined]  # Django's has none
    return _answer(request, signatory)


@reads("foster.answer")
def _answer(request: HttpRequest, signatory: Signatory) -> HttpResponse:
    row = (
        FosterVoice.objects.visible_to(signatory)
        .select_related("case__team", "case__pupil", "case__programme")
        .first()
    )
    if row is None or row.status == "withdrawn" or not row.case_goes_on():
        return _gone(request)
    subject(row.uuid)
    seen(row.case.pupil.uuid, "signatory")
    with translation.override(row.language):
        form = OwnWordsForm(
            request.POST if "words" in request.POST else None,
            initial={"words": row.words.open()},
        )
        try:
            if "no" in request.POST and row.status == "asked":
                perform(row.decline, by=signatory)
                return redirect("referrals:foster")
            if form.is_valid():
                given = form.cleaned_data
                perform(row.answer, by=signatory, key=given["key"], words=given["words"])
                Signatory.objects.filter(pk=signatory.pk).update(used=clock.now())
                return redirect("referrals:foster")
        except ValidationError as error:
            form.blame(error)
        except Conflict:
            return redirect("referrals:foster")
        context = {"row": row, "form": form, "team": row.case.team, "case": row.case}
        return render(request, "signing/foster.html", context)
