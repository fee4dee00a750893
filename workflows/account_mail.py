"""The mail by which a person comes in: a link and nothing about anybody."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.dispatch import receiver
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import links, people
from accounts.changes import changed
from accounts.models import User
from history import outbox
from history.models import Outgoing

# How many days a link holds: an invitation over a week, a forgotten password over a day.
DAYS = {people.INVITED: 7, people.ASKED_FOR_LINK: 1}


@receiver(changed)
def promise_a_link(what: str, subject: UUID | None, **kwargs: Any) -> None:
    if what in DAYS:
        key = f"account_link:{subject}:{uuid4()}"
        outbox.add("account_link", key=key, user=str(subject), days=DAYS[what])


@outbox.handler("account_link")
def deliver(promise: Outgoing) -> None:
    """Make the link as it is sent, so that it lies in no queue; earlier ones stop working."""
    user = User.objects.filter(uuid=promise.payload["user"], is_active=True).first()
    if user is None or not user.email:
        return
    days = promise.payload["days"]
    _signatory, token, _code = links.make(
        opens=user.uuid, line=None, purpose=people.LINK, days=days
    )
    language = user.language if user.language in dict(settings.LANGUAGES) else "sv"
    with translation.override(language):
        EmailMessage(
            subject=_("Välj lösenord till Bryggan"),
            body=_("Öppna länken och välj ett lösenord. Den går att använda en gång.\n\n%s\n")
            % f"{settings.BASE_URL}/inbjudan/{token}/",
            to=[user.email],
            headers={"Message-ID": f"<{promise.uuid}@bryggan>"},
        ).send()
