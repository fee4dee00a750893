"""The consent form: one sheet for each person asked, so that nobody reads about another's answer.

A sheet can carry a code for the phone: a fresh one-time link, whose six digits go by text message
to the number on file. They never stand on the same paper.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import clock, links, sms
from accounts.models import Membership
from documents.sheets import Sheet
from referrals.choices import WAITING_CONSENT, ConsentStatus, LineStatus, Protection
from referrals.consent_texts import text_for
from referrals.models import Consent, Pupil, SignatureLine
from referrals.views.showing import show

PRINTED = (*WAITING_CONSENT, ConsentStatus.ACTIVE)


def rows(actor: Membership) -> QuerySet[Consent]:
    """Waiting or in force, asked by the actor's own side and of a pupil they may know: names stand
    on it."""
    mine = Consent.objects.visible_to(actor).filter(asked_by__organisation=actor.organisation_id)
    known = mine.filter(pupil__in=Pupil.objects.visible_to(actor).values("pk"))
    return known.filter(status__in=PRINTED, pupil__protection=Protection.NONE)


def lines(consent: Consent, only: UUID | None = None) -> Iterable[SignatureLine]:
    """Those who have not answered; once all have, everybody's copy. Guardians before the pupil."""
    asked = consent.lines.select_related("guardian", "consent__pupil")
    if only:
        asked = asked.filter(uuid=only)
    elif consent.is_open:
        asked = asked.filter(status=LineStatus.WAITING)
    return sorted(asked, key=lambda line: (line.is_pupil, line.pk))


def sheet(consent: Consent, actor: Membership, language: str, *, only: UUID | None = None) -> Sheet:
    who = show(consent.matter, actor)
    about = text_for(language, consent, pupil=False)
    return Sheet(
        title=f"{about['print']['form']} {who.reference}",
        sender=str(actor.organisation),
        reference=who.reference,
        text_version=consent.text_version,
        values={
            "name": who.name,
            "purpose": consent.purpose,
            "school": str(consent.names_school or who.school),
            "team": str(consent.names_team or ""),
            "receiver": str(consent.names_receiver or ""),
            "valid_to": consent.valid_to,
            "words": about,
            "version": consent.text_version,
            "people": [_person(line, consent, language) for line in lines(consent, only)],
        },
    )


def _person(line: SignatureLine, consent: Consent, language: str) -> dict[str, Any]:
    return {
        "line": line.uuid,
        "name": line.person.name,
        "is_pupil": line.is_pupil,
        "words": text_for(language, consent, pupil=line.is_pupil),
        "said_yes": line.status == LineStatus.SIGNED,
        "answered": line.answered and clock.local_date(line.answered),
        "picture": "",
    }


def with_links(sheet: Sheet) -> None:
    """Put a fresh link, as a picture, on the sheet of each person who has a number on file.

    Their earlier links stop working. Not done while the sheet is read: that may be done twice.
    """
    people = {person["line"]: person for person in sheet.values["people"]}
    found = SignatureLine.objects.filter(uuid__in=people).select_related(
        "guardian", "consent__pupil"
    )
    for line in found:
        number = line.person.phone.open()
        if not number or line.status != LineStatus.WAITING:
            continue
        _made, token, code = links.make(opens=line.consent.uuid, line=line.uuid, purpose="consent")
        people[line.uuid]["picture"] = picture(f"{settings.BASE_URL}/s/{token}/")
        spoken = line.person.language
        with translation.override(spoken if spoken in dict(settings.LANGUAGES) else "sv"):
            sms.adapter().send(number, _("Din kod: %s") % code)


def picture(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="png", scale=6, border=3)
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"
