"""How often a school hears back after a report of concern: a count for "Läget", never a row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Kind, Organisation
from collaboration import standing
from referrals.choices import ConcernStatus
from referrals.models import ConcernReport

# Calendar days after which a school should have heard, and how far back is counted.
HEARD_WITHIN, COUNTED = 14, 365


def feedback() -> QuerySet[Any, Any]:
    """Reports made by schools, by the district the school lies in."""
    today = clock.today()
    made = ConcernReport.objects.filter(
        reporters__kind=Kind.SCHOOL,
        reporters__parent__kind=Kind.DISTRICT,
        made_on__lte=today - timedelta(days=HEARD_WITHIN),
        made_on__gte=today - timedelta(days=COUNTED),
    )
    heard = Count("pk", filter=Q(status=ConcernStatus.FEEDBACK_GIVEN))
    return made.order_by().values(of=F("reporters__parent")).annotate(good=heard, total=Count("pk"))


def nothing_behind(district: Organisation) -> list[dict[str, Any]]:
    """A report is between its writer and social services: no row of it is shown here."""
    return []


standing.measure(
    standing.Measure(
        "feedback",
        _(
            "Orosanmälningar från skolor som har fått återkoppling, av dem som gjordes för mer än "
            "fjorton dagar och mindre än ett år sedan. Små antal visas inte, och aldrig vilka."
        ),
        feedback,
        nothing_behind,
        hides_small=True,
    )
)
