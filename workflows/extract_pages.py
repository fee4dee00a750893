"""Extracts, from asking to handing out."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

import vault.files
from accounts import clock, paging
from accounts.forms import OwnForm, choice, day, long_text, one_person, pick, short_text
from accounts.http import Request
from accounts.models import Membership
from accounts.views.asking import one_of
from history.door import Conflict, begin, perform
from history.reading import only_opened, reads, seen, subject
from referrals.choices import PupilStatus
from referrals.forms.moves import colleagues
from referrals.models import Case, Pupil, Referral
from referrals.models.protection import RightStatus
from vault.models import StoredFile
from workflows.extracts import SIDES, Extract, HandedHow, Kind, Status
from workflows.gathering import parts_of


@require_GET
@reads("extract.list")
def extracts(request: Request) -> HttpResponse:
    """What has been asked for, by the day it must be answered."""
    actor = one_of(request, SIDES)
    asked = re.sub(r"[^A-Za-z0-9-]", "", request.GET.get("om", ""))[:20]
    if asked:
        return redirect("workflows:ask_extract", asked.upper())
    # A protected pupil stands in no list: its extract is a turn of its holders' until it is answered.
    rows = Extract.objects.visible_to(actor).filter(pupil__protection="none")
    rows = rows.select_related("pupil", "asked_by__user")
    waiting = list(
        rows.exclude(status__in=(Status.HANDED_OUT, Status.REFUSED)).order_by("due", "pk")
    )
    over, more = paging.page(
        rows.filter(status__in=(Status.HANDED_OUT, Status.REFUSED)).order_by("-pk"),
        request.GET.get("efter", ""),
    )
    names = Pupil.objects.visible_to(actor).filter(
        pk__in={row.pupil_id for row in [*waiting, *over]}
    )
    known = {pupil.pk: pupil.name for pupil in names}
    for row in [*waiting, *over]:
        seen(row.pupil.uuid, "extract")
    context = {
        "waiting": [(row, known.get(row.pupil_id, "")) for row in waiting],
        "over": [(row, known.get(row.pupil_id, "")) for row in over],
        "more": more,
        "today": clock.today(),
    }
    return render(request, "workflows/extracts.html", context)


class AskForm(OwnForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = choice(_("Vad har någon bett om?"), Kind.choices)
    for_whom = choice(_("Vem ber om det?"), [])
    asked_on = day(_("Vilken dag?"))
    language = pick(_("På vilket språk?"), [("sv", "Svenska"), ("en", "English")])

    def __init__(self, *args: Any, pupil: Pupil, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4(), "asked_on": clock.today(), "language": "sv"}
        super().__init__(*args, **kwargs)
        rows = pupil.guardians.filter(status=PupilStatus.CURRENT).order_by("pk")
        self.guardians = {str(row.uuid): row for row in rows}
        people = [("pupil", pupil.name), *[(key, row.name) for key, row in self.guardians.items()]]
        self.offer("for_whom", people)


@require_http_methods(["GET", "POST"])
@reads("extract.ask")
def ask(request: Request, reference: str) -> HttpResponse:
    """Note that somebody has asked, for a pupil one may know."""
    actor = one_of(request, SIDES)
    pupil = _pupil_of(actor, reference)
    if pupil.protected:
        only_opened(pupil.uuid)
    seen(pupil.uuid, "own")
    form = AskForm(request.POST or None, pupil=pupil)
    if form.is_valid():
        given = form.cleaned_data
        extract = Extract(
            kind=given["kind"],
            organisation=actor.organisation,
            pupil=pupil,
            reference=reference,
            guardian=form.guardians.get(given["for_whom"]),
            language=given["language"],
            asked_by=actor,
            asked_on=given["asked_on"],
        )
        try:
            event = begin(extract, by=actor, key=given["key"])
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect("workflows:extract", event.subject_uuid)
    context = {"form": form, "pupil": pupil, "reference": reference}
    return render(request, "workflows/ask_extract.html", context)


def _pupil_of(actor: Membership, reference: str) -> Pupil:
    for model in (Case, Referral):
        row = model.objects.visible_to(actor).filter(reference=reference).first()
        pk = row.pupil_id if row else None
        known = Pupil.objects.visible_to(actor).filter(pk=pk).first() if pk else None
        if known:
            return known
    raise Http404


class CheckForm(OwnForm):
    """For each part: left out or not, and why."""

    def __init__(self, *args: Any, parts: list[Any], hidden: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        for n, part in enumerate(parts):
            self.fields[f"hide{n}"] = forms.BooleanField(label=_("Utelämna"), required=False)
            self.fields[f"why{n}"] = short_text(_("Varför?"), required=False)
            initial = {f"hide{n}": part.key in hidden or (not hidden and bool(part.warning))}
            self.initial |= initial | {f"why{n}": hidden.get(part.key, "")}

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for n, _part in enumerate(self.parts):
            if given.get(f"hide{n}") and not (given.get(f"why{n}") or "").strip():
                self.add_error(f"why{n}", _("Skriv varför den här delen utelämnas."))
        return given

    def hidden(self) -> dict[str, str]:
        given = self.cleaned_data
        rows = enumerate(self.parts)
        return {part.key: given[f"why{n}"] for n, part in rows if given[f"hide{n}"]}


class RefuseForm(OwnForm):
    why = long_text(_("Varför lämnas utdraget inte ut?"), rows=3)


class HandOnForm(OwnForm):
    responsible = one_person(_("Vem ska se till att det blir besvarat?"), Membership.objects.none())

    def __init__(self, *args: Any, extract: Extract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = colleagues(extract.organisation).exclude(pk=extract.responsible_id)
        if extract.pupil.protected:
            given = extract.pupil.rights.filter(status=RightStatus.GIVEN)
            there = there.filter(pk__in=given.values("holder"))
        self.among("responsible", there)


class HandForm(OwnForm):
    how = choice(_("Hur lämnades det?"), HandedHow.choices)


@require_http_methods(["GET", "POST"])
@reads("extract")
def extract(request: Request, uuid: UUID) -> HttpResponse:
    """One extract: what it would hold, what is left out and why, and what may be done now."""
    actor = one_of(request, SIDES)
    row = get_object_or_404(Extract.objects.visible_to(actor), uuid=uuid)
    if row.pupil.protected:
        only_opened(row.pupil.uuid)
    subject(row.uuid)
    seen(row.pupil.uuid, "extract")
    hidden = {one.part: one.why.open() for one in row.hidden.all()}
    parts = parts_of(row) if row.status in (Status.ASKED, Status.CHECKED) else []
    what = request.POST.get("move", "")
    data = request.POST if request.method == "POST" else None
    check = CheckForm(data if what == "examine" else None, parts=parts, hidden=hidden)
    refuse = RefuseForm(data if what == "refuse" else None)
    hand = HandForm(data if what == "hand_out" else None)
    hand_on = HandOnForm(data if what == "hand_on" else None, extract=row)
    release = OwnForm(data if what == "release" else None)
    forms_of: dict[str, Any] = {
        "examine": check,
        "refuse": refuse,
        "release": release,
        "hand_out": hand,
        "hand_on": hand_on,
    }
    form = forms_of.get(what)
    if form is not None and form.is_valid():
        details = dict(form.cleaned_data)
        if what in ("examine", "release"):
            details = {"whose": actor} | ({"hidden": check.hidden()} if what == "examine" else {})
        try:
            perform(getattr(row, what), by=actor, **details)
        except ValidationError as error:
            form.blame(error)
        except Conflict as conflict:
            row = conflict.obj  # type: ignore[assignment]  # the same row, read again
            form.add_error(None, _("Någon annan har redan gjort det här."))
        else:
            return redirect(request.path)
    moves = {move.name for move in row.moves_for(actor)}
    context = {
        "extract": row,
        "who": _name(row, actor),
        "pieces": [
            {"part": part, "hide": check[f"hide{n}"], "why": check[f"why{n}"]}
            for n, part in enumerate(parts)
        ],
        "left_out": [(one.part, one.why.open()) for one in row.hidden.all()],
        "form": form,
        "refuse": refuse,
        "hand": hand,
        "hand_on": hand_on,
        "moves": moves,
    }
    return render(request, "workflows/extract.html", context)


def _name(row: Extract, actor: Membership) -> str:
    known = Pupil.objects.visible_to(actor).filter(pk=row.pupil_id).first()
    return known.name if known else ""


@require_GET
@reads("extract.file")
def extract_file(request: Request, uuid: UUID, form: str) -> HttpResponse:
    """One of the two files, to the controller's own side, as an attachment with nobody's name."""
    actor = one_of(request, SIDES)
    ready = Extract.objects.visible_to(actor).filter(status__in=(Status.READY, Status.HANDED_OUT))
    row = get_object_or_404(ready, uuid=uuid)
    uuids = {"pdf": row.pdf_file, "json": row.json_file}
    if form not in uuids:
        raise Http404
    stored = get_object_or_404(StoredFile, uuid=uuids[form])
    if row.pupil.protected:
        only_opened(row.pupil.uuid)
    subject(row.uuid)
    seen(row.pupil.uuid, "extract")
    return HttpResponse(
        vault.files.read(stored),
        content_type=stored.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="utdrag-{row.asked_on}.{form}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
