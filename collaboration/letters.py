"""What the collaboration sends to those who may have no account: links, never content.

Every effect is promised in the transaction that causes it and kept by the outbox.
"""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import links, sms
from collaboration.choices import AgreementStatus, Signature
from collaboration.models import AgreementParty
from history import outbox
from history.models import Outgoing

AGREEMENT = "agreement"


def mail(promise: Outgoing, to: str, subject: str, body: str) -> None:
    """One mail; its id is the promise's, so that a second sending is known for the same."""
    headers = {"Message-ID": f"<{promise.uuid}@bryggan>"}
    EmailMessage(subject=subject, body=body, to=[to], headers=headers).send()


def agreement_link(party: AgreementParty) -> tuple[str, str]:
    """A fresh address to read, comment and sign by, and its code; earlier ones stop working."""
    agreement = party.agreement
    _signatory, token, code = links.make(opens=agreement.uuid, line=party.uuid, purpose=AGREEMENT)
    return f"{settings.BASE_URL}/samverkan/lank/{token}/", code


@outbox.handler("agreement.link")
def send_agreement_link(promise: Outgoing) -> None:
    """Mail the link; the code goes to the mobile, else to the organisation's own address.

    With neither, whoever keeps the agreement gives the code by voice from the party's page.
    """
    party = (
        AgreementParty.objects.select_related("agreement", "organisation")
        .filter(uuid=promise.payload["party"], signature=Signature.WAITING)
        .first()
    )
    if party is None or party.agreement.status != AgreementStatus.IN_REVIEW:
        return
    url, code = agreement_link(party)
    with translation.override(settings.LANGUAGE_CODE):
        asked = (
            _("Läs överenskommelsen och skriv vad ni tycker")
            if party.agreement.open_for_comments()
            else _("Skriv under överenskommelsen")
        )
        words = _("Öppna länken och skriv koden som du får på annat sätt.\n\n%s\n") % url
        mail(promise, party.signer_email, asked, words)
        told = _("Din kod: %s") % code
        if party.signer_phone:
            sms.adapter().send(party.signer_phone, told)
        elif elsewhere := other_address(party):
            about = _("Koden till en länk som %s har fått") % party.signer_name
            EmailMessage(subject=about, body=told, to=[elsewhere]).send()


def other_address(party: AgreementParty) -> str:
    """The organisation's own address, if it is another than the signer's; else ""."""
    known = party.organisation.function_address
    return known if known.casefold() != party.signer_email.casefold() else ""
