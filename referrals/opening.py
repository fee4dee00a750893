"""A protected pupil's case is opened with a reason: whoever asks without one is asked for it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from history.reading import ReasonNeeded


class AsksWhy:
    """Middleware: a page that may not be shown yet leads to the question, and back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, ReasonNeeded):
            return None
        url = reverse("referrals:open_protected", args=[error.pupil])
        return redirect(f"{url}?{urlencode({'till': request.path})}")
