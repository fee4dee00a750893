"""A party without an account: reads by its link and code, says what it thinks, signs."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock, links
from accounts.models import Signatory
from collaboration import differences
from collaboration.choices import AgreementStatus, Signature, SignedHow
from collaboration.forms.agreement import CodeForm, CommentForm, SignByLinkForm
from collaboration.letters import AGREEMENT
from collaboration.models import Agreement, AgreementParty
from history.door import Conflict, perform, together

SESSION = "agreement_link"


def gone(request: HttpRequest) -> HttpResponse:
    """The same calm page for a link that is old, taken back or never was."""
    return render(request, "collaboration/link_gone.html", status=404)


def _party_of(signatory: Signatory) -> AgreementParty | None:
    rows = AgreementParty.objects.select_related("agreement__replaces", "organisation")
    mine = rows.filter(agreement__uuid=signatory.opens)
    return mine.filter(uuid=signatory.line).first() if signatory.line else None


@login_not_required
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The link leads to the code; the right code opens the agreement for this browser."""
    signatory = links.by_token(token)
    if signatory is None or signatory.purpose != AGREEMENT or _party_of(signatory) is None:
        return gone(request)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if links.code_fits(signatory, token, form.cleaned_data["code"]):
            request.session.cycle_key()
            request.session[SESSION] = str(signatory.uuid)
            return redirect("collaboration:link")
        if links.by_token(token) is None:
            return gone(request)
        form.add_error("code", _("Koden stämmer inte. Kontrollera siffrorna."))
    return render(request, "collaboration/link_enter.html", {"form": form})


def _opened(request: HttpRequest) -> tuple[Signatory, AgreementParty] | None:
    uuid = request.session.get(SESSION)
    if not uuid:
        return None
    rows = Signatory.objects.filter(
        uuid=uuid, revoked=None, expires__gt=clock.now(), purpose=AGREEMENT
    )
    signatory = rows.first()
    party = _party_of(signatory) if signatory else None
    return (signatory, party) if signatory and party else None


@login_not_required
@require_http_methods(["GET", "POST"])
def read(request: HttpRequest) -> HttpResponse:
    """The text, and what is asked just now: what they think, or their signature."""
    opened = _opened(request)
    if opened is None:
        return gone(request)
    signatory, party = opened
    agreement = Agreement.objects.visible_to(signatory).select_related("replaces").get()
    asked = agreement.status == AgreementStatus.IN_REVIEW
    signs = asked and not agreement.open_for_comments() and party.signature == Signature.WAITING
    comments = asked and agreement.open_for_comments()
    context: dict[str, Any] = {
        "agreement": agreement,
        "party": party,
        # What is being written anew is not shown to those outside until they are asked again.
        "sections": agreement.sections.all() if agreement.status != AgreementStatus.DRAFT else [],
        "parties": agreement.parties.select_related("organisation"),
        "changes": differences.of_versions(agreement.replaces, agreement)
        if agreement.replaces and agreement.status != AgreementStatus.DRAFT
        else [],
        "signs": signs,
        "asks": comments,
        "said": agreement.comments.filter(organisation=party.organisation),
    }
    data = request.POST or None
    if signs:
        form: Any = SignByLinkForm(data, initial={"name": party.signer_name})
    elif comments:
        form = CommentForm(data, agreement=agreement)
    else:
        return render(request, "collaboration/link_read.html", context)
    context["form"] = form
    if form.is_valid():
        try:
            _done(signatory, agreement, party, form.cleaned_data, signs=signs)
        except ValidationError as error:
            form.blame(error)
            form.fresh_key()
        except Conflict:
            return redirect("collaboration:link")
        else:
            return redirect("collaboration:link_thanks")
    return render(request, "collaboration/link_read.html", context)


def _done(
    signatory: Signatory,
    agreement: Agreement,
    party: AgreementParty,
    given: dict[str, Any],
    *,
    signs: bool,
) -> None:
    """Sign or comment; the link is marked as used in the same transaction."""
    with together(agreement):
        if signs:
            perform(
                agreement.sign,
                by=signatory,
                key=given["key"],
                party=party,
                how=SignedHow.LINK,
                name=given["name"],
            )
            Signatory.objects.filter(pk=signatory.pk).update(used=clock.now())
        else:
            perform(
                agreement.comment,
                by=signatory,
                key=given["key"],
                text=given["text"],
                section=given["section"],
                organisation=party.organisation,
                author=party.signer_name,
            )


@login_not_required
@require_http_methods(["GET"])
def thanks(request: HttpRequest) -> HttpResponse:
    opened = _opened(request)
    if opened is None:
        return gone(request)
    _signatory, party = opened
    return render(request, "collaboration/link_thanks.html", {"party": party})
