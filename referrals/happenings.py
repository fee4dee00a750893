"""What a case's timeline tells of, for one reader, and what each thing is called there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from accounts.prepared import kept_with
from history.models import Event
from referrals.models import (
    Absence,
    BreakGlass,
    Case,
    Consent,
    FosterVoice,
    Goal,
    Intervention,
    MappedNeed,
    Note,
    Occasion,
    OutsideContact,
    Participant,
    Plan,
    PupilVoice,
    Referral,
    Review,
    Section,
    Transfer,
)
from referrals.timeline import told_of

PARTS: tuple[Any, ...] = (
    Section,
    PupilVoice,
    FosterVoice,
    MappedNeed,
    Plan,
    Goal,
    Intervention,
    Occasion,
    Review,
    OutsideContact,
    Participant,
    Transfer,
    BreakGlass,
)
# What another side is told of, each as far as its own `visible_to` lets it.
SHARED: tuple[Any, ...] = (Goal, Review, Intervention, Transfer)


def events(
    case: Case, actor: Actor, full: bool, kinds: tuple[str, ...] = ()
) -> QuerySet[Event, Event]:
    """What has happened to the things the reader is told of; only to these kinds (model names),
    when any are given."""
    return kept_with(
        _events,
        actor,
        full,
        kinds,
        case=case.pk,
        trail=case.trail_id,
        referral=case.referral_id or 0,
    )


def _events(
    actor: Actor, full: bool, kinds: tuple[str, ...], *, case: Any, trail: Any, referral: Any
) -> QuerySet[Event, Event]:
    found: dict[str, QuerySet[Any]] = {
        "case": Case.objects.filter(pk=case),
        "referral": Referral.objects.filter(case=case),
        "consent": Consent.objects.of_case(case, trail, referral),
        "note": Note.objects.visible_to(actor).filter(case=case),
    }
    if full:
        found |= {model._meta.model_name: model.objects.filter(case=case) for model in PARTS}
        found["absence"] = Absence.objects.of_matter(case, referral)
    else:
        found |= {
            model._meta.model_name: model.objects.visible_to(actor).filter(case=case)
            for model in SHARED
        }
    return told_of(trail, [rows for name, rows in found.items() if not kinds or name in kinds])


def named(
    goals: list[dict[str, Any]], measured: Iterable[Absence], interventions: list[Intervention]
) -> dict[UUID, str]:
    """Names for what an overview has already read: goals, absence, tools and their occasions."""
    found = {row["goal"].uuid: row["text"] for row in goals}
    found |= {row.uuid: rate_in_words(row) for row in measured}
    for one in interventions:
        found[one.uuid] = str(one.tool)
        held = one.held  # type: ignore[attr-defined]  # annotated by with_occasions
        for row in json.loads(held) if isinstance(held, str) else held or []:
            found[UUID(str(row["uuid"]))] = occasion_in_words(
                str(one.tool), row["minutes"], row["no_show"]
            )
    return found


def details(case: Case, actor: Actor) -> dict[UUID, str]:
    """A name for everything the whole timeline may tell of; a fixed number of queries."""
    found = {row.uuid: row.title for row in Section.objects.filter(case=case)}
    found |= {row.uuid: row.text.open() for row in Goal.objects.filter(case=case)}
    found |= {row.uuid: row.text.open() for row in MappedNeed.objects.filter(case=case)}
    found |= {row.uuid: rate_in_words(row) for row in Absence.objects.of_case(case)}
    notes = Note.objects.visible_to(actor).filter(case=case)
    found |= {row.uuid: row.get_kind_display() for row in notes}
    contacts = OutsideContact.objects.filter(case=case)
    found |= {row.uuid: f"{row.get_kind_display()}: {row.next_step}" for row in contacts}
    people = Participant.objects.filter(case=case).select_related("membership__user")
    found |= {row.uuid: str(row) for row in people}
    tools = Intervention.objects.filter(case=case).select_related("tool")
    found |= {row.uuid: str(row.tool) for row in tools}
    for held in Occasion.objects.filter(case=case).select_related("intervention__tool"):
        tool = str(held.intervention.tool)
        found[held.uuid] = occasion_in_words(tool, held.minutes, held.no_show)
    reviews = Review.objects.filter(case=case, status="documented")
    found |= {row.uuid: progress_in_words(row) for row in reviews}
    transfers = Transfer.objects.filter(case=case).select_related("receiver")
    return found | {row.uuid: str(row.receiver) for row in transfers}


def occasion_in_words(tool: str, minutes: int, no_show: bool) -> str:
    if no_show:
        return _("%(tool)s: eleven kom inte") % {"tool": tool}
    words = ngettext("%(tool)s, %(n)s minut", "%(tool)s, %(n)s minuter", minutes)
    return words % {"tool": tool, "n": minutes}


def rate_in_words(row: Absence) -> str:
    if row.rate is None:
        return _("Ingen tid är rapporterad")
    return _("%(rate)s procent") % {"rate": f"{row.rate:g}".replace(".", ",")}


def progress_in_words(row: Review) -> str:
    return _("Det går framåt") if row.progress else _("Det går inte framåt än")
