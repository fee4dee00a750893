"""The receiver's desk: what has been handed over, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts import keyset
from accounts.http import Request
from accounts.models import Role
from history.reading import only_opened, reads, seen, subject
from referrals.choices import Purpose, TransferStatus
from referrals.forms.offers import offers
from referrals.models import Absence, Consent, Goal, Pupil, PupilVoice, Review, Section, Transfer

MODELS: dict[str, Any] = {
    "section": Section,
    "goal": Goal,
    "review": Review,
    "absence": Absence,
    "voice": PupilVoice,
}


@require_GET
@reads("transfer.list")
def desk(request: Request) -> HttpResponse:
    """What waits for the receiver, oldest offer first."""
    if request.actor.role != Role.RECEIVER:
        raise Http404
    waiting = (
        Transfer.objects.visible_to(request.actor)
        .filter(case__pupil__protection="none", offered_on__isnull=False)
        .select_related("case__pupil", "case__team", "receiver_person__user")
    )
    rows, more = keyset.page(waiting, ("offered_on", "pk"), request.GET.get("efter", ""))
    grounds = grounds_by_trail(rows)
    named = []
    for transfer in rows:
        open_now = transfer.status in ("offered", "acknowledged", "started")
        name = transfer.case.pupil.name if open_now else ""
        seen(transfer.case.pupil.uuid, grounds.get(transfer.trail_id, "handed over"))
        named.append((transfer, name))
    return render(request, "referrals/transfers.html", {"transfers": named, "more": more})


def grounds_by_trail(rows: Iterable[Transfer]) -> dict[int, str]:
    """The consents the hand-overs rest on, for all of them in one query."""
    active = Consent.objects.active().filter(purpose=Purpose.TRANSFER)
    found = active.filter(trail__in=[row.trail_id for row in rows])
    return {consent.trail_id: consent.ground_in_force() for consent in found}


@require_GET
@reads("transfer")
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """One hand-over: for the receiver the items chosen, for the team how it goes."""
    transfer = get_object_or_404(
        Transfer.objects.visible_to(request.actor).select_related(
            "case__pupil", "case__team", "receiver"
        ),
        uuid=uuid,
    )
    subject(transfer.uuid)
    if transfer.case.pupil.protected:
        only_opened(transfer.case.pupil.uuid)
    actor = request.actor
    receives = actor.role == Role.RECEIVER
    open_now = transfer.status in (
        TransferStatus.OFFERED,
        TransferStatus.ACKNOWLEDGED,
        TransferStatus.STARTED,
    )
    full = open_now if receives else transfer.case.reads_in_full(actor)
    known = (
        Pupil.objects.visible_to(actor).filter(pk=transfer.case.pupil_id).first() if full else None
    )
    seen(transfer.case.pupil.uuid, transfer.ground_in_force() or "handed over")
    context = {
        "transfer": transfer,
        "pupil": known,
        "full": full,
        "receives": receives,
        "items": _items(transfer) if full else [],
        "offers": offers(transfer, actor),
        "days": transfer.days(),
        "guardians": known.guardians.with_custody() if known else [],
    }
    return render(request, "referrals/transfer.html", context)


def _items(transfer: Transfer) -> list[tuple[str, Any]]:
    """The things handed over, each as its kind and its row; read by the list, not by policy."""
    found = []
    for item in transfer.items.exclude(kind="identity").order_by("kind", "pk"):
        row = MODELS[item.kind].objects.filter(uuid=item.item).exclude(status="in_error").first()
        if row is not None:
            found.append((item.kind, row))
    return found
