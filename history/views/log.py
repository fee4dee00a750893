"""The auditor's desk: the log page by page, one look, a name by logged reason, unusual patterns."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock, paging
from accounts.forms import OwnForm, long_text
from accounts.http import Request, typed
from accounts.models import Membership, Organisation, Role
from history import patterns
from history.directory import directory
from history.models import AccessEntry, CheckMethod, Outcome, Seen
from history.reading import reads, seen, subject
from history.views.words import ground_in_words, words_for

PAGE = 50
DAYS = 30
GROUND = "audit"


def auditor(request: Request) -> Membership:
    """Whoever asks, when they are an auditor; nobody else knows that there is a desk."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role != Role.AUDITOR:
        raise Http404
    return actor


def _day(text: str) -> date | None:
    """A day somebody could mean; None for all else."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if 1900 <= day.year <= 9000 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text[:36])
    except ValueError:
        return None


def period_of(asked: Any) -> patterns.Period:
    """The days asked for, else the last thirty; the first never after the last."""
    last = _day(asked.get("till", "")) or clock.today()
    first = _day(asked.get("fran", "")) or last - timedelta(days=DAYS)
    return patterns.Period(min(first, last), last)


def chosen(rows: QuerySet[AccessEntry], asked: Any) -> tuple[QuerySet[AccessEntry], dict[str, str]]:
    """The log narrowed to what is asked for, and the choice as it is written in the address."""
    kept: dict[str, str] = {}
    first, last = _day(asked.get("fran", "")), _day(asked.get("till", ""))
    if first or last:
        rows = patterns.Period(first or date(1900, 1, 1), last or date(9000, 12, 31)).of(rows)
        kept |= {"fran": str(first or ""), "till": str(last or "")}
    if who := _uuid(asked.get("person", "")):
        rows = rows.filter(membership__uuid=who)
        kept["person"] = str(who)
    if pupil := _uuid(asked.get("elev", "")):
        rows = rows.filter(pk__in=Seen.objects.filter(pupil_uuid=pupil).values("entry"))
        kept["elev"] = str(pupil)
    if asked.get("utfall") in Outcome.values:
        rows = rows.filter(outcome=asked["utfall"])
        kept["utfall"] = asked["utfall"]
    return rows, kept


@require_http_methods(["GET", "POST"])
@reads("log")
def listing(request: Request) -> HttpResponse:
    """The log, newest first. A pupil is searched by POST, so that no number stands in an address."""
    actor = auditor(request)
    context: dict[str, Any] = {}
    if request.method == "POST":
        words = typed(request.POST, "sok", 40)
        found = directory().find(words)
        if found:
            return redirect(f"{request.path}?{urlencode({'elev': found[0]})}")
        context = {"words": words, "nobody": True}
    rows, kept = chosen(AccessEntry.objects.visible_to(actor), request.GET)
    before = request.GET.get("fore", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(position__lt=int(before))
    page = list(
        rows.select_related("membership__user", "signatory").order_by("-position")[: PAGE + 1]
    )
    more = page[PAGE - 1].position if len(page) > PAGE else None
    context |= {
        "rows": told(page[:PAGE]),
        "kept": kept,
        "more": urlencode(kept | {"fore": more}) if more else "",
        "people": _people(actor),
        "outcomes": Outcome.choices,
    }
    return render(request, "history/log.html", context)


def _people(actor: Membership) -> QuerySet[Membership]:
    """Those who have a log to look at, by name."""
    rows = Membership.objects.select_related("user", "organisation")
    return rows.order_by("user__last_name", "user__first_name", "pk")[:500]


def told(entries: list[AccessEntry]) -> list[dict[str, Any]]:
    """Each look as the desk shows it: who, when, what, and whose reference; in three queries."""
    looks = Seen.objects.filter(entry__in=entries).values_list("entry", "pupil_uuid", "ground")
    pupils: dict[int, list[tuple[UUID, str]]] = {}
    for number, uuid, ground in looks:
        pupils.setdefault(number, []).append((uuid, ground))
    single = {number: shown[0] for number, shown in pupils.items() if len(shown) == 1}
    names = directory().references({pupil for pupil, _ground in single.values()})
    places = dict(
        Organisation.objects.filter(pk__in={e.organisation_id for e in entries}).values_list(
            "pk", "name"
        )
    )
    rows = []
    for entry in entries:
        look = single.get(entry.pk)
        pupil, ground = look or (None, "")
        if pupil:
            seen(pupil, GROUND)
        rows.append(
            {
                "entry": entry,
                "who": entry.membership.name if entry.membership else str(entry.actor),
                "role": str(Role(entry.role).label) if entry.role in Role.values else "",
                "place": places.get(entry.organisation_id or 0, ""),
                "what": words_for(entry.what),
                "reference": names.get(pupil, _("Skyddat ärende")) if pupil else "",
                "pupil": pupil,
                "ground": ground_in_words(ground),
            }
        )
    return rows


def found_entry(actor: Membership, uuid: UUID) -> AccessEntry:
    rows = AccessEntry.objects.visible_to(actor).select_related("membership__user", "signatory")
    return get_object_or_404(rows, uuid=uuid)


@require_GET
@reads("log.entry")
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """One look: who, in which role and organisation, what, whom it showed, on what ground."""
    entry = found_entry(auditor(request), uuid)
    subject(entry.uuid)
    looks, more = paging.page(entry.seen.order_by("pk"), request.GET.get("efter", ""))
    names = directory().references({row.pupil_uuid for row in looks})
    for row in looks:
        seen(row.pupil_uuid, GROUND)
    context = {
        "row": told([entry])[0],
        "pupils": [
            {
                "pupil": row.pupil_uuid,
                "reference": names.get(row.pupil_uuid),
                "ground": ground_in_words(row.ground),
            }
            for row in looks
        ],
        "more": more,
        "reason": entry.words.text.open() if hasattr(entry, "words") else "",
    }
    return render(request, "history/entry.html", context)


class ReasonForm(OwnForm):
    reason = long_text(
        gettext_lazy("Varför behöver du veta vem eleven är?"),
        hint=gettext_lazy("Skälet sparas i loggen tillsammans med att du har sett namnet."),
        ask=gettext_lazy("Skriv varför du behöver veta vem eleven är."),
        rows=3,
    )


@require_http_methods(["GET", "POST"])
@reads("log.name")
def name(request: Request, uuid: UUID, pupil: UUID) -> HttpResponse:
    """A name, for a reason that goes on record with it."""
    entry = found_entry(auditor(request), uuid)
    get_object_or_404(entry.seen.filter(pupil_uuid=pupil)[:1])
    form = ReasonForm(request.POST or None)
    context = {"form": form, "entry": entry, "asked": True}
    if form.is_valid():
        subject(entry.uuid, form.cleaned_data["reason"])
        seen(pupil, f"{GROUND} name")
        context |= {"asked": False, "name": directory().name(pupil)}
    return render(request, "history/name.html", context)


@require_GET
@reads("log.patterns")
def found_patterns(request: Request) -> HttpResponse:
    """What a check could begin with, in the period asked for."""
    actor, period = auditor(request), period_of(request.GET)
    rows = period.of(AccessEntry.objects.visible_to(actor))
    found = {method: make(rows) for method, make in patterns.PATTERNS.items()}
    wanted = {one.membership for several in found.values() for one in several}
    people = Membership.objects.filter(pk__in=wanted).select_related("user", "organisation")
    by_pk = {person.pk: person for person in people}
    context = {
        "period": period,
        "patterns": [
            (
                CheckMethod(method),
                [{"who": by_pk[one.membership], "times": one.times} for one in several[:20]],
                len(several),
            )
            for method, several in found.items()
        ],
    }
    return render(request, "history/patterns.html", context)
