"""The server's clock, moved by a file: so many days ahead of the real one.

It goes through `accounts.clock.at`, which production refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import clock

FILE = "days-ahead"


@contextmanager
def ahead() -> Iterator[None]:
    file = settings.VAR / FILE
    if not file.exists():
        yield
        return
    with clock.at(timezone.now() + timedelta(days=int(file.read_text()))):
        yield


def moved(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware, outside all others."""

    def respond(request: HttpRequest) -> HttpResponse:
        with ahead():
            return get_response(request)

    return respond
