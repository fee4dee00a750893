"""The hand-over package: the items chosen one by one, and nothing else."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Membership, Role
from documents.sheets import Sheet
from history.reading import seen
from referrals.choices import Protection
from referrals.models import Case, Pupil, Transfer
from referrals.models.sight import HANDED_OVER
from referrals.views.transfer import MODELS

# In which order a reader who has never met the pupil needs them.
ORDER = ("voice", "section", "goal", "review", "absence")


def rows(actor: Membership) -> QuerySet[Transfer]:
    """The receiver's while it is handed over; the team's own people's own cases."""
    whole = Q(case__in=Case.objects.open_to(actor).values("pk"))
    if actor.role == Role.RECEIVER:
        whole = Q(status__in=HANDED_OVER)
    mine = Transfer.objects.visible_to(actor).filter(whole)
    return mine.filter(case__pupil__protection=Protection.NONE)


def sheet(transfer: Transfer, actor: Membership, language: str) -> Sheet:
    case = transfer.case
    pupil = Pupil.objects.visible_to(actor).get(pk=case.pupil_id)
    seen(pupil.uuid, transfer.ground_in_force() or "handed over")
    facts = [
        (_("Elev"), f"{pupil.name}, {_('åk')} {pupil.grade}" if pupil.grade else pupil.name),
        (_("Från"), str(case.team)),
        (_("Till"), str(transfer.receiver)),
        (_("Ansvarig i teamet"), case.responsible.name),
        (_("Varför"), transfer.get_proposal_display()),
    ]
    for guardian in pupil.guardians.with_custody().order_by("pk"):
        helped = f" ({_('behöver tolk')})" if guardian.interpreter else ""
        said = f"{guardian.name} {guardian.phone.open()}".strip()
        facts.append((_("Vårdnadshavare"), f"{said}{helped}"))
    return Sheet(
        title=f"{_('Överlämning')} {case.reference}",
        sender=str(case.team),
        reference=case.reference,
        values={
            "facts": facts,
            "offered_on": transfer.offered_on,
            "summary": transfer.summary.open(),
            "items": items(transfer),
        },
    )


def items(transfer: Transfer) -> list[dict[str, Any]]:
    """Each thing chosen, by its kind; chosen by the list, so no policy is asked again."""
    chosen = transfer.items.filter(kind__in=ORDER).order_by("pk")
    found = []
    for item in sorted(chosen, key=lambda item: ORDER.index(item.kind)):
        there = MODELS[item.kind].objects.filter(uuid=item.item).exclude(status="in_error")
        row = there.first()
        if row is not None:
            found.append({"kind": item.kind} | _SAYS[item.kind](row))
    return found


def _voice(row: Any) -> dict[str, Any]:
    return {"title": _("Elevens egna ord"), "texts": [("", row.words.open())]}


def _section(row: Any) -> dict[str, Any]:
    works, seen_there = row.strengths.open(), row.text.open()
    return {
        "title": row.title,
        "texts": [(_("Det som fungerar"), works), (_("Det som är svårt"), seen_there)],
    }


def _goal(row: Any) -> dict[str, Any]:
    text, state = row.text.open(), row.get_status_display()
    due = date_format(row.due, "j F Y")
    note = _("%(state)s. Klart till %(due)s.") % {"state": state, "due": due}
    return {
        "title": _("Mål"),
        "texts": [("", text), (_("Vem gör vad"), row.who.open())],
        "note": note,
    }


def _review(row: Any) -> dict[str, Any]:
    told = [
        (_("Vad som har hänt"), row.text.open()),
        (_("Vad eleven säger"), row.pupils_view.open()),
        (_("Vad som ändras"), row.changes.open()),
    ]
    return {"title": _("Uppföljning"), "texts": told, "on": row.held_on}


def _absence(row: Any) -> dict[str, Any]:
    period = {"rate": row.rate, "from": row.period_from, "to": row.period_to}
    return {"title": _("Frånvaro"), "texts": [], "absence": period}


_SAYS = {
    "voice": _voice,
    "section": _section,
    "goal": _goal,
    "review": _review,
    "absence": _absence,
}
