"""Two referrals, or two cases, of one pupil: which one can stay when the other is put away.

Nobody is told by it of anything they did not know: the one that stays is of the same school, for
what another school has sent is not theirs to hear of, and of two cases the school knows of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from referrals.choices import OPEN_REFERRAL, ReferralStatus

if TYPE_CHECKING:
    from referrals.models.case import Case
    from referrals.models.referral import Referral

# The same words whether there is no such number or it is nothing this reader may know of.
NOT_THIS = _("Det finns ingen annan från samma skola med det numret som är öppen och som du ser.")


def of_referral(second: Referral, first: Referral | None, *, team: bool = False) -> dict[str, Any]:
    """Why the second cannot be put away as a duplicate of the first, by field; {} when it can.

    `team`: it is the team that does so, and it has only what has been sent to itself.
    """
    can = first is not None and _another_at_the_school(second, first) and _goes_on(first)
    if can and team:
        can = first is not None and first.team_id == second.team_id
    return {} if can else {"of": NOT_THIS}


def of_case(second: Case, first: Case | None) -> dict[str, Any]:
    """The same of two cases of one team: a school that knows of the second must know of the first."""
    can = (
        first is not None
        and _another_at_the_school(second, first)
        and first.is_open
        and first.team_id == second.team_id
        and (first.school_knows() or not second.school_knows())
    )
    return {} if can else {"of": NOT_THIS}


def _another_at_the_school(second: Referral | Case, first: Referral | Case) -> bool:
    """Of a protected pupil nobody is told, not even as the other half of a duplicate."""
    whom = first.pupil
    if whom is None or first.pk == second.pk or first.school_id != second.school_id:
        return False
    return not whom.protected or whom.pk == second.pupil_id


def _goes_on(referral: Referral) -> bool:
    """Sent and waiting for an answer, or with an open case."""
    if referral.status in OPEN_REFERRAL:
        return True
    case = referral.joined or getattr(referral, "case", None)
    return referral.status == ReferralStatus.ACCEPTED and case is not None and case.is_open
