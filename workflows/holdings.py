"""What of the record a person can hold: an asking for an extract that is still to be answered."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import CLOCK, Actor, Membership
from accounts.standing import Standing, tell
from history.door import perform
from history.holdings import Holding, register, stand_in
from workflows.extracts import OPEN, Extract


def _cover(extract: Extract, gone: Membership) -> Membership | None:
    keeper = stand_in(extract.organisation, gone)
    if keeper is not None:
        perform(extract.cover, by=CLOCK, responsible=keeper)
    return keeper


def _hand_on(extract: Extract, to: Membership, by: Actor) -> None:
    perform(extract.hand_on, by=by, responsible=to)


register(
    Holding(
        "extract.responsible",
        _("Utdrag som någon bett om"),
        lambda: Extract.objects.filter(status__in=OPEN),
        "responsible",
        lambda extract: extract.organisation,
        _cover,
        _hand_on,
        reference=lambda extract: "",
    )
)

tell(
    Standing(
        "extracts",
        _("Utdrag som någon bett om"),
        lambda place: Extract.objects.filter(organisation=place, status__in=OPEN).count(),
        winds_up=True,
    )
)
