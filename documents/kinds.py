"""What can be printed: each kind with whose it is to print, in which languages, from what.

`rows` is the only policy: the same condition is asked when a document is requested, again when it
is made, and again each time the file is fetched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation
from collaboration.models import Agreement, FundingApplication
from documents.sheets import (
    Sheet,
    agreement,
    application,
    closure,
    consent,
    handover,
    plan,
    referral,
    team_register,
)
from referrals.consent_texts import LANGUAGES
from referrals.models import Case, Consent, Referral, Transfer
from referrals.views.acting import page_of
from referrals.views.showing import ground_of

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "documents" / "print"
STYLE = Path(__file__).resolve().parent / "print.css"
STAFF = [(code, name) for code, name in LANGUAGES if code in ("sv", "en")]


def matter_of(obj: Any) -> Referral | Case:
    """The referral or case whose pupil it is about."""
    if isinstance(obj, Consent):
        return obj.matter
    return obj.case if isinstance(obj, Transfer) else obj


def of_a_pupil(obj: Any) -> dict[str, Any]:
    """What a document keeps of what it is about: trail, number and pupil."""
    matter = matter_of(obj)
    pupil = matter.pupil if isinstance(matter, Case) else matter.whom
    return {"trail_id": matter.trail_id, "reference": matter.reference, "pupil_uuid": pupil.uuid}


@dataclass(frozen=True)
class Kind:
    name: str
    label: Promise
    # The first word of the file's name: Swedish, and never a person's name.
    file_word: str
    model: type[Model]
    rows: Callable[[Membership], QuerySet[Any]]
    sheet: Callable[..., Sheet]
    languages: list[tuple[str, str]]
    # What is kept of what it is about, and the page that is looked at on.
    about: Callable[[Any], dict[str, Any]] = of_a_pupil
    page: Callable[[Any], str] = page_of

    @property
    def template(self) -> str:
        return f"documents/print/{self.name}.html"


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "consent",
            _("Samtyckesblankett"),
            "samtycke",
            Consent,
            consent.rows,
            consent.sheet,
            LANGUAGES,
        ),
        Kind("referral", _("Remiss"), "remiss", Referral, referral.rows, referral.sheet, STAFF),
        Kind("plan", _("Elevens plan"), "plan", Case, plan.rows, plan.sheet, LANGUAGES),
        Kind("closure", _("Avslut"), "avslut", Case, closure.rows, closure.sheet, STAFF),
        Kind(
            "handover",
            _("Överlämning"),
            "overlamning",
            Transfer,
            handover.rows,
            handover.sheet,
            STAFF,
        ),
        Kind(
            "agreement",
            _("Överenskommelse"),
            "overenskommelse",
            Agreement,
            agreement.rows,
            agreement.sheet,
            STAFF,
            agreement.about,
            agreement.page,
        ),
        Kind(
            "application",
            _("Ansökan om medel"),
            "medel",
            FundingApplication,
            application.rows,
            application.sheet,
            STAFF,
            application.about,
            application.page,
        ),
        Kind(
            "team_register",
            _("Teamens tjänster"),
            "teamen",
            Organisation,
            team_register.rows,
            team_register.sheet,
            STAFF,
            team_register.about,
            team_register.page,
        ),
    )
}


def printable(obj: Model, actor: Membership) -> Iterable[Kind]:
    """The kinds this actor may print of this object now."""
    for kind in KINDS.values():
        if isinstance(obj, kind.model) and kind.rows(actor).filter(pk=obj.pk).exists():
            yield kind


def ground(obj: Any, actor: Membership) -> str:
    """On what ground this actor has it, as the access log writes it."""
    if isinstance(obj, Transfer):
        return obj.ground_in_force() or "handed over"
    return ground_of(matter_of(obj), actor)


@lru_cache(maxsize=16)
def template_version(name: str) -> str:
    """A fingerprint of everything that gives a kind its look and its words: nobody counts it up."""
    parts = [TEMPLATES / "frame.html", TEMPLATES / f"{name}.html", STYLE]
    digest = hashlib.sha256(b"\0".join(part.read_bytes() for part in parts))
    return f"{name}-{digest.hexdigest()[:12]}"
