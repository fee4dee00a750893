"""The files of a released extract: one to read, one for machines; sealed, fetched through the gate."""

from __future__ import annotations

import json
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

import vault.files
from accounts import clock
from accounts.models import CLOCK
from documents import pdf
from documents.sheets import Sheet
from history import legal, outbox
from history.door import perform
from history.models import Outgoing
from history.reading import let_out, seen, subject
from workflows.extracts import Extract, Status
from workflows.gathering import parts_of


@outbox.handler("extract")
def make(promise: Outgoing) -> None:
    """Make both files of what was released, once; reading it is a look like any other."""
    extract = Extract.objects.select_related("pupil", "guardian", "organisation").get(
        uuid=promise.payload["extract"]
    )
    if extract.status != Status.RELEASED:
        return
    with translation.override(extract.language):
        told = let_out("extract.make", extract.released_by, lambda: contents(extract))
        content = _draw(extract, told)
    stored = [
        vault.files.store(content, "application/pdf"),
        vault.files.store(
            json.dumps(told, ensure_ascii=False, indent=1).encode(), "application/json"
        ),
    ]
    try:
        perform(extract.keep, by=CLOCK, pdf_file=stored[0].uuid, json_file=stored[1].uuid)
    except BaseException:
        for row in stored:
            vault.files.remove(row)
        raise


def contents(extract: Extract) -> dict[str, Any]:
    """What is released, as plain values; every part left out is told with its reason."""
    subject(extract.uuid)
    seen(extract.pupil.uuid, "extract")
    hidden = {row.part: row.why.open() for row in extract.hidden.all()}
    parts = parts_of(extract)
    law = legal.reference("register_extract")
    return {
        "kind": extract.kind,
        "controller": str(extract.controller),
        "organisation": str(extract.organisation),
        "law": law.words,
        "asked_on": extract.asked_on.isoformat(),
        "released_on": extract.released_on.isoformat() if extract.released_on else "",
        "parts": [
            {"title": part.title, "values": [list(pair) for pair in part.values]}
            for part in parts
            if part.key not in hidden
        ],
        "left_out": [
            {"title": part.title, "why": hidden[part.key]} for part in parts if part.key in hidden
        ],
    }


def _draw(extract: Extract, told: dict[str, Any]) -> bytes:
    title = _("Registerutdrag") if extract.kind == "register" else _("Vem som har läst")
    sheet = Sheet(title=title, sender=str(extract.organisation), reference="", values={})
    context = {"sheet": sheet, "told": told, "today": clock.today()}
    body = SafeString(render_to_string("documents/print/extract.html", context))
    return pdf.render_pdf(body, language=extract.language, title=title, author=sheet.sender)
