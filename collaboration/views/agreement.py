"""Agreements: the list, one of them, drafting, parties, and what differs between versions."""

from __future__ import annotations

from functools import partial
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

import vault.files
import vault.uploads
from accounts import paging
from accounts.http import Request
from accounts.models import CLOCK, Actor, Membership, Organisation, Role
from collaboration import differences, letters, parties, policy, programmes, sight, timeline
from collaboration.choices import IN_FORCE, PAST, AgreementStatus, Signature, SignedHow
from collaboration.forms.agreement import (
    CommentForm,
    NewAgreementForm,
    NewPartyForm,
    NewSectionForm,
    OwnerForm,
    PartyForm,
    SectionForm,
    SignOnPaperForm,
)
from collaboration.forms.offers import offers
from collaboration.models import Agreement
from collaboration.texts.agreement import SECTIONS
from collaboration.views.acting import only_theirs
from history.door import Conflict, begin, perform
from history.forms import MoveForm
from history.views.saving import move_of, saved
from vault.models import State, StoredFile


def reader(request: HttpRequest) -> Actor | None:
    """Who reads: the actor; where agreements are public, anyone, shown what is in force or past."""
    return getattr(request, "actor", None)


def _visible(request: HttpRequest) -> Any:
    actor = reader(request)
    if actor is not None:
        return Agreement.objects.visible_to(actor)
    return Agreement.objects.visible_to(CLOCK).filter(status__in=(*IN_FORCE, *PAST))


def _closed(request: HttpRequest) -> bool:
    return reader(request) is None and not settings.PUBLIC_AGREEMENTS


@login_not_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All agreements the reader may know of; what has to be done first comes first."""
    if _closed(request):
        return redirect_to_login(request.get_full_path())
    show = "alla" if request.GET.get("visa") == "alla" else ""
    rows = _visible(request).select_related("district")
    if not show:
        rows = rows.exclude(status__in=(*PAST, AgreementStatus.DROPPED))
    waiting = Count("parties", filter=Q(parties__signature=Signature.WAITING))
    rows = rows.annotate(n=Count("parties"), waiting=waiting).order_by(
        "evaluate_by", "district__name", "-number", "pk"
    )
    actor = reader(request)
    known = dict(programmes.choices())
    shown, more = paging.page(rows, request.GET.get("efter", ""))
    context = {
        "agreements": [(row, known.get(row.programme, row.programme)) for row in shown],
        "more": more,
        "show": show,
        "drafts": isinstance(actor, Membership) and actor.role == Role.DISTRICT,
    }
    return render(request, "collaboration/agreements.html", context)


@login_not_required
@require_GET
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One agreement: the text, whom it binds, how it has gone, and what the reader may do."""
    if _closed(request):
        return redirect_to_login(request.get_full_path())
    agreement = get_object_or_404(
        _visible(request).select_related("district", "responsible__user", "replaces"), uuid=uuid
    )
    actor = reader(request)
    keeps = actor is not None and policy.district_manager(agreement, actor)
    inside = actor is not None and agreement.names_signers_to(actor)
    moves = offers(agreement, actor) if isinstance(actor, Membership) else []
    if not agreement.may_begin:  # it begins by itself on its day
        moves = [(name, offer) for name, offer in moves if name != "publish"]
    asked = {move.name for move in agreement.moves_for(actor)} if actor else set()
    context = {
        "agreement": agreement,
        "sections": agreement.sections.select_related("owner__user"),
        "parties": agreement.parties.select_related("organisation"),
        "comments": agreement.comments.select_related("organisation", "section") if actor else [],
        "evaluations": agreement.evaluations.all(),
        "versions": _versions(request, agreement),
        "events": timeline.of(agreement) if actor else [],
        "offers": moves,
        "keeps": keeps,
        "inside": inside,
        "drafting": keeps and agreement.status == AgreementStatus.DRAFT,
        "mine": [
            s.pk
            for s in agreement.sections.all()
            if actor and s.owner_id == getattr(actor, "pk", 0)
        ]
        if agreement.status == AgreementStatus.DRAFT
        else [],
        "comments_open": "comment" in asked,
        "can_sign_on_paper": keeps and "sign" in asked,
        "can_revise": keeps
        and agreement.status in IN_FORCE
        and not agreement.revisions.filter(status__in=("draft", "in_review", "signed")).exists(),
    }
    return render(request, "collaboration/agreement.html", context)


def _versions(request: HttpRequest, agreement: Agreement) -> list[Agreement]:
    rows = _visible(request).filter(trail=agreement.trail_id).order_by("-number", "-pk")
    return list(rows)


def _own_district(request: Request) -> Organisation:
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role != Role.DISTRICT:
        raise Http404
    return actor.organisation


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """A new agreement from the template: its text, and everybody it should bind."""
    district = _own_district(request)
    form = NewAgreementForm(request.POST or None, district=district)
    if form.is_valid():
        given = form.cleaned_data
        agreement = Agreement(
            district=district,
            programme=given["programme"],
            title=given["title"],
            responsible=request.actor,
        )
        try:
            event = begin(
                agreement,
                by=request.actor,
                key=given["key"],
                sections=[tuple(row) for row in SECTIONS],
                parties=[parties.row_for(one) for one in given["parties"]],
            )
        except ValidationError as error:
            form.blame(error)
            form.fresh_key()
        else:
            return redirect("collaboration:agreement", event.obj.uuid)
    return render(request, "collaboration/agreement_new.html", {"form": form})


@require_POST
def revise(request: Request, uuid: UUID) -> HttpResponse:
    """The next version: the same text and parties to begin with, the old one holds meanwhile."""
    old = get_object_or_404(Agreement.objects.visible_to(request.actor), uuid=uuid)
    new_version = Agreement(
        district=old.district,
        programme=old.programme,
        title=old.title,
        number=old.number + 1,
        replaces=old,
        responsible=old.responsible,
        deputy=old.deputy,
    )
    kept = ("signer_name", "signer_title", "signer_email", "signer_phone")
    bound = [
        {name: getattr(row, name) for name in kept}
        | {
            "organisation": row.organisation,
            "signature": Signature.NOT_NEEDED
            if row.signature == Signature.NOT_NEEDED
            else Signature.WAITING,
        }
        for row in old.parties.select_related("organisation")
        if row.organisation.until is None
    ]
    text = [(row.key, row.title, row.body) for row in old.sections.all()]
    try:
        event = begin(new_version, by=request.actor, sections=text, parties=bound)
    except ValidationError:
        coming = old.revisions.filter(status__in=("draft", "in_review", "signed")).first()
        return redirect("collaboration:agreement", coming.uuid if coming else old.uuid)
    return redirect("collaboration:agreement", event.obj.uuid)


def _drafted(request: Request, uuid: UUID, move: str) -> Agreement:
    """The agreement, for those who may make this move of it."""
    agreement = get_object_or_404(Agreement.objects.visible_to(request.actor), uuid=uuid)
    only_theirs(request, agreement, move)
    return agreement


def _page(
    request: Request, agreement: Agreement, form: Any, move: Any, **more: Any
) -> HttpResponse:
    """A page with one form that makes one move of the agreement."""
    context = {
        "agreement": agreement,
        "form": form,
        "back": f"/samverkan/overenskommelser/{agreement.uuid}/",
    }
    context |= more
    extra = context.pop("details", {})
    if form.is_valid():
        save = move_of(form, move, request.actor, **extra)
        if answer := saved(request, form, save, context):
            return answer
    return render(request, "collaboration/agreement_form.html", context)


@require_http_methods(["GET", "POST"])
def section(request: Request, uuid: UUID, row: UUID) -> HttpResponse:
    """Write one section: its owner, or the district manager."""
    agreement = _drafted(request, uuid, "write_section")
    written = get_object_or_404(agreement.sections, uuid=row)
    form = SectionForm(
        request.POST or None,
        obj=agreement,
        actor=request.actor,
        initial={"title": written.title, "body": written.body},
    )
    return _page(
        request,
        agreement,
        form,
        agreement.write_section,
        details={"section": written},
        section=written,
    )


@require_http_methods(["GET", "POST"])
def new_section(request: Request, uuid: UUID) -> HttpResponse:
    agreement = _drafted(request, uuid, "add_section")
    form = NewSectionForm(request.POST or None, obj=agreement, actor=request.actor)
    return _page(request, agreement, form, agreement.add_section)


@require_http_methods(["GET", "POST"])
def section_owner(request: Request, uuid: UUID, row: UUID) -> HttpResponse:
    """Ask somebody else to write a section."""
    agreement = _drafted(request, uuid, "assign_section")
    written = get_object_or_404(agreement.sections, uuid=row)
    form = OwnerForm(
        request.POST or None, obj=agreement, actor=request.actor, initial={"owner": written.owner}
    )
    return _page(
        request,
        agreement,
        form,
        agreement.assign_section,
        details={"section": written},
        section=written,
    )


@require_http_methods(["GET", "POST"])
def remove_section(request: Request, uuid: UUID, row: UUID) -> HttpResponse:
    agreement = _drafted(request, uuid, "remove_section")
    written = get_object_or_404(agreement.sections, uuid=row)
    form = MoveForm(request.POST or None, obj=agreement, actor=request.actor)
    return _page(
        request,
        agreement,
        form,
        agreement.remove_section,
        details={"section": written},
        section=written,
        removes=written.title,
    )


@require_http_methods(["GET", "POST"])
def new_party(request: Request, uuid: UUID) -> HttpResponse:
    agreement = _drafted(request, uuid, "set_party")
    form = NewPartyForm(request.POST or None, obj=agreement, actor=request.actor)
    row = agreement.parties.model(agreement=agreement)
    return _page(request, agreement, form, agreement.set_party, details={"party": row})


@require_http_methods(["GET", "POST"])
def party(request: Request, uuid: UUID, row: UUID) -> HttpResponse:
    """Who signs for one party; or take the party away."""
    agreement = _drafted(request, uuid, "set_party")
    bound = get_object_or_404(agreement.parties.select_related("organisation"), uuid=row)
    fields = ("signer_name", "signer_title", "signer_email", "signer_phone")
    initial: dict[str, Any] = {name: getattr(bound, name) for name in fields}
    initial["signs"] = bound.signature != Signature.NOT_NEEDED
    form = PartyForm(request.POST or None, obj=agreement, actor=request.actor, initial=initial)
    return _page(
        request, agreement, form, agreement.set_party, details={"party": bound}, party=bound
    )


@require_http_methods(["GET", "POST"])
def remove_party(request: Request, uuid: UUID, row: UUID) -> HttpResponse:
    agreement = _drafted(request, uuid, "set_party")
    bound = get_object_or_404(agreement.parties.select_related("organisation"), uuid=row)
    form = MoveForm(request.POST or None, obj=agreement, actor=request.actor)
    details = {"party": bound, "remove": True}
    return _page(request, agreement, form, agreement.set_party, details=details, removes=str(bound))


@require_http_methods(["GET", "POST"])
def on_paper(request: Request, uuid: UUID, row: UUID) -> HttpResponse:
    """A party has signed on paper: keep the scan with its row."""
    agreement = _drafted(request, uuid, "sign")
    bound = get_object_or_404(agreement.parties.select_related("organisation"), uuid=row)
    form = SignOnPaperForm(
        request.POST or None,
        request.FILES or None,
        obj=agreement,
        actor=request.actor,
        initial={"name": bound.signer_name},
    )
    back = f"/samverkan/overenskommelser/{agreement.uuid}/"
    context = {"agreement": agreement, "form": form, "back": back, "party": bound}
    if form.is_valid():
        given, kept, event = form.cleaned_data, cast("StoredFile | None", None), None
        try:
            kept = vault.uploads.keep(given["scan"])
            event = perform(
                agreement.sign,
                by=request.actor,
                version=given["version"],
                key=given["key"],
                party=bound,
                how=SignedHow.PAPER,
                name=given["name"],
                on=given["on"],
                file=kept.uuid,
            )
        except Conflict as conflict:
            return render(request, "conflict.html", context | {"now": conflict.obj}, status=409)
        except ValidationError as error:
            form.blame(
                error if hasattr(error, "error_dict") else ValidationError({"scan": error.messages})
            )
            form.fresh_key()
        else:
            return redirect(back)
        finally:
            if kept and not (event and agreement.parties.filter(file=kept.uuid).exists()):
                vault.files.remove(kept)  # refused, or the second of two clicks
    return render(request, "collaboration/agreement_form.html", context)


@require_POST
def make_link(request: Request, uuid: UUID, row: UUID) -> HttpResponse:
    """A fresh link and its code, shown once: the code is given by voice."""
    agreement = get_object_or_404(Agreement.objects.visible_to(request.actor), uuid=uuid)
    keeps = {move.name for move in agreement.moves_for(request.actor)}
    if agreement.status != AgreementStatus.IN_REVIEW or "reopen" not in keeps:
        raise Http404
    bound = get_object_or_404(agreement.parties, uuid=row, signature=Signature.WAITING)
    url, code = letters.agreement_link(bound)
    context = {"agreement": agreement, "party": bound, "url": url, "code": code}
    return render(request, "collaboration/agreement_link.html", context)


@require_GET
def file(request: Request, uuid: UUID, row: UUID) -> HttpResponse:
    """The scanned paper of one party, for the district and those who see all agreements."""
    agreement = get_object_or_404(Agreement.objects.visible_to(request.actor), uuid=uuid)
    if not agreement.names_signers_to(request.actor):
        raise Http404
    bound = get_object_or_404(agreement.parties.exclude(file=None), uuid=row)
    stored = get_object_or_404(StoredFile, uuid=bound.file, state=State.CLEAN)
    response = HttpResponse(vault.files.read(stored), content_type=stored.media_type)
    ending = stored.media_type.rsplit("/", 1)[-1]
    response.headers["Content-Disposition"] = f'attachment; filename="underskrift.{ending}"'
    return response


@require_http_methods(["GET", "POST"])
def comment(request: Request, uuid: UUID) -> HttpResponse:
    """What a party's own people think, from inside; those without account do it by their link."""
    agreement = _drafted(request, uuid, "comment")
    form = CommentForm(request.POST or None, agreement=agreement)
    back = f"/samverkan/overenskommelser/{agreement.uuid}/"
    context = {"agreement": agreement, "form": form, "back": back}
    if form.is_valid():
        given, actor = form.cleaned_data, request.actor
        save = partial(
            perform,
            agreement.comment,
            by=actor,
            key=given["key"],
            text=given["text"],
            section=given["section"],
            organisation=actor.organisation,
            author=actor.name,
        )
        if answer := saved(request, form, save, context):
            return answer
    return render(request, "collaboration/agreement_form.html", context)


@login_not_required
@require_GET
def changes(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What this version changes in the one it replaces, added and removed words marked and told."""
    if _closed(request):
        return redirect_to_login(request.get_full_path())
    agreement = get_object_or_404(
        _visible(request).select_related("replaces").exclude(replaces=None), uuid=uuid
    )
    context = {
        "agreement": agreement,
        "changes": differences.of_versions(agreement.replaces, agreement),
    }
    return render(request, "collaboration/agreement_changes.html", context)


@login_not_required
@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """How many schools have an agreement, by kind of school, and which have none."""
    if _closed(request):
        return redirect_to_login(request.get_full_path())
    chosen = sight.district_in(request.GET)
    schools, districts = parties.covered(chosen)
    without = [row for row in schools if not row["covered"]]
    shown, more = paging.page(without, request.GET.get("efter", ""))
    context = {
        "districts": districts,
        "chosen": chosen,
        "kinds": parties.shares(schools),
        "lack": len(without),
        "without": shown,
        "more": more,
    }
    return render(request, "collaboration/coverage.html", context)
