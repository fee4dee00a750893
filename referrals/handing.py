"""What of a case can be handed over, thing by thing."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from referrals.models import Case


def handover_choices(case: Case) -> list[tuple[str, Any]]:
    """Each thing that can be handed over, as "kind:uuid", with what it is called."""
    rows: list[tuple[str, QuerySet[Any], Any]] = [
        ("section", case.sections.filter(status="written"), lambda row: row.title),
        ("goal", case.goals.all(), lambda row: _("Mål: %s") % row.text.open()[:60]),
        (
            "review",
            case.reviews.filter(status="documented"),
            lambda row: _("Uppföljning %s") % row.held_on,
        ),
        (
            "absence",
            case.absence_rows(),
            lambda row: _("Frånvaro %(f)s–%(t)s") % {"f": row.period_from, "t": row.period_to},
        ),
    ]
    found: list[tuple[str, Any]] = []
    for kind, queryset, name in rows:
        found += [(f"{kind}:{row.uuid}", name(row)) for row in queryset]
    voice = case.voices.filter(status="answered").first()
    return [*found, (f"voice:{voice.uuid}", _("Elevens egna ord"))] if voice else found
