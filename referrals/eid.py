"""Signing with an e-identity, by an adapter named in the settings: `EID_BACKEND`.

An adapter is a class with two methods. `start` says where to send the person's browser, and gets
a `state` to carry back and the address to come back to. `finish` is asked when the browser is
back, and says who it was; it answers None when nobody was identified or the answer is not to be
trusted. The adapter keeps what it needs between the two in the session, never in an address.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Identity:
    """Who signed: the twelve-digit number, and the provider's own reference of the signing."""

    number: str
    reference: str


class Adapter(Protocol):
    name: str

    def start(self, request: HttpRequest, *, state: str, back: str, text: str) -> str:
        """The address to send the browser to; `text` is what the person is to sign."""
        ...

    def finish(self, request: HttpRequest, *, state: str) -> Identity | None: ...


class Local:
    """Asks for a number on a page of our own and believes it: for the demo and for tests.

    Production refuses to start with it.
    """

    name = "local"

    def start(self, request: HttpRequest, *, state: str, back: str, text: str) -> str:
        request.session["eid_local"] = {"state": state, "back": back}
        return reverse("referrals:eid_local")

    def finish(self, request: HttpRequest, *, state: str) -> Identity | None:
        told = request.session.pop("eid_local", {})
        if told.get("state") != state or not told.get("number"):
            return None
        return Identity(told["number"], secrets.token_hex(8))


def adapter() -> Adapter | None:
    """The municipality's choice; None where there is none, and then nothing is offered."""
    return import_string(settings.EID_BACKEND)() if settings.EID_BACKEND else None
