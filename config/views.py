"""Pages that belong to no room: language, help, how it is built for everyone, what went wrong."""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from accounts import clock
from config.style import components


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch language and come back."""
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        request.session["language"] = chosen
        # What was chosen on a family's pages; the newer choice holds there too.
        request.session.pop("reads", None)
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if safe else "/")


@login_not_required
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "help.html")


@login_not_required
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "accessibility.html")


@login_not_required
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """For the operator's probe: the web answers and the database does. No data."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_GET
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where and how to report a vulnerability (RFC 9116); said anew each day, for half a year."""
    until = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=180)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: sv, en",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_GET
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component in its states, for those who build pages."""
    return render(request, "style_guide.html", {"components": components(request)})


@lru_cache(maxsize=1)
def _nothing_here() -> bytes:
    """One page for all that is not there or not yours: the same bytes, whoever asks for what."""
    return render_to_string("404.html").encode()


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse(_nothing_here(), status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("500.html"), status=500)
