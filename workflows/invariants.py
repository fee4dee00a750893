"""What always holds, whoever did what in which order (design section 4); in words when it does not."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts import clock
from collaboration import serving
from collaboration.choices import Post
from collaboration.models import (
    Agreement,
    ContactAssignment,
    ForumAction,
    ForumMeeting,
    FundingAnswer,
    FundingApplication,
)
from history.models import Event, rows_of
from referrals.choices import OPEN_CASE, OPEN_REFERRAL, OPEN_TRANSFER, WAITING_CONSENT
from referrals.models import (
    Absence,
    Case,
    ConcernReport,
    Consent,
    Estimate,
    FosterVoice,
    Goal,
    Intervention,
    Note,
    Occasion,
    OutsideContact,
    Pupil,
    Referral,
    Review,
    Section,
    Transfer,
)
from workflows.models import Turn, Vacancy
from workflows.vacancies import decides

OPEN = {
    Referral: OPEN_REFERRAL,
    Consent: WAITING_CONSENT,
    Case: OPEN_CASE,
    Transfer: OPEN_TRANSFER,
}
RECORDED = (
    Referral,
    Consent,
    Case,
    Transfer,
    Pupil,
    Absence,
    Section,
    FosterVoice,
    Goal,
    Estimate,
    Intervention,
    Occasion,
    Note,
    Review,
    OutsideContact,
    ConcernReport,
    Agreement,
    ContactAssignment,
    ForumMeeting,
    ForumAction,
    FundingApplication,
    FundingAnswer,
)


def breaches() -> Iterator[str]:
    yield from without_contact()
    yield from without_somebody()
    yield from nobodys()
    yield from at_odds_with_history()
    yield from before_their_time()
    yield from measured_badly()


def without_somebody() -> Iterator[str]:
    """Every open thing has one responsible, one deputy and one dated next step."""
    for model, statuses in OPEN.items():
        rows: QuerySet[Any] = rows_of(model)
        rows = rows.filter(status__in=statuses)
        for obj in rows.filter(Q(responsible=None) | Q(deputy=None)):
            yield f"{obj}: saknar ansvarig eller ersättare"
        kind = ContentType.objects.get_for_model(model)
        dated = Turn.objects.open().filter(kind=kind).values("object_id")
        for obj in rows.exclude(pk__in=dated):
            yield f"{obj}: saknar ett nästa steg med datum"


def nobodys() -> Iterator[str]:
    """Whoever answers for an open thing works there, or its hand-over is on somebody's list.

    A role that ends today has until the next sweep.
    """
    for model, statuses in OPEN.items():
        rows: QuerySet[Any] = rows_of(model)
        rows = rows.filter(status__in=statuses)
        for post in ("responsible", "deputy"):
            over = Q(**{f"{post}__until__lt": clock.today()})
            gone = rows.filter(over | Q(**{f"{post}__user__is_active": False}))
            for obj in gone.select_related(f"{post}__user"):
                if not _on_somebodys_list(obj, post):
                    yield f"{obj}: {POSTS[post]} har ingen roll som gäller"


POSTS = {"responsible": "ansvarig", "deputy": "ersättare"}


def _on_somebodys_list(obj: Any, post: str) -> bool:
    """A vacancy that has somebody to decide about it."""
    key = f"{obj._meta.model_name}.{post}"
    waiting = Vacancy.objects.filter(holding=key, object_id=obj.pk, left=getattr(obj, post))
    found = waiting.exclude(status="filled").first()
    return found is not None and decides.holders(found).exists()


def without_contact() -> Iterator[str]:
    """No school in service without contact and deputy, or an open vacancy; no gap in who it was.

    A school new today has until the next run of the deadlines.
    """
    schools = serving.schools_with_duty().filter(since__lt=clock.today())
    for post in Post:
        rows = ContactAssignment.objects.filter(post=post)
        held = rows.now().values("school")
        for school in schools.exclude(pk__in=held):
            yield f"{school}: saknar {post.label.lower()} och har ingen öppen vakans"
        ordered = rows.exclude(held_from=None).order_by("school", "held_from", "pk")
        for before, after in itertools.pairwise(ordered):
            if before.school_id == after.school_id and before.held_until != after.held_from:
                yield f"{after}: glapp eller överlapp {before.held_until}–{after.held_from}"


def at_odds_with_history() -> Iterator[str]:
    """No object's status or version disagrees with its last event."""
    for model in RECORDED:
        kind = ContentType.objects.get_for_model(model)
        own = Event.objects.filter(kind=kind, subject_id=OuterRef("pk")).order_by("-pk")
        rows: QuerySet[Any] = rows_of(model)
        rows = rows.annotate(
            told=Subquery(own.values("target")[:1]),
            told_version=Subquery(own.values("version")[:1]),
        )
        odd = rows.exclude(told=F("status"), told_version=F("version"))
        for pk, status, told in odd.values_list("pk", "status", "told"):
            yield f"{model.__name__} {pk}: status {status}, sista händelsen {told}"


def before_their_time() -> Iterator[str]:
    """No intervention before consent and mapping."""
    for pk in Intervention.objects.filter(case__enrolled=None).values_list("pk", flat=True):
        yield f"Insats {pk}: ärendet är inte inskrivet"
    for pk in Occasion.objects.exclude(
        Q(intervention__status__in=("accepted", "ongoing", "completed", "cancelled"))
    ).values_list("pk", flat=True):
        yield f"Tillfälle {pk}: insatsen har aldrig godtagits"


def measured_badly() -> Iterator[str]:
    """Absence never stands without its period and the time it is measured against."""
    bad = Q(period_from=None) | Q(period_to=None) | Q(offered=0) | Q(source="")
    for pk in Absence.objects.filter(bad).values_list("pk", flat=True):
        yield f"Frånvaro {pk}: saknar period, erbjuden tid eller källa"
