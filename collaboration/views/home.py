"""The way in to the collaboration."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.http import Request
from collaboration.pages import PAGES


@require_GET
def home(request: Request) -> HttpResponse:
    """The first of the pages that is open to the reader."""
    return redirect(next(page.name for page in PAGES if page.open_to(request.actor)))
