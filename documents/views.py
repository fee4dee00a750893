"""Asking for a document, following how it goes, fetching the file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

import vault.files
from accounts.http import Request
from accounts.models import Membership
from documents.forms import PrintForm
from documents.kinds import KINDS, Kind, ground
from documents.models import Document, Status
from history.door import begin
from history.reading import reads, seen, subject
from referrals.views.case import found_case, frame_of
from vault.models import StoredFile


def _about(kind: Kind | None, uuid: UUID, actor: Membership) -> Any:
    """What it is, or is to be, about; 404 for whoever may not print it now."""
    if kind is None or not isinstance(actor, Membership):
        raise Http404
    return get_object_or_404(kind.rows(actor), uuid=uuid)


def _show(document: Document, obj: Any, actor: Membership) -> None:
    """A look at the pupil it is about, where there is one."""
    subject(document.uuid)
    if document.pupil_uuid is not None:
        seen(document.pupil_uuid, ground(obj, actor))


@require_GET
@reads("document.choose")
def choose(request: Request, reference: str) -> HttpResponse:
    """What can be printed of a case now."""
    case = found_case(request, reference)
    return render(request, "documents/choose.html", frame_of(request, case))


@require_POST
@reads("document.ask")
def ask(request: Request, kind: str, uuid: UUID) -> HttpResponse:
    """Ask for one; a second click on the same button is the same asking."""
    what = KINDS.get(kind)
    obj = _about(what, uuid, request.actor)
    subject(obj.uuid)
    form = PrintForm(request.POST, kind=KINDS[kind])
    if not form.is_valid():
        raise SuspiciousOperation("Ett formulär som vi inte har ritat.")
    given = form.cleaned_data
    document = Document(
        **KINDS[kind].about(obj),
        kind=kind,
        object_uuid=obj.uuid,
        requested_by=request.actor,
        language=given["language"],
        line=given.get("line"),
        with_link=given.get("with_link", False),
    )
    event = begin(document, by=request.actor, key=given["key"])
    return redirect("documents:document", event.subject_uuid)


@require_GET
@reads("document")
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """How it goes. While it is made nothing is told, so that waiting is no look at a pupil."""
    document = get_object_or_404(Document.objects.visible_to(request.actor), uuid=uuid)
    context = {"document": document, "waiting": document.status == Status.WAITING}
    if not context["waiting"]:
        obj = _about(document.kind_of, document.object_uuid, request.actor)
        _show(document, obj, request.actor)
        context |= {"obj": obj, "back": document.kind_of.page(obj)}
    return render(request, "documents/document.html", context)


@require_GET
@reads("document.file")
def fetch(request: Request, uuid: UUID) -> HttpResponse:
    """The file, to whoever asked for it, while they may still read what it is about."""
    mine = Document.objects.visible_to(request.actor).filter(status=Status.DONE)
    document = get_object_or_404(mine, uuid=uuid)
    obj = _about(document.kind_of, document.object_uuid, request.actor)
    stored = get_object_or_404(StoredFile, uuid=document.file)
    _show(document, obj, request.actor)
    return HttpResponse(
        vault.files.read(stored),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{document.file_name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
