"""The product's pages, and ways to make it fail as it fails when a server or an asker is in trouble."""

from typing import NoReturn

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest
from django.urls import path

from config import urls
from history.reading import reads

handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@login_not_required
def breaks(request: HttpRequest) -> NoReturn:
    raise RuntimeError("asked for by a test")


@login_not_required
@reads("broken")
def cannot_log(request: HttpRequest) -> NoReturn:
    raise OperationalError("asked for by a test")


def not_allowed(request: HttpRequest) -> NoReturn:
    raise PermissionDenied


def suspect(request: HttpRequest) -> NoReturn:
    raise SuspiciousOperation("asked for by a test")


urlpatterns = [
    *urls.urlpatterns,
    path("trouble/500/", breaks),
    path("trouble/503/", cannot_log),
    path("trouble/403/", not_allowed),
    path("trouble/400/", suspect),
]
