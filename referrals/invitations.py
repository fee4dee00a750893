"""Sending a one-time link to the number or address on file: link one way, code another."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import links, sms
from history import outbox
from history.models import Outgoing
from referrals.models import SignatureLine


def send(line: SignatureLine) -> None:
    """Promise to send; who gets what is worked out when it is sent, from the row as it is then."""
    with transaction.atomic():
        send_within(line)


def send_within(line: SignatureLine) -> None:
    """The same, inside a transaction the caller holds."""
    outbox.add("invitation", key=f"invitation:{line.uuid}:{uuid4()}", line=str(line.uuid))


@outbox.handler("invitation")
def deliver(promise: Outgoing) -> None:
    """Mail the link and text the code; with only one of the two on file, the school gives the other.

    No name, no school and no kind of matter stands in either.
    """
    line = SignatureLine.objects.select_related("guardian", "consent__pupil").get(
        uuid=promise.payload["line"]
    )
    person = line.person
    if line.consent.pupil.protected or line.consent.status not in (
        "requested",
        "partial",
        "active",
    ):
        return
    _signatory, token, code = links.make(opens=line.consent.uuid, line=line.uuid, purpose="consent")
    url = f"{settings.BASE_URL}/s/{token}/"
    language = person.language if person.language in dict(settings.LANGUAGES) else "sv"
    with translation.override(language):
        if person.email.open():
            mail = EmailMessage(
                subject=_("Du har fått en fråga"),
                body=_("Öppna länken och skriv koden som du får på annat sätt.\n\n%s\n") % url,
                to=[person.email.open()],
                headers={"Message-ID": f"<{promise.uuid}@bryggan>"},
            )
            mail.send()
        if person.phone.open():
            words = _("Din kod: %s") % code
            text = words if person.email.open() else f"{words}\n{url}"
            sms.adapter().send(person.phone.open(), text)
