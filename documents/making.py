"""The worker's part: read as the one who asked may read it now, draw, keep encrypted."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

import vault.files
from accounts import clock
from accounts.models import CLOCK, Membership
from documents import pdf
from documents.kinds import template_version
from documents.models import Document, FailCode, Status
from documents.sheets import Sheet, consent
from history import outbox
from history.door import perform
from history.models import Outgoing
from history.reading import let_out, subject


@outbox.handler("document")
def make(promise: Outgoing) -> None:
    """Make what was asked for, once; what cannot be made is told, what broke is tried again."""
    document = Document.objects.get(uuid=promise.payload["document"])
    if document.status != Status.WAITING:
        return
    actor = Membership.objects.in_force().filter(pk=document.requested_by_id).first()
    try:
        with translation.override(document.language):
            sheet = let_out("document.make", actor, lambda: read(document, actor))
    except (Http404, PermissionDenied):
        perform(document.fail, by=CLOCK, code=FailCode.RIGHT_GONE)
        return
    try:
        content = draw(document, sheet)
    except pdf.Refused:
        perform(document.fail, by=CLOCK, code=FailCode.REFUSED)
        return
    _keep(document, content, sheet)


def read(document: Document, actor: Membership | None) -> Sheet:
    """What is to stand on it, read with the asker's own eyes; raises Http404 without the right."""
    if actor is None:
        raise Http404
    subject(document.object_uuid)
    kind = document.kind_of
    obj = get_object_or_404(kind.rows(actor), uuid=document.object_uuid)
    options: dict[str, Any] = {"only": document.line} if document.line else {}
    return kind.sheet(obj, actor, document.language, **options)


def draw(document: Document, sheet: Sheet) -> bytes:
    """The file; raises pdf.Refused."""
    if document.with_link:
        consent.with_links(sheet)
    context = sheet.values | {"sheet": sheet, "kind": document.kind_of, "today": clock.today()}
    with translation.override(document.language):
        body = SafeString(render_to_string(document.kind_of.template, context))
    return pdf.render_pdf(body, language=document.language, title=sheet.title, author=sheet.sender)


def _keep(document: Document, content: bytes, sheet: Sheet) -> None:
    version = template_version(document.kind)
    if sheet.text_version:
        version += f" text {sheet.text_version}"
    stored = vault.files.store(content, "application/pdf")
    try:
        perform(
            document.keep,
            by=CLOCK,
            file=stored.uuid,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            template_version=version,
        )
    except BaseException:
        vault.files.remove(stored)
        raise
