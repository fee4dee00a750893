"""One-time links for those without an account, with a code that travels another way."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

import vault
from accounts import clock
from accounts.models import Signatory

DAYS = 30
TRIES = 5


def make(
    *, opens: UUID, line: UUID | None, purpose: str, days: int = DAYS, code: str = ""
) -> tuple[Signatory, str, str]:
    """A new link and its code, unless one was told before; earlier ones for the same line stop
    working.

    Only keyed hashes are kept, so neither can be read back: give them on at once.
    """
    token, code = secrets.token_urlsafe(32), code or f"{secrets.randbelow(10**6):06d}"
    now = clock.now()
    earlier = Signatory.objects.filter(opens=opens, line=line, used=None, revoked=None)
    earlier.exclude(token_hash=None).update(revoked=now)
    signatory = Signatory.objects.create(
        opens=opens,
        line=line,
        purpose=purpose,
        token_hash=vault.index("link.token", token),
        code_hash=vault.index("link.code", f"{token} {code}"),
        expires=now + timedelta(days=days),
    )
    return signatory, token, code


def take_back(opens: QuerySet[Any, Any], lines: QuerySet[Any, Any] | None = None) -> None:
    """End every link that opens one of these, or only those of these lines, at once."""
    rows = Signatory.objects.filter(opens__in=opens, revoked=None)
    if lines is not None:
        rows = rows.filter(line__in=lines)
    rows.update(revoked=clock.now())


def by_token(token: str) -> Signatory | None:
    """The link in force with this token; None for unknown, old, used up or revoked alike."""
    rows = Signatory.objects.filter(token_hash__in=vault.signs("link.token", token), revoked=None)
    return rows.filter(Q(expires=None) | Q(expires__gt=clock.now()), tries__lt=TRIES).first()


def code_fits(signatory: Signatory, token: str, code: str) -> bool:
    """Whether the code is the right one; every wrong one counts, and five end the link."""
    digits = "".join(char for char in code if char.isdigit())
    said = vault.signs("link.code", f"{token} {digits}")
    right = any(secrets.compare_digest(signatory.code_hash, sign) for sign in said)
    if not right:
        Signatory.objects.filter(pk=signatory.pk).update(tries=signatory.tries + 1)
    return right
