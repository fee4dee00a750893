"""Pages of the record: extracts from asking to handing out, and lists of what is disposed of."""

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
from accounts import clock
from accounts.forms import OwnForm, choice, day, long_text, pick, short_text
from accounts.http import Request
from accounts.models import Kind as Place
from accounts.models import Membership, Role
from history.door import Conflict, begin, perform
from history.reading import only_opened, reads, seen, subject
from referrals.choices import PupilStatus
from referrals.models import Case, Pupil, Referral
from vault.models import StoredFile
from workflows import erasing
from workflows.disposals import Disposal, Outcome
from workflows.disposals import Status as DisposalStatus
from workflows.extracts import Extract, HandedHow, Kind, Status
from workflows.gathering import parts_of

SIDES = (Role.SCHOOL, Role.PRINCIPAL, Role.TEAM, Role.MANAGER)
CHIEFS = (Role.PRINCIPAL, Role.MANAGER)


def _member(request: Request, roles: tuple[Role, ...]) -> Membership:
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in roles:
        raise Http404
    return actor


@require_GET
@reads("extract.list")
def extracts(request: Request) -> HttpResponse:
    """What has been asked for, by the day it must be answered."""
    actor = _member(request, SIDES)
    asked = re.sub(r"[^A-Za-z0-9-]", "", request.GET.get("om", ""))[:20]
    if asked:
        return redirect("workflows:ask_extract", asked.upper())
    rows = Extract.objects.visible_to(actor).select_related("pupil", "asked_by__user")
    waiting = list(
        rows.exclude(status__in=(Status.HANDED_OUT, Status.REFUSED)).order_by("due", "pk")
    )
    over = list(rows.filter(status__in=(Status.HANDED_OUT, Status.REFUSED)).order_by("-pk")[:50])
    names = Pupil.objects.visible_to(actor).filter(
        protection="none",  # a protected pupil's name stands in no list
        pk__in={row.pupil_id for row in [*waiting, *over]},
    )
    known = {pupil.pk: pupil.name for pupil in names}
    for row in [*waiting, *over]:
        seen(row.pupil.uuid, "extract")
    context = {
        "waiting": [(row, known.get(row.pupil_id, "")) for row in waiting],
        "over": [(row, known.get(row.pupil_id, "")) for row in over],
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
    actor = _member(request, SIDES)
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


class HandForm(OwnForm):
    how = choice(_("Hur lämnades det?"), HandedHow.choices)


@require_http_methods(["GET", "POST"])
@reads("extract")
def extract(request: Request, uuid: UUID) -> HttpResponse:
    """One extract: what it would hold, what is left out and why, and what may be done now."""
    actor = _member(request, SIDES)
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
    release = OwnForm(data if what == "release" else None)
    form: Any = {"examine": check, "refuse": refuse, "hand_out": hand, "release": release}.get(what)
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
    actor = _member(request, SIDES)
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


READERS = (*CHIEFS, Role.DISTRICT, Role.ADMIN, Role.AUDITOR)


@require_http_methods(["GET", "POST"])
def disposals(request: Request) -> HttpResponse:
    """The lists there are, and a new one of what is due now; numbers and dates, no people."""
    actor = _member(request, READERS)
    proposes = actor.role in CHIEFS and actor.organisation.kind in (Place.TEAM, Place.SCHOOL)
    rows = erasing.due(actor.organisation) if proposes else []
    fault = ""
    if request.method == "POST":
        if not proposes:
            raise Http404
        try:
            new = Disposal(organisation=actor.organisation, proposed_by=actor)
            event = begin(new, by=actor, rows=rows)
        except ValidationError as error:
            fault = " ".join(error.messages)
        else:
            return redirect("workflows:disposal", event.subject_uuid)
    lists = Disposal.objects.visible_to(actor).select_related("organisation", "proposed_by__user")
    context = {
        "lists": lists.order_by("-pk")[:100],
        "due": len([row for row in rows if row.outcome == Outcome.DISPOSE]),
        "research": len([row for row in rows if row.outcome == Outcome.RESEARCH]),
        "proposes": proposes,
        "fault": fault,
    }
    return render(request, "workflows/disposals.html", context)


class HoldForm(OwnForm):
    row = forms.TypedChoiceField(label=_("Vilket ärende?"), coerce=int, choices=[])
    why = short_text(_("Varför ska det inte gallras nu?"))

    def __init__(self, *args: Any, rows: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            "row", [(row.pk, row.reference) for row in rows if row.outcome == Outcome.DISPOSE]
        )


class RejectForm(OwnForm):
    why = long_text(_("Varför godtar du inte listan?"), rows=3)


@require_http_methods(["GET", "POST"])
@reads("disposal")
def disposal(request: Request, uuid: UUID) -> HttpResponse:
    """One list, and afterwards its receipt: how many under which rule, when, by whom; nobody's name."""
    actor = _member(request, READERS)
    row = get_object_or_404(Disposal.objects.visible_to(actor), uuid=uuid)
    rows = list(row.rows.order_by("rule", "last_on", "pk"))
    subject(row.uuid)
    # A number is a look at whom it stands for; of a path that is emptied none is left.
    on_list = Pupil.objects.filter(trail__in=[one.path_id for one in rows if one.path_id])
    for pupil in on_list.values_list("uuid", flat=True):
        seen(pupil, "retention")
    what = request.POST.get("move", "")
    data = request.POST if request.method == "POST" else None
    hold = HoldForm(data if what == "hold" else None, rows=rows)
    reject = RejectForm(data if what == "reject" else None)
    approve = OwnForm(data if what == "approve" else None)
    form: Any = {"hold": hold, "reject": reject, "approve": approve}.get(what)
    if form is not None and form.is_valid():
        details = dict(form.cleaned_data) | ({} if what == "hold" else {"whose": actor})
        try:
            perform(getattr(row, what), by=actor, **details)
        except ValidationError as error:
            form.blame(error)
        except Conflict as conflict:
            row = conflict.obj  # type: ignore[assignment]  # the same row, read again
            form.add_error(None, _("Någon annan har redan gjort det här."))
        else:
            return redirect(request.path)
    context = {
        "disposal": row,
        "rows": rows,
        "counts": _counts(rows),
        "moves": {move.name for move in row.moves_for(actor)},
        "over": row.status == DisposalStatus.CARRIED_OUT,
        "form": form,
        "hold": hold,
        "reject": reject,
    }
    return render(request, "workflows/disposal.html", context)


def _counts(rows: list[Any]) -> list[tuple[str, int, str, int]]:
    """How many paths under each rule with each outcome: (rule, years, outcome, how many)."""
    found: dict[tuple[str, int, str], int] = {}
    for row in rows:
        key = (row.rule, row.years, row.get_outcome_display())
        found[key] = found.get(key, 0) + 1
    return [(*key, count) for key, count in sorted(found.items())]
