"""Which paths' time is over, and how one is emptied: identity, words, files, indexes, outbox, exports.

A path is one trail: the pupil as every school and team on it knows them. It is disposed of once, when the
longest time that applies to any of it is over, whoever keeps it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Max, Q, QuerySet

import vault.files
from accounts import clock
from accounts.controllers import controller_of
from accounts.models import CLOCK, Kind, Organisation
from history import erasing, legal, outbox
from history.door import perform, together
from history.models import Living, Outgoing, Part, rows_of
from referrals.choices import (
    OPEN_CONCERN,
    OPEN_TRANSFER,
    WAITING_CONSENT,
    CaseStatus,
    ClosureCode,
    ConsentStatus,
    PupilStatus,
    Sex,
)
from referrals.models import Case, ConcernReport, NamePart, Pupil, Referral, Transfer
from referrals.models.consent import Consent
from vault.models import StoredFile
from workflows.disposals import Disposal, DisposalRow, Outcome
from workflows.models import Following, Notice, Turn

RULES = (
    "retention.enrolled",
    "retention.never_enrolled",
    "retention.moved",
    "retention.died",
)
BY_CODE: dict[str, str] = {ClosureCode.MOVED: "retention.moved", ClosureCode.DIED: "retention.died"}
# Texts that are codes or numbers for people. A text that is not named here is emptied.
KEPT: dict[str, frozenset[str]] = {
    "Referral": frozenset({"reference", "needs", "other_plans"}),
    "Case": frozenset({"reference"}),
    "Consent": frozenset({"categories", "narrowed_to", "text_version"}),
    "SignatureLine": frozenset({"text_version"}),
    "Section": frozenset({"key"}),
    "Document": frozenset({"kind", "language", "sha256", "template_version"}),
    "Extract": frozenset({"language"}),
    "HandoverItem": frozenset({"kind"}),
}
# What is not text and still tells who somebody is.
SET: dict[str, dict[str, Any]] = {
    "Pupil": {
        "grade": None,
        "sex": Sex.UNKNOWN,
        "home_district": None,
        "interpreter": False,
        "foster_placed": False,
        "language": "",
    },
    "Guardian": {"interpreter": False, "language": ""},
}


def end_of(last: date, years: int) -> date:
    """The day a time of whole years after `last` is over; 29 February ends on the 28th."""
    try:
        return last.replace(year=last.year + years)
    except ValueError:
        return last.replace(year=last.year + years, day=28)


def due(organisation: Organisation) -> list[DisposalRow]:
    """The paths of a team, or of a school where no team was ever asked, whose time is over; not saved."""
    times = legal.limits(*RULES, "retention.keep_born_5_15_25")
    rows = []
    for pupil in _over(organisation):
        rule, last = _rule(pupil.trail_id), clock.local_date(pupil.last)
        if end_of(last, times[rule]) > clock.today():
            continue
        research = times["retention.keep_born_5_15_25"] and _born_5_15_25(pupil.trail_id)
        rows.append(
            DisposalRow(
                path_id=pupil.trail_id,
                reference=_reference(pupil.trail_id),
                rule=rule,
                years=times[rule],
                last_on=last,
                controllers=_controllers(pupil.trail_id),
                outcome=Outcome.RESEARCH if research else Outcome.DISPOSE,
            )
        )
    return rows


def _over(organisation: Organisation) -> QuerySet[Any]:
    """One pupil for each path that is this organisation's to propose, and on which nothing is open."""
    cases, sent = Case.objects.all(), Referral.objects.filter(sent=True)
    if organisation.kind == Kind.TEAM:
        here = Q(trail__in=cases.filter(team=organisation).values("trail"))
        here |= Q(trail__in=sent.filter(team=organisation).values("trail")) & ~Q(
            trail__in=cases.values("trail")
        )
    else:
        elsewhere = Q(trail__in=cases.values("trail")) | Q(trail__in=sent.values("trail"))
        here = Q(school=organisation) & ~elsewhere
    listed = DisposalRow.objects.filter(outcome=Outcome.DISPOSE).values("path")
    rows = Pupil.objects.filter(here).exclude(status=PupilStatus.ERASED)
    rows = rows.exclude(trail__in=_open_trails()).exclude(trail__in=listed)
    first = rows.order_by("trail", "pk").values("trail").annotate(first=models.Min("pk"))
    chosen = Pupil.objects.filter(pk__in=first.values("first"))
    return chosen.annotate(last=Max("trail__events__at")).order_by("pk")


def _open_trails() -> QuerySet[Any]:
    """Trails on which something is still somebody's turn, or could become so."""
    waiting = (*WAITING_CONSENT, ConsentStatus.ACTIVE)
    parts: list[QuerySet[Any]] = [
        Case.objects.exclude(status=CaseStatus.CLOSED).values("trail"),
        Referral.objects.filter(status__in=("draft", "submitted", "returned")).values("trail"),
        Referral.objects.filter(status="accepted", case=None, joined=None).values("trail"),
        Transfer.objects.filter(status__in=OPEN_TRANSFER).values("trail"),
        Consent.objects.filter(status__in=waiting).values("trail"),
        ConcernReport.objects.filter(status__in=OPEN_CONCERN, pupil__isnull=False).values(
            "pupil__trail"
        ),
    ]
    return parts[0].union(*parts[1:])


def _rule(trail: int) -> str:
    """The rule that keeps the path longest: by closure result, or by never having been enrolled."""
    cases = list(Case.objects.filter(trail=trail).values_list("enrolled", "closure_code"))
    enrolled = [code for day, code in cases if day is not None]
    if not enrolled:
        return "retention.never_enrolled"
    wanted = {BY_CODE.get(code or "", "retention.enrolled") for code in enrolled}
    times = legal.limits(*wanted)
    longest: str = max(sorted(wanted), key=lambda key: times[key])
    return longest


def _born_5_15_25(trail: int) -> bool:
    born = [pupil.birth_date.open() for pupil in Pupil.objects.filter(trail=trail)]
    return any(day[-2:] in ("05", "15", "25") for day in born if day)


def _reference(trail: int) -> str:
    for model in (Case, Referral):
        row = model.objects.filter(trail=trail).order_by("-pk").values_list("reference", flat=True)
        if found := row.first():
            return str(found)
    return ""


def _controllers(trail: int) -> str:
    """Whose records lie on the path: each names its controller."""
    schools = Organisation.objects.filter(pk__in=Pupil.objects.filter(trail=trail).values("school"))
    teams = Organisation.objects.filter(pk__in=Case.objects.filter(trail=trail).values("team"))
    names = {controller_of(place) for place in [*schools, *teams]}
    return ", ".join(sorted(str(name) for name in names))[:300]


@outbox.handler("disposal")
def carry_out(promise: Outgoing) -> None:
    """Empty every path of an approved list, each in a transaction of its own; may be run again."""
    disposal = Disposal.objects.get(uuid=promise.payload["disposal"])
    for row in disposal.rows.filter(outcome=Outcome.DISPOSE).order_by("pk"):
        empty_path(disposal, row)
    disposal = Disposal.objects.get(pk=disposal.pk)
    if disposal.status == "approved":
        perform(disposal.finish, by=CLOCK)


def empty_path(disposal: Disposal, row: DisposalRow) -> None:
    """One path. Files go first: what is decided to be gone may be gone too early, never too late."""
    trail = row.path_id
    pupils = list(Pupil.objects.filter(trail=trail).exclude(status=PupilStatus.ERASED))
    found = list(_rows_on(trail, pupils))  # type: ignore[arg-type]  # a row that is not held has a path
    _remove_files(found)
    concerns = list(ConcernReport.objects.filter(pupil__in=pupils))
    with together(disposal, *pupils):
        for pupil in pupils:
            perform(pupil.erase, by=CLOCK)
        uuids: set[str] = set()
        for rows in found:
            name = rows.model.__name__
            uuids |= {str(uuid) for uuid in rows.values_list("uuid", flat=True)}
            erasing.empty(rows, KEPT.get(name, frozenset()), SET.get(name, {}))
        _remove_around(trail, pupils, uuids)  # type: ignore[arg-type]  # the same
        erasing.words_on({trail, *(one.trail_id for one in concerns)})  # type: ignore[arg-type]  # the same
        erasing.reasons_about([pupil.uuid for pupil in pupils])
        perform(disposal.tick_off, by=CLOCK, row=row.pk)


def _rows_on(trail: int, pupils: list[Pupil]) -> list[QuerySet[Any]]:
    """Everything with a life on the path, its parts, and what points to its pupils from elsewhere."""
    found: list[QuerySet[Any]] = []
    for model in apps.get_models():
        if issubclass(model, Living) and model is not Disposal:
            about = Q(trail=trail)
            if "pupil" in {field.name for field in model._meta.fields}:
                about |= Q(pupil__in=pupils)
            every: QuerySet[Any] = rows_of(model)
            found.append(every.filter(about))
        elif issubclass(model, Part) and model not in (DisposalRow, NamePart):
            parts: QuerySet[Any] = model._default_manager.all()
            found.append(parts.filter(**{f"{model.owner_name}__trail": trail}))
    return [rows for rows in found if rows.exists()]


def _remove_files(found: list[QuerySet[Any]]) -> None:
    for rows in found:
        names = [f.attname for f in rows.model._meta.fields if f.attname.endswith("file")]
        for name in names:
            uuids = [uuid for uuid in rows.values_list(name, flat=True) if uuid]
            for stored in StoredFile.objects.filter(uuid__in=uuids):
                vault.files.remove(stored)


def _remove_around(trail: int, pupils: list[Pupil], uuids: set[str]) -> None:
    """Indexes, followers, notices and promises; a turn that is over keeps its dates for the figures."""
    erasing.remove(NamePart.objects.filter(pupil__in=pupils))
    Following.objects.filter(case__trail=trail).delete()
    notices = Notice.objects.filter(object_uuid__in=uuids)
    uuids |= {str(uuid) for uuid in notices.values_list("uuid", flat=True)}
    notices.delete()
    Turn.objects.filter(trail=trail).update(identified=False)
    erasing.promises_about(uuids)
