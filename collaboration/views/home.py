"""The way in to the collaboration."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from collaboration.pages import PAGES


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first of the pages that is open to the reader, signed in or not."""
    reader = getattr(request, "actor", None)
    first = next((page.name for page in PAGES if page.open_to(reader)), None)
    return redirect(first) if first else redirect_to_login(request.get_full_path())
