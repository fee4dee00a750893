"""What lies beside a path in the told town: documents, extracts, looks, and what is decided of them.

Like town.py this touches the product only to tell what has happened.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from accounts import clock
from accounts.models import Membership
from documents.models import Document
from history import outbox
from history.door import begin, perform
from history.models import AccessEntry, LogCheck, Outgoing
from history.reading import let_out, seen, subject
from referrals.models import Case, Pupil
from tests.oracle.canary import canary
from workflows.disposals import Disposal, DisposalRow
from workflows.models import Extract


def made(key: str) -> None:
    """The worker has come to it."""
    outbox.send(Outgoing.objects.get(key=key).pk)


def asked_for(kind: str, obj: Any, *, by: Membership) -> Document:
    """A document somebody has asked for, still in the worker's queue."""
    matter = getattr(obj, "matter", None) or getattr(obj, "case", None) or obj
    document = Document(
        trail_id=matter.trail_id,
        kind=kind,
        object_uuid=obj.uuid,
        pupil_uuid=matter.pupil.uuid,
        reference=matter.reference,
        requested_by=by,
    )
    return begin(document, by=by).obj


def printed(kind: str, obj: Any, *, by: Membership) -> Document:
    """Asked for by one person, and made."""
    document = asked_for(kind, obj, by=by)
    made(f"document:{document.uuid}")
    return Document.objects.get(pk=document.pk)


def extract(case: Case, *, by: Membership) -> Extract:
    """Somebody has asked what the organisation of `by` holds."""
    new = Extract(kind="register", organisation=by.organisation, pupil=case.pupil, asked_by=by)
    return begin(new, by=by).obj


def extracts(case: Case, cast: SimpleNamespace, says: Callable[[str], str]) -> dict[str, Extract]:
    """One of each side whose secrecy is being tried, with a part left out, and one refused."""

    def tried(by: Membership, secret: str) -> Extract:
        asked = extract(case, by=by)
        hidden = {f"pupil:{case.pupil.uuid}": says(secret)}
        return perform(asked.examine, by=by, whose=by, hidden=hidden).obj

    no: dict[str, Any] = {"why": says("schoolextract")}
    return {
        "extract.school": tried(cast.sara, "schoolextract"),
        "extract.team": tried(cast.tuva, "teamextract"),
        "extract.refused": perform(extract(case, by=cast.sara).refuse, by=cast.petra, **no).obj,
    }


def handed_out(case: Case, cast: SimpleNamespace) -> Extract:
    """The team's, tried by one and released by another; its files are made."""
    asked = extract(case, by=cast.tuva)
    asked = perform(asked.examine, by=cast.tuva, whose=cast.tuva, hidden={}).obj
    perform(asked.release, by=cast.mona, whose=cast.mona)
    made(f"extract:{asked.uuid}")
    return Extract.objects.get(pk=asked.pk)


def looked(pupil: Pupil, *, by: Membership, why: str) -> AccessEntry:
    """A name by logged reason, as the auditor's desk gives it."""

    def shown() -> str:
        subject(pupil.uuid, why)
        seen(pupil.uuid, "audit name")
        return ""

    let_out("log.name", by, shown)
    return AccessEntry.objects.filter(what="log.name").latest("position")


def tell_record(cast: SimpleNamespace, over: Pupil) -> dict[str, Any]:
    """A check of the log that is concluded, and a list for disposal that was not accepted."""
    gun, today = cast.gun, clock.today()

    def said(secret: str) -> str:
        return canary("town", secret)

    check = begin(LogCheck(organisation=cast.city, due=today), by=gun).obj
    drawn: dict[str, Any] = {"period_from": today, "period_to": today, "whose": gun}
    looks = list(AccessEntry.objects.filter(what="log.name"))
    check = perform(check.draw, by=gun, entries=looks, **drawn).obj
    verdicts = {row.pk: ("expected", said("check")) for row in check.rows.all()}
    check = perform(check.judge, by=gun, verdicts=verdicts).obj
    asked: dict[str, Any] = {"whom": said("check"), "due": today + timedelta(days=9)}
    check = perform(check.ask, by=gun, **asked).obj
    found: dict[str, Any] = {"result": "nothing", "words": said("check")}
    check = perform(check.conclude, by=gun, **found).obj

    row = DisposalRow(
        path=over.trail,
        reference=over.cases.get().reference,
        rule="retention.enrolled",
        years=5,
        last_on=today,
        controllers="Socialnämnden",
    )
    disposal = Disposal(organisation=cast.team, proposed_by=cast.mona)
    disposal = begin(disposal, by=cast.mona, rows=[row]).obj
    held: dict[str, Any] = {"row": row.pk, "why": said("disposal")}
    disposal = perform(disposal.hold, by=cast.mona, **held).obj
    no: dict[str, Any] = {"whose": cast.dag, "why": said("disposal")}
    return {
        "check.concluded": check,
        "check.planned": LogCheck.objects.filter(status="planned").get(),
        "disposal": perform(disposal.reject, by=cast.dag, **no).obj,
    }
