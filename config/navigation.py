"""The main menu: what each role comes for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Role

_SCHOOL = (Role.SCHOOL, Role.PRINCIPAL)
_TEAM = (Role.TEAM, Role.MANAGER)
# What somebody comes for most days stands first; from SHOWN on it waits under "Mer".
SHOWN = 5
MENU = (
    (
        _("Att göra"),
        "workflows:worklist",
        (*_SCHOOL, *_TEAM, Role.RECEIVER, Role.DISTRICT, Role.CENTRAL),
    ),
    (_("Remisser"), "referrals:list", (*_SCHOOL, *_TEAM)),
    (_("Ärenden"), "referrals:cases", (*_SCHOOL, *_TEAM)),
    (_("Teamets läge"), "workflows:team", (Role.MANAGER,)),
    (_("Överlämningar"), "referrals:transfers", (Role.RECEIVER,)),
    (_("Vem ringer jag?"), "collaboration:directory", _SCHOOL),
    (_("Loggen"), "history:log", (Role.AUDITOR,)),
    (_("Mönster"), "history:patterns", (Role.AUDITOR,)),
    (_("Kontroller"), "history:checks", (Role.AUDITOR,)),
    (_("Personer"), "accounts:people", (Role.ADMIN,)),
    (_("Organisationer"), "accounts:organisations", (Role.ADMIN,)),
    (_("Samverkan"), "collaboration:home", tuple(Role)),
    (_("Nödöppningar"), "referrals:glasses", (Role.AUDITOR,)),
    (_("Genomgångar"), "referrals:screenings", (*_SCHOOL, *_TEAM)),
    (_("Program"), "referrals:programmes", (Role.DISTRICT, Role.CENTRAL, Role.ADMIN)),
    (_("Verktygslådan"), "referrals:tools", (*_SCHOOL, *_TEAM, Role.DISTRICT, Role.ADMIN)),
    (_("Bemanning"), "workflows:staffing", (Role.PRINCIPAL, Role.MANAGER, Role.ADMIN)),
    (_("Tackar nej"), "referrals:refusals", (Role.DISTRICT, Role.CENTRAL)),
    (_("Orosanmälningar"), "referrals:concerns", (Role.PRINCIPAL, Role.MANAGER)),
    (_("Skyddade ärenden"), "workflows:protected", (Role.PRINCIPAL, Role.MANAGER, Role.RECEIVER)),
    (_("Nödöppningar"), "referrals:glasses", (*_SCHOOL, *_TEAM)),
    (_("Utdrag"), "workflows:extracts", (*_SCHOOL, *_TEAM)),
    (
        _("Gallring"),
        "workflows:disposals",
        (Role.PRINCIPAL, Role.MANAGER, Role.DISTRICT, Role.ADMIN, Role.AUDITOR),
    ),
    (_("Samtyckesregler"), "referrals:consent_rules", (Role.ADMIN,)),
    (_("Skollov"), "accounts:school_breaks", (Role.ADMIN,)),
    (_("Lag och gränser"), "history:law", (Role.ADMIN, Role.AUDITOR)),
    (_("Notiser"), "workflows:notices", (Role.CENTRAL, Role.ADMIN, Role.AUDITOR)),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: who acts, and the pages of that role that exist."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Membership):
        return {"actor": None, "menu": [], "sso": settings.OIDC_ISSUER and settings.OIDC_NAME}
    menu = []
    for label, name, roles in MENU:
        if actor.role not in roles:
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        within = url not in ("/", "/loggen/") and request.path.startswith(url)
        menu.append({"label": label, "url": url, "current": request.path == url or within})
    # Where one page lies below another, the nearer one is where the reader is.
    inside = max((str(item["url"]) for item in menu if item["current"]), key=len, default="")
    for item in menu:
        item["current"] = item["url"] == inside
    # One more is shown rather than folded away alone.
    shown = SHOWN if len(menu) > SHOWN + 1 else len(menu)
    more = menu[shown:]
    return {
        "actor": actor,
        "menu": menu[:shown],
        "more_menu": more,
        "in_more": any(item["current"] for item in more),
    }
