"""The referral as the school wrote it, for those who may read it in full."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership
from documents.sheets import Sheet
from referrals.choices import Need, OtherPlan, Protection
from referrals.models import Referral
from referrals.views.showing import show


def rows(actor: Membership) -> QuerySet[Referral]:
    whole = Referral.objects.visible_in_full(actor)
    return whole.filter(pupil__isnull=False, pupil__protection=Protection.NONE)


def sheet(referral: Referral, actor: Membership, language: str) -> Sheet:
    who = show(referral, actor)
    absence = referral.baseline
    plans = [OtherPlan(code).label for code in referral.other_plans.split()]
    facts = [
        (_("Elev"), f"{who.name}, {_('åk')} {who.grade}" if who.grade else who.name),
        (_("Skola"), who.school),
        (_("Skrivet av"), referral.author.name),
        (_("Till"), str(referral.team or "–")),
        (_("Program"), str(referral.programme.programme) if referral.programme else "–"),
        (_("Läge"), referral.get_status_display()),
    ]
    words = [
        (_("Vad som oroar skolan"), referral.worry.open()),
        (_("Vad skolan har provat"), referral.measures.open()),
        (_("Hur eleven känner till remissen"), referral.pupil_knows.open()),
        (_("Hur vårdnadshavarna känner till remissen"), referral.guardians_know.open()),
        (_("Om de andra planerna"), referral.other_plans_note.open()),
    ]
    return Sheet(
        title=f"{_('Remiss')} {referral.reference}",
        sender=str(referral.school),
        reference=referral.reference,
        values={
            "facts": facts,
            "sent_on": referral.sent_on,
            "needs": [Need(code).label for code in referral.need_codes],
            "absence": absence
            and {
                "rate": absence.rate,
                "offered": absence.rate_of_offered,
                "from": absence.period_from,
                "to": absence.period_to,
                "source": absence.get_source_display(),
                "coverage": absence.coverage,
            },
            "investigation_began": referral.investigation_began,
            "plans": plans,
            "words": [(title, text) for title, text in words if text.strip()],
        },
    )
