"""How a path is named to one reader: with the pupil's name, or sealed. And that it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import Membership
from history.reading import only_opened, seen
from referrals.models import Case, Consent, Pupil, Referral, sight


@dataclass(frozen=True)
class Who:
    """What one reader may be told of whom a path is about."""

    reference: str
    name: str  # empty while sealed
    grade: int | None
    school: str
    sex: str
    known: bool
    protected: bool = False
    pupil: UUID | None = None  # of a protected pupil, for the address of who may see them

    @property
    def title(self) -> str:
        """What the page is called, in the tab and in the browser's own history."""
        return self.reference if self.protected else self.name or self.reference


def ground_of(matter: Any, actor: Membership, consent: Consent | None = None) -> str:
    """On what ground this reader reads: their own organisation's, a consent, or sealed."""
    if _by_glass(matter, actor):
        return "break-glass"
    if matter.school_id == actor.organisation_id:
        return "own"
    return (consent.ground_in_force() if consent else matter.ground_in_force()) or (
        "own" if isinstance(matter, Case) and matter.enrolled else "sealed"
    )


def _by_glass(matter: Any, actor: Membership) -> bool:
    """Whether an emergency opening is what lets this reader read."""
    known = getattr(matter, "glass", None)  # annotated where one query is to tell all
    if known is None:
        path = "" if isinstance(matter, Case) else "case__"
        rows = type(matter).objects.filter(sight.broken_in(actor, path), pk=matter.pk)
        known = rows.exists()
    return bool(known)


def show(matter: Referral | Case, actor: Membership, consent: Consent | None = None) -> Who:
    """Name the path for this reader, and put on record that its pupil was shown."""
    pupil = matter.pupil
    if pupil is None:  # a draft that was cleared is about nobody any more
        return Who(matter.reference, "", None, str(matter.school), "", known=False)
    if pupil.protected:
        only_opened(pupil.uuid)
    known = getattr(matter, "known", None)  # annotated where one query is to tell all
    if known is None:
        known = Pupil.objects.visible_to(actor).filter(pk=pupil.pk).exists()
    seen(pupil.uuid, "protected" if pupil.protected else ground_of(matter, actor, consent))
    origin = matter if isinstance(matter, Referral) else matter.referral
    told = known or bool(origin and origin.shows_grade_and_sex)
    return Who(
        reference=matter.reference,
        name=pupil.name if known else "",
        grade=pupil.grade if told else None,
        school=str(matter.school),
        sex=pupil.get_sex_display() if told else "",
        known=known,
        protected=pupil.protected,
        pupil=pupil.uuid if pupil.protected else None,
    )
