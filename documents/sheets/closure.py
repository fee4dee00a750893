"""The closure: why, how each goal went, absence then and now, what the pupil says."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, Role
from documents.sheets import Sheet
from referrals.choices import CaseStatus, InterventionStatus, Protection
from referrals.models import Absence, Case, Goal, Intervention, Review
from referrals.views.showing import show

OVER = (CaseStatus.CLOSING, CaseStatus.TRANSFERRED, CaseStatus.CLOSED)


def rows(actor: Membership) -> QuerySet[Case]:
    """Cases over or about to be, enrolled once: the team's own people, and the unit manager."""
    seen = Q(pk__in=Case.objects.open_to(actor).values("pk"))
    if actor.role == Role.MANAGER:
        seen |= Q(team=actor.organisation_id, enrolled__isnull=False)
    mine = Case.objects.visible_to(actor).filter(seen)
    return mine.filter(status__in=OVER, pupil__protection=Protection.NONE)


def sheet(case: Case, actor: Membership, language: str) -> Sheet:
    who = show(case, actor)
    full = case.reads_in_full(actor)
    goals = Goal.objects.visible_to(actor).filter(case=case).order_by("pk")
    used = Intervention.objects.visible_to(actor).filter(case=case).select_related("tool")
    reviews = Review.objects.visible_to(actor).filter(case=case, status="documented")
    grade = f", {_('åk')} {who.grade}" if who.grade else ""
    facts = [
        (_("Elev"), f"{who.name}{grade}" if who.known else _("Namnet visas inte för dig")),
        (_("Skola"), who.school),
        (_("Team"), str(case.team)),
        (_("Ansvarig"), case.responsible.name),
        (_("Skäl"), case.get_closure_code_display() or _("Inte bestämt")),
        (_("Planerat"), {True: _("Ja"), False: _("Nej"), None: "–"}[case.planned]),
    ]
    asked = case.satisfaction or case.get_satisfaction_not_known_display()
    return Sheet(
        title=f"{_('Avslut')} {case.reference}",
        sender=str(case.team),
        reference=case.reference,
        values={
            "facts": facts,
            "status": case.get_status_display(),
            "confirmed": case.closed_on,
            "opened": case.opened,
            "enrolled": case.enrolled,
            "absences": _absences(case, actor),
            "absence_unknown": case.get_end_absence_not_known_display(),
            "goals": [(goal.text.open(), goal.get_status_display()) for goal in goals],
            "tools": [
                (str(one.tool), one.get_status_display())
                for one in used.exclude(status=InterventionStatus.DECLINED).order_by("pk")
            ],
            "reviews": reviews.count(),
            "satisfaction": asked or _("Inte tillfrågad än"),
            "of_ten": bool(case.satisfaction),
            "pupils_words": case.pupils_words.open() if full else "",
        },
    )


def _absences(case: Case, actor: Membership) -> list[dict[str, object]]:
    """Where it began and where it ended, each with its measuring period."""
    kept = Absence.objects.visible_to(actor)
    measured = ((_("Utgångsläge"), case.baseline), (_("Slutläge"), case.end_absence))
    return [
        {
            "what": what,
            "rate": row.rate,
            "from": row.period_from,
            "to": row.period_to,
            "source": row.get_source_display(),
        }
        for what, row in measured
        if row is not None and kept.filter(pk=row.pk).exists()
    ]
