"""Whom do I call? One's own school at once; any other by name, earlier name or school unit code."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import keyset
from accounts.http import typed
from accounts.models import Former, Kind, Membership, Organisation
from collaboration import calling, sight
from vault.indexes import normalised

PAGE = 20
LEAST = 2


@login_not_required
@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """Whom do I call? Never an empty answer: where nobody holds a post, who answers instead."""
    actor = getattr(request, "actor", None)
    if actor is None and not settings.PUBLIC_CONTACTS:
        return redirect_to_login(request.get_full_path())
    words = typed(request.GET, "sok")
    own = isinstance(actor, Membership) and actor.role in sight.SCHOOL_ROLES and not words
    short = bool(words) and len(normalised(words)) < LEAST
    schools: list[Any] = [actor.organisation] if own else []  # type: ignore[union-attr]  # `own` is of a membership
    more, count = "", 0
    if words and not short:
        rows = matching(words)
        count = rows.count()
        schools, more = keyset.page(
            rows.select_related("parent"),
            ("rank", "name", "pk"),
            request.GET.get("efter", ""),
            size=PAGE,
        )
    cards = calling.cards(schools)
    _add_earlier_names(cards, words)
    unknown = bool(words) and not short and not count
    context = {
        "words": words,
        "own": own,
        "fault": _("Skriv minst två tecken.") if short else "",
        "searched": bool(words) and not short,
        "count": count,
        "cards": cards,
        "more": more,
        "unknown": unknown,
        "elsewhere": calling.elsewhere()
        if unknown or any(card["outside"] for card in cards)
        else [],
    }
    return render(request, "collaboration/directory.html", context)


def matching(words: str) -> QuerySet[Any, Any]:
    """Schools in service with each of the words in name, earlier names or code; those whose name
    begins so first (`rank`)."""
    rows = Organisation.objects.in_service().filter(kind=Kind.SCHOOL)
    sought = normalised(words)
    for word in sought.split()[:5]:
        rows = rows.filter(sought__contains=word)
    first = When(sought__startswith=sought, then=Value(0))
    return rows.annotate(rank=Case(first, default=Value(1), output_field=IntegerField()))


def _add_earlier_names(cards: list[dict[str, Any]], words: str) -> None:
    """What a school was called, where that is what was searched for."""
    sought = normalised(words).split()
    other = [
        card["school"].pk
        for card in cards
        if not all(word in normalised(f"{card['school']} {card['school'].code}") for word in sought)
    ]
    former = Former.objects.filter(organisation__in=other).order_by("until", "pk")
    names: dict[int, list[str]] = {}
    for pk, name in former.values_list("organisation", "name"):
        there = names.setdefault(pk, [])
        if name not in there:
            there.append(name)
    for card in cards:
        card["earlier"] = ", ".join(names.get(card["school"].pk, []))
