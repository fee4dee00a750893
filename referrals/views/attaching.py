"""Files on a referral or a case: adding one, fetching it, marking it as added in error."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

import vault.files
import vault.uploads
from accounts.forms import OwnForm, choice, short_text, yes
from accounts.http import Request
from history.door import Conflict, begin, perform
from history.reading import reads, subject
from referrals.choices import AttachmentKind
from referrals.models import Attachment, Case, Referral
from referrals.views.showing import show
from vault.models import State, StoredFile


class AttachmentForm(OwnForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    title = short_text(_("Vad är det för fil?"), limit=120, ask=_("Skriv vad filen är."))
    kind = choice(_("Slag"), AttachmentKind.choices)
    shown_to_other_side = yes(
        _("Skolan får se filen"), hint=_("Så länge ett samtycke omfattar möten.")
    )
    file = forms.FileField(
        label=_("Fil"),
        help_text=_("PDF, PNG, JPEG eller Word (docx), högst 10 MB. Makron tas inte emot."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.docx"}),
        max_length=500,
        error_messages={
            "required": _("Välj en fil."),
            "empty": _("Filen är tom. Välj en annan."),
            "invalid": _("Välj en fil."),
            "max_length": _("Filens namn är för långt."),
        },
    )

    def __init__(self, *args: Any, matter: Referral | Case, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4()}
        super().__init__(*args, **kwargs)
        if isinstance(matter, Referral):
            del self.fields["shown_to_other_side"]


@require_http_methods(["GET", "POST"])
@reads("files")
def on_referral(request: Request, reference: str) -> HttpResponse:
    """The files of a referral, for whoever reads it in full."""
    rows = Referral.objects.visible_in_full(request.actor)
    referral = get_object_or_404(rows.filter(pupil__isnull=False), reference=reference)
    return _page(request, referral, {"referral": referral})


@require_http_methods(["GET", "POST"])
@reads("files")
def on_case(request: Request, reference: str) -> HttpResponse:
    """The files of a case, for its own people and, where shown, for the school."""
    case = get_object_or_404(Case.objects.visible_to(request.actor), reference=reference)
    return _page(request, case, {"case": case})


def _page(request: Request, matter: Referral | Case, of: dict[str, Any]) -> HttpResponse:
    subject(matter.uuid)
    new = Attachment(added_by=request.actor, **of)
    adds = Attachment.beginner(new, request.actor)
    if request.method == "POST" and not adds:
        raise Http404
    form = (
        AttachmentForm(request.POST or None, request.FILES or None, matter=matter) if adds else None
    )
    if form is not None and form.is_valid() and _attached(request, form, new):
        return redirect(request.path)
    files = Attachment.objects.visible_to(request.actor).filter(**of)
    context = of | {
        "matter": matter,
        "who": show(matter, request.actor),
        "form": form,
        "files": _with_state(files.select_related("added_by__user").order_by("-pk")),
        "up": _page_of(matter),
    }
    return render(request, "referrals/files.html", context)


def _page_of(matter: Referral | Case) -> str:
    name = "referrals:case" if isinstance(matter, Case) else "referrals:referral"
    return reverse(name, args=[matter.reference])


def _attached(request: Request, form: AttachmentForm, new: Attachment) -> bool:
    given = form.cleaned_data
    new.title, new.kind = given["title"], given["kind"]
    new.shown_to_other_side = given.get("shown_to_other_side", False)
    try:
        stored = vault.uploads.keep(given["file"], vault.uploads.LETTERS)
    except ValidationError as error:
        form.blame(ValidationError({"file": error.messages}))
        return False
    new.file, new.media_type, new.size = stored.uuid, stored.media_type, stored.size
    try:
        event = begin(new, by=request.actor, key=given["key"])
    except ValidationError as error:
        vault.files.remove(stored)
        form.blame(error)
        return False
    if event.obj.file != stored.uuid:  # a second click: the first one's file is kept
        vault.files.remove(stored)
    return True


def _with_state(rows: Any) -> list[dict[str, Any]]:
    files = list(rows)
    found = StoredFile.objects.filter(uuid__in=[row.file for row in files])
    states = dict(found.values_list("uuid", "state"))
    return [
        {"row": row, "state": State(states[row.file]), "open": states[row.file] == State.CLEAN}
        for row in files
    ]


@require_GET
@reads("file")
def fetch(request: Request, uuid: UUID) -> HttpResponse:
    """The file, as an attachment under a name of ours; what a scanner has not passed is not there."""
    row = get_object_or_404(Attachment.objects.visible_to(request.actor), uuid=uuid)
    stored = get_object_or_404(StoredFile, uuid=row.file, state=State.CLEAN)
    subject(row.uuid)
    show(row.matter, request.actor)
    name = f"{row.kind}-{row.matter.reference}.{vault.uploads.ENDINGS[stored.media_type]}"
    return HttpResponse(
        vault.files.read(stored),
        content_type=stored.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_POST
@reads("file.error")
def mark_in_error(request: Request, uuid: UUID) -> HttpResponse:
    """Added to the wrong pupil."""
    row = get_object_or_404(Attachment.objects.visible_to(request.actor), uuid=uuid)
    subject(row.uuid)
    try:
        perform(row.mark_in_error, by=request.actor)
    except Conflict as error:  # somebody else has done it
        raise Http404 from error
    kind = "case_files" if row.case_id else "referral_files"
    return redirect(f"referrals:{kind}", row.matter.reference)
