"""Sending a one-time link to the number or address on file: link one way, code another."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

import vault
from accounts import clock, links, sms
from accounts.models import Signatory
from history import outbox
from history.models import Outgoing
from referrals.choices import WAITING_CONSENT, ConsentStatus
from referrals.consent_texts import pages
from referrals.models import Guardian, Pupil, SignatureLine
from referrals.models.pupil import contact_signs

LIVING = (*WAITING_CONSENT, ConsentStatus.ACTIVE)
# How many fresh links one line gets from the public page in an hour, so that nobody is drowned.
AN_HOUR = 3


def send(line: SignatureLine) -> str:
    """Promise to send; who gets what is worked out when it is sent, from the row as it is then.

    The code to give by voice, when only one way is on file; else '', and it goes the other way.
    """
    told = "" if _both(line) else secrets.token_hex(8)
    with transaction.atomic():
        _promise(line, told)
    return code_of(told) if told else ""


def remind_within(line: SignatureLine) -> None:
    """A reminder, inside a transaction the caller holds: nobody is there to give a code by voice."""
    _promise(line, "")


def _promise(line: SignatureLine, told: str) -> None:
    outbox.add(
        "invitation", key=f"invitation:{line.uuid}:{uuid4()}", line=str(line.uuid), told=told
    )


def _both(line: SignatureLine) -> bool:
    return bool(line.person.phone.open() and line.person.email.open())


def reaches(line: SignatureLine) -> bool:
    """Whether anything can be sent to this person at all."""
    person = line.person
    there = bool(person.phone.open() or person.email.open())
    return there and not line.consent.pupil.protected


def code_of(told: str) -> str:
    """The six digits that belong to a promise: told where it was asked for, checked where it is
    opened, and kept nowhere."""
    return f"{int(vault.index('link.told', told)[:12], 16) % 10**6:06d}"


def ask_for_new(where: str) -> str:
    """Promise a fresh link to whoever has this number or address; the code to open it with."""
    told = secrets.token_hex(8)
    phone, email = contact_signs("" if "@" in where else where, where if "@" in where else "")
    with transaction.atomic():
        outbox.add("new_link", key=f"new_link:{uuid4()}", phone=phone, email=email, told=told)
    return code_of(told)


@outbox.handler("new_link")
def send_again(promise: Outgoing) -> None:
    """Look up, now that nobody waits for the answer, whose number or address it is."""
    asked = promise.payload
    field = "phone_index" if asked["phone"] else "email_index"
    known = {f"{field}__in": asked["phone"] or asked["email"]}
    guardians = Guardian.objects.filter(status="current", **known)[:5]
    pupils = Pupil.objects.filter(status="current", **known)[:5]
    lines = SignatureLine.objects.filter(consent__status__in=LIVING)
    found = [
        *lines.filter(guardian__in=list(guardians)),
        *lines.filter(guardian=None, consent__pupil__in=list(pupils)),
    ]
    hour = clock.now() - timedelta(hours=1)
    for line in found:
        if Signatory.objects.filter(line=line.uuid, made__gt=hour).count() < AN_HOUR:
            by_phone = field == "phone_index"
            _deliver(line, code_of(asked["told"]), promise, by_phone=by_phone)


@outbox.handler("invitation")
def deliver(promise: Outgoing) -> None:
    """Mail the link and text the code; with one way on file the link alone, and the code by voice.

    No name, no school and no kind of matter stands in either. A reminder to somebody with only
    one way on file points at the page where a fresh link is asked for.
    """
    line = SignatureLine.objects.select_related("guardian", "consent__pupil").get(
        uuid=promise.payload["line"]
    )
    told = promise.payload.get("told", "")
    if not reaches(line) or line.consent.status not in LIVING:
        return
    if told:
        _deliver(line, code_of(told), promise, by_phone=bool(line.person.phone.open()))
    elif _both(line):
        _deliver(line, "", promise, by_phone=False)
    else:
        words = pages(line.person.language)["message"]
        text = f"{words['again']}\n{settings.BASE_URL}/s/ny-lank/"
        if number := line.person.phone.open():
            sms.adapter().send(number, text)
        else:
            _mail(line, words["subject"], text, promise)


def _deliver(line: SignatureLine, code: str, promise: Outgoing, *, by_phone: bool) -> None:
    """The link to one place; the code to the other, unless it has been told already."""
    if not reaches(line) or line.consent.status not in LIVING:
        return
    words = pages(line.person.language)["message"]
    _made, token, made_code = links.make(
        opens=line.consent.uuid, line=line.uuid, purpose="consent", code=code
    )
    url = f"{settings.BASE_URL}/s/{token}/"
    if by_phone:
        sms.adapter().send(line.person.phone.open(), f"{words['link']}\n{url}")
    else:
        _mail(line, words["subject"], f"{words['link']}\n\n{url}\n", promise)
    if not code:
        sms.adapter().send(line.person.phone.open(), f"{words['code']} {made_code}")


def _mail(line: SignatureLine, subject: str, body: str, promise: Outgoing) -> None:
    to = [line.person.email.open()]
    headers = {"Message-ID": f"<{promise.uuid}.{line.pk}@bryggan>"}
    EmailMessage(subject=subject, body=body, to=to, headers=headers).send()
