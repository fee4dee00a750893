"""Those without an account: a guardian or pupil who says yes, no, less, or takes it back.

The pages never say who else did what: two guardians may be in conflict. They speak the languages
of the consent texts, and the version and language shown is what is signed.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import clock, links
from accounts.models import Signatory
from history.door import Conflict, perform, together
from history.reading import reads, seen, subject
from referrals import eid, invitations
from referrals.choices import WAITING_CONSENT, ConsentStatus, LineStatus, Method, Purpose
from referrals.consent_texts import LANGUAGES, known, pages, text_for
from referrals.forms.signing import CodeForm, FewerForm, NewLinkForm, SayForm, SomeForm, WhyForm
from referrals.models import Consent, SignatureLine, consent_no
from referrals.models.protection import Shown, may_be_shown

LIVING = (*WAITING_CONSENT, ConsentStatus.ACTIVE)


def page(
    request: HttpRequest, name: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """One page of theirs, in the language chosen on any of them."""
    own = context or {}
    language = own.get("language") or _chosen(request)
    told = {"page": pages(language), "languages": LANGUAGES} | own
    return render(request, f"signing/{name}.html", told, status=status)


def _chosen(request: HttpRequest, preferred: str = "") -> str:
    """The language asked for here or on an earlier page, else the person's own, else the screen's."""
    asked = request.POST.get("read_in") or request.GET.get("sprak", "")
    if asked in dict(LANGUAGES):
        request.session["reads"] = asked
    screen = getattr(request, "LANGUAGE_CODE", "sv")
    return known(request.session.get("reads") or preferred or screen)


def gone(request: HttpRequest) -> HttpResponse:
    """The same calm page for a link that is old, used, taken back or never was."""
    return page(request, "gone", status=404)


def _line_of(signatory: Signatory) -> SignatureLine | None:
    rows = SignatureLine.objects.select_related("consent__pupil", "guardian")
    mine = rows.filter(consent__uuid=signatory.opens)
    return mine.filter(uuid=signatory.line).first() if signatory.line else None


@login_not_required
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The link leads to the code; the right code opens the question for this browser."""
    signatory = links.by_token(token)
    if signatory is None or _line_of(signatory) is None:
        return gone(request)
    words = pages(_chosen(request))["enter"]
    form = CodeForm(request.POST if "code" in request.POST else None, words=words)
    if form.is_valid():
        if links.code_fits(signatory, token, form.cleaned_data["code"]):
            language = request.session.get("reads")
            request.session.cycle_key()
            request.session["signatory"] = str(signatory.uuid)
            if language:
                request.session["reads"] = language
            return redirect("referrals:sign")
        if links.by_token(token) is None:
            return gone(request)
        form.add_error("code", words["wrong"])
    return page(request, "enter", {"form": form})


def opened(request: HttpRequest) -> tuple[Signatory, SignatureLine] | None:
    """Whose question this browser has opened with link and code; None when it holds no more."""
    uuid = request.session.get("signatory")
    rows = Signatory.objects.filter(revoked=None, expires__gt=clock.now())
    signatory = rows.filter(uuid=uuid).first() if uuid else None
    line = _line_of(signatory) if signatory else None
    if line is not None and line.guardian is not None and not line.guardian.may_be_asked():
        return None  # the pupil has become protected since the link was made
    if signatory is None or line is None:
        return None
    request.actor = signatory  # type: ignore[attr-defined]  # Django's has none
    return signatory, line


@login_not_required
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest) -> HttpResponse:
    """The question in the reader's own language, and two equal answers."""
    mine = opened(request)
    return _sign(request, *mine) if mine else gone(request)


@reads("consent.sign")
def _sign(request: HttpRequest, signatory: Signatory, line: SignatureLine) -> HttpResponse:
    consent = Consent.objects.visible_to(signatory).get()
    subject(consent.uuid)
    seen(consent.pupil.uuid, "signatory")
    context = question(request, consent, line)
    if not may_answer(consent, line):
        return _answered_already(request, signatory, consent, line, context)
    say = request.POST.get("say", "")
    some = say in ("some", "yes_some")
    form_class: type[SayForm] = SomeForm if some else SayForm
    form = form_class(
        request.POST if say in ("yes", "no", "yes_some") else None,
        words=context["page"]["some"],
        choices=context["words"]["categories"],
    )
    context |= {"form": form, "eid": eid.adapter() is not None and can_use_eid(line)}
    if form.is_valid():
        details = {"language": context["language"]}
        if some:
            details["categories"] = form.cleaned_data["categories"]
        move = consent.refuse if say == "no" else consent.sign
        done = answered(move, signatory, line, form.cleaned_data["key"], Method.LINK, **details)
        if done is not None:
            return thanked(request, say, done.counted)
        return page(request, "over", context)
    return page(request, "some" if some else "sign", context)


def thanked(request: HttpRequest, said: str, counted: Any = None) -> HttpResponse:
    """On to the thanks, which repeat what was said; `counted`: a no that may be given a reason."""
    request.session["said"], request.session["said_no"] = said, counted
    return redirect("referrals:signed")


def may_answer(consent: Consent, line: SignatureLine) -> bool:
    """Whether this person's answer is still waited for; it can be while the consent holds."""
    return consent.status in LIVING and line.status == LineStatus.WAITING


def can_use_eid(line: SignatureLine) -> bool:
    """An e-identity is held against the number on file; without one there is nothing to hold."""
    return bool(line.person.number.open())


def _answered_already(
    request: HttpRequest,
    signatory: Signatory,
    consent: Consent,
    line: SignatureLine,
    context: dict[str, Any],
) -> HttpResponse:
    """What somebody meets who comes back: it holds, it is saved, or it no longer applies."""
    if line.status == LineStatus.SIGNED and consent.status == ConsentStatus.ACTIVE:
        return page(request, "holds", context)
    if consent.is_open and line.status == LineStatus.SIGNED:
        form = SayForm(request.POST if request.POST.get("say") == "regret" else None)
        if form.is_valid():
            key, language = form.cleaned_data["key"], context["language"]
            done = answered(consent.refuse, signatory, line, key, Method.LINK, language=language)
            if done is not None:
                return thanked(request, "no", done.counted)
        return page(request, "answered", context | {"form": form})
    own_no = line.status == LineStatus.REFUSED
    return page(request, "answered" if own_no else "over", context)


def answered(
    move: Any, signatory: Signatory, line: SignatureLine, key: Any, how: str, **details: Any
) -> Consent | None:
    """The consent once the answer is taken down; None when the question was closed meanwhile."""
    try:
        with together(line.consent):
            event = perform(move, by=signatory, key=key, line=line, how=how, **details)
            Signatory.objects.filter(pk=signatory.pk).update(used=clock.now())
    except (Conflict, ValidationError):
        return None
    answered: Consent = event.obj
    return answered


def question(request: HttpRequest, consent: Consent, line: SignatureLine) -> dict[str, Any]:
    """What every page about one consent needs, in the language it is read in."""
    language = _chosen(request, line.person.language)
    shown = may_be_shown(line.guardian, consent.pupil)
    school = None if consent.purpose == Purpose.CONTACT else consent.names_school
    return {
        "consent": consent,
        "line": line,
        "language": language,
        "page": pages(language),
        "words": text_for(language, consent, line.is_pupil),
        "names": {
            "team": _named(consent.names_team, Shown.DISTRICT in shown),
            "school": _named(school, Shown.SCHOOL in shown),
            "receiver": _named(consent.names_receiver, Shown.DISTRICT in shown),
        },
        "valid_to": consent.valid_to if Shown.DATES in shown else None,
    }


def _named(organisation: Any, shown: bool) -> Any:
    """Its name, or of a protected pupil's only what kind it is; None where the consent has none."""
    if organisation is None or shown:
        return organisation
    return organisation.get_kind_display()


@login_not_required
@require_http_methods(["GET", "POST"])
def signed(request: HttpRequest) -> HttpResponse:
    """Thank you, and what happens now; a no may be followed by a reason, that nobody ties to it."""
    mine = opened(request)
    if mine is None:
        return gone(request)
    words = pages(_chosen(request, mine[1].person.language))
    counted = request.session.get("said_no")
    form = WhyForm(request.POST if "why" in request.POST else None, words=words["why"])
    told = False
    if counted and form.is_valid():
        consent_no.tell_why(counted, form.cleaned_data["why"])
        request.session["said_no"] = None
        counted, told = None, True
    context = {
        "form": form if counted else None,
        "told": told,
        "said": words["said"].get(request.session.get("said"), ""),
        "language": words["language"],
    }
    return page(request, "signed", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, how: str) -> HttpResponse:
    """Share less, or take the consent back: as few clicks as giving it took."""
    mine = opened(request)
    return _change(request, *mine, how) if mine else gone(request)


@reads("consent.change")
def _change(
    request: HttpRequest, signatory: Signatory, line: SignatureLine, how: str
) -> HttpResponse:
    consent = Consent.objects.visible_to(signatory).get()
    subject(consent.uuid)
    seen(consent.pupil.uuid, "signatory")
    context = question(request, consent, line)
    if consent.status != ConsentStatus.ACTIVE or line.status != LineStatus.SIGNED:
        return page(request, "over", context)
    less = how == "mindre"
    given = request.POST if "key" in request.POST else None
    form: SayForm = SayForm(given)
    if less:
        words, choices = context["page"]["less"], context["words"]["categories"]
        form = FewerForm(given, words=words, choices=choices, consent=consent)
    context |= {"form": form, "told": context["page"]["less" if less else "back"], "less": less}
    if form.is_valid():
        said = dict(form.cleaned_data)
        key = said.pop("key")
        try:
            if less:
                perform(consent.narrow, by=signatory, key=key, **said)
            else:
                perform(consent.withdraw, by=signatory, key=key, line=line)
        except ValidationError:
            form.add_error("categories", context["page"]["less"]["ask"])
        except Conflict:
            return page(request, "over", context)
        else:
            return thanked(request, "less" if less else "back")
    return page(request, "change", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def new_link(request: HttpRequest) -> HttpResponse:
    """A fresh link, sent to the number or address on file; the same answer whoever asks.

    The code is shown here and the link travels there, so that both are needed. What is known of
    the address is looked up afterwards, by a worker: the page takes as long for everybody.
    """
    words = pages(_chosen(request))["new_link"]
    form = NewLinkForm(request.POST if "where" in request.POST else None, words=words)
    if form.is_valid():
        code = invitations.ask_for_new(form.cleaned_data["where"])
        return page(request, "link_sent", {"code": code})
    return page(request, "new_link", {"form": form})
