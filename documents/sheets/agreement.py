"""A local agreement: its text, whom it binds, and a line to sign on for each who has not signed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership
from collaboration.choices import Signature
from collaboration.models import Agreement
from documents.sheets import Sheet


def rows(actor: Membership) -> QuerySet[Agreement]:
    """Whatever of it the reader may see, they may print, and no more; no pupil stands in it."""
    return Agreement.objects.visible_to(actor)


def number(agreement: Agreement) -> str:
    """What stands in the head and in the file's name: agreements have no number of their own."""
    return f"{str(agreement.uuid)[:8]}-{agreement.number}"


def about(agreement: Agreement) -> dict[str, Any]:
    """Its trail and number; there is no pupil."""
    return {"trail_id": agreement.trail_id, "reference": number(agreement)}


def page(agreement: Agreement) -> str:
    return reverse("collaboration:agreement", args=[agreement.uuid])


def sheet(agreement: Agreement, actor: Membership, language: str) -> Sheet:
    parties = agreement.parties.select_related("organisation").order_by("pk")
    named = agreement.names_signers_to(actor)
    facts = [
        (_("Stadsdel"), str(agreement.district)),
        (_("Version"), str(agreement.number)),
        (_("Läge"), agreement.get_status_display()),
        (_("Ansvarig"), agreement.responsible.name),
    ]
    return Sheet(
        title=agreement.title,
        sender=str(agreement.district),
        reference=number(agreement),
        values={
            "facts": facts,
            "from": agreement.valid_from,
            "to": agreement.valid_to,
            "sections": [
                (one.position, one.title, one.body)
                for one in agreement.sections.order_by("position")
            ],
            "parties": [
                {
                    "who": str(one.organisation),
                    "signer": ", ".join(filter(None, (one.signer_name, one.signer_title)))
                    if named
                    else "",
                    "state": one.get_signature_display(),
                    "on": one.signed_on,
                    "waits": one.signature == Signature.WAITING,
                }
                for one in parties
            ],
        },
    )
