"""Those without an account: a guardian or pupil who says yes, no, less, or takes it back.

The pages never say who else did what: two guardians may be in conflict.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

import vault
from accounts import clock, links
from accounts.models import Signatory
from history.door import Conflict, perform, together
from history.reading import reads, seen, subject
from referrals import invitations
from referrals.choices import WAITING_CONSENT, Category, ConsentStatus, LineStatus, Method
from referrals.consent_texts import LANGUAGES, text_for
from referrals.forms.consent import CodeForm, FewerForm, NewLinkForm, SayForm
from referrals.models import Consent, Guardian, SignatureLine
from referrals.models.protection import Shown, may_be_shown


def _gone(request: HttpRequest) -> HttpResponse:
    """The same calm page for a link that is old, used, taken back or never was."""
    return render(request, "signing/gone.html", status=404)


def _line_of(signatory: Signatory) -> SignatureLine | None:
    rows = SignatureLine.objects.select_related("consent__pupil", "guardian")
    return rows.filter(uuid=signatory.line, consent__uuid=signatory.opens).first()


@login_not_required
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The link leads to the code; the right code opens the question for this browser."""
    signatory = links.by_token(token)
    if signatory is None or _line_of(signatory) is None:
        return _gone(request)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if links.code_fits(signatory, token, form.cleaned_data["code"]):
            request.session.cycle_key()
            request.session["signatory"] = str(signatory.uuid)
            return redirect("referrals:sign")
        if links.by_token(token) is None:
            return _gone(request)
        form.add_error("code", _("Koden stämmer inte. Kontrollera siffrorna."))
    return render(request, "signing/enter.html", {"form": form})


def _opened(request: HttpRequest) -> tuple[Signatory, SignatureLine] | None:
    uuid = request.session.get("signatory")
    rows = (
        Signatory.objects.filter(uuid=uuid, revoked=None, expires__gt=clock.now()) if uuid else None
    )
    signatory = rows.first() if rows is not None else None
    line = _line_of(signatory) if signatory else None
    if line is not None and line.guardian is not None and not line.guardian.may_be_asked():
        return None  # the pupil has become protected since the link was made
    if signatory is None or line is None:
        return None
    request.actor = signatory  # type: ignore[attr-defined]
    return signatory, line


@login_not_required
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest) -> HttpResponse:
    """The question in the reader's own language, and two equal answers."""
    opened = _opened(request)
    if opened is None:
        return _gone(request)
    return _sign(request, *opened)


@reads("consent.sign")
def _sign(request: HttpRequest, signatory: Signatory, line: SignatureLine) -> HttpResponse:
    consent = Consent.objects.visible_to(signatory).get()
    subject(consent.uuid)
    seen(consent.pupil.uuid, "signatory")
    language = request.POST.get("read_in") or request.GET.get("sprak") or _preferred(line)
    words = text_for(language, consent, line.is_pupil)
    form = SayForm(request.POST if "say" in request.POST else None)
    context = _context(consent, line, words) | {"form": form}
    with translation.override(words["ui"]):
        if form.is_valid() and line.status == LineStatus.WAITING and consent.is_open:
            move = {"yes": consent.sign, "no": consent.refuse}.get(request.POST["say"])
            if move is not None and _answered(move, signatory, line, form, words["language"]):
                return redirect("referrals:signed")
        if consent.status == ConsentStatus.ACTIVE and line.status == LineStatus.SIGNED:
            return render(request, "signing/holds.html", context)
        if not consent.is_open or line.status != LineStatus.WAITING:
            template = (
                "signing/answered.html"
                if line.status != LineStatus.WAITING
                else "signing/over.html"
            )
            return render(request, template, context)
        return render(request, "signing/sign.html", context)


def _answered(
    move: Any, signatory: Signatory, line: SignatureLine, form: SayForm, language: str
) -> bool:
    """Whether the answer was taken down; not when the question was closed meanwhile."""
    try:
        with together(line.consent):
            perform(
                move,
                by=signatory,
                key=form.cleaned_data["key"],
                line=line,
                how=Method.LINK,
                language=language,
            )
            Signatory.objects.filter(pk=signatory.pk).update(used=clock.now())
    except (Conflict, ValidationError):
        return False
    return True


def _preferred(line: SignatureLine) -> str:
    return line.person.language or "sv"


def _context(consent: Consent, line: SignatureLine, words: dict[str, Any]) -> dict[str, Any]:
    shown = may_be_shown(line.guardian, consent.pupil)
    return {
        "consent": consent,
        "names": {
            "team": _named(consent.names_team, Shown.DISTRICT in shown),
            "school": _named(consent.names_school, Shown.SCHOOL in shown),
            "receiver": _named(consent.names_receiver, Shown.DISTRICT in shown),
        },
        "valid_to": consent.valid_to if Shown.DATES in shown else None,
        "line": line,
        "words": words,
        "languages": LANGUAGES,
        "categories": [Category(name).label for name in consent.category_list],
    }


def _named(organisation: Any, shown: bool) -> Any:
    """Its name, or of a protected pupil's only what kind it is; None where the consent has none."""
    if organisation is None or shown:
        return organisation
    return organisation.get_kind_display()


@login_not_required
@require_http_methods(["GET"])
def signed(request: HttpRequest) -> HttpResponse:
    """Thank you, and what happens now; says nothing of anybody else."""
    if _opened(request) is None:
        return _gone(request)
    return render(request, "signing/signed.html")


@login_not_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, how: str) -> HttpResponse:
    """Share less, or take the consent back: as few clicks as giving it took."""
    opened = _opened(request)
    if opened is None:
        return _gone(request)
    return _change(request, *opened, how)


@reads("consent.change")
def _change(
    request: HttpRequest, signatory: Signatory, line: SignatureLine, how: str
) -> HttpResponse:
    consent = Consent.objects.visible_to(signatory).get()
    seen(consent.pupil.uuid, "signatory")
    if consent.status != ConsentStatus.ACTIVE:
        return render(request, "signing/over.html", {"line": line})
    less = how == "mindre"
    given = request.POST if request.method == "POST" else None
    form = FewerForm(given, consent=consent) if less else SayForm(given)
    if form.is_valid():
        try:
            key = form.cleaned_data["key"]
            if less:
                chosen = form.cleaned_data["categories"]
                perform(consent.narrow, by=signatory, key=key, categories=chosen)
            else:
                perform(consent.withdraw, by=signatory, key=key, line=line)
        except ValidationError as error:
            form.blame(error)
        except Conflict:
            return render(request, "signing/over.html", {"line": line})
        else:
            return redirect("referrals:signed")
    context = {"form": form, "less": less, "consent": consent, "line": line}
    return render(request, "signing/change.html", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def new_link(request: HttpRequest) -> HttpResponse:
    """A fresh link, sent to the number or address on file; the same answer whoever asks."""
    form = NewLinkForm(request.POST or None)
    if form.is_valid():
        _send_again(form.cleaned_data["where"])
        return render(request, "signing/link_sent.html")
    return render(request, "signing/new_link.html", {"form": form})


def _send_again(where: str) -> None:
    digits = "".join(char for char in where if char.isdigit())
    signs = vault.signs("contact.email", where.strip().casefold())
    rows = Guardian.objects.filter(email_index__in=signs, status="current")
    if digits and "@" not in where:
        rows = Guardian.objects.filter(
            phone_index__in=vault.signs("contact.phone", digits), status="current"
        )
    living = [*WAITING_CONSENT, ConsentStatus.ACTIVE]
    for line in SignatureLine.objects.filter(guardian__in=rows[:5], consent__status__in=living):
        if not line.consent.pupil.protected:
            invitations.send(line)
