"""A move that only time makes."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from accounts.models import CLOCK
from history.door import Conflict, perform


def made(move: Any, **details: Any) -> bool:
    """Whether the clock could make the move; if somebody was first there is nothing left to do."""
    try:
        perform(move, by=CLOCK, **details)
    except (Conflict, PermissionDenied, ValidationError, Http404):
        return False
    return True
