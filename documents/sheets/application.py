"""An application for money with its decision and its reports: the paper it is decided and filed on."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership
from collaboration import accounting
from collaboration.choices import AnswerStatus
from collaboration.models import FundingApplication
from collaboration.templatetags.collaboration import kronor
from documents.sheets import Sheet


def rows(actor: Membership) -> QuerySet[FundingApplication]:
    """Whatever of it the reader may see, they may print; no pupil stands in it."""
    return FundingApplication.objects.visible_to(actor)


def number(application: FundingApplication) -> str:
    """What stands in the head and in the file's name: applications have no number of their own."""
    return f"{application.year}-{str(application.uuid)[:8]}"


def about(application: FundingApplication) -> dict[str, Any]:
    """Its trail and number; there is no pupil."""
    return {"trail_id": application.trail_id, "reference": number(application)}


def page(application: FundingApplication) -> str:
    return reverse("collaboration:application", args=[application.uuid])


def sheet(application: FundingApplication, actor: Membership, language: str) -> Sheet:
    told = accounting.account(application)
    facts = [
        (_("Stadsdel"), str(application.district)),
        (_("År"), str(application.year)),
        (_("Läge"), application.get_status_display()),
        (_("Ansvarig"), application.responsible.name),
        (_("Planerat antal elever"), str(application.target_pupils)),
        *((name, kronor(amount)) for name, amount in told.rows),
    ]
    if application.decision:
        facts.append((_("Beslut"), application.decision))
    asked = application.ASKED
    texts = ("plan", *application.ANCHORED)
    answers = application.answers.exclude(status=AnswerStatus.LAPSED)
    said = {row.school_id: row for row in answers}
    return Sheet(
        title=_("Medel %(year)s, %(where)s")
        % {"year": application.year, "where": application.district},
        sender=str(application.district),
        reference=number(application),
        values={
            "facts": facts,
            "decided_on": application.decided_on,
            "reason": application.decision_reason,
            "texts": [(asked[name], getattr(application, name)) for name in texts],
            "schools": [
                (str(row.school), said.get(row.school_id))
                for row in application.schools.select_related("school")
            ],
            "reports": [
                row | {"facts": _facts(row)}
                for row in accounting.report_rows(application)
                if not row["replaced"]
            ],
        },
    )


def _facts(row: dict[str, Any]) -> list[tuple[str, str]]:
    report = row["report"]
    facts = [(_("Använt"), kronor(report.used)), *row["figures"]]
    if row["difference"]:
        facts.append((_("Skillnad"), row["difference"]))
    if report.carry:
        facts.append((_("Att föra över"), kronor(report.carry)))
    return facts
