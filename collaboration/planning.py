"""What a term's forums still lack, reckoned from the four levels and how often each is to meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from accounts.models import Actor, Membership, Organisation, Role
from collaboration import meeting_days, terms
from collaboration.choices import TOOK_PLACE, Level, MeetingKind, MeetingStatus
from collaboration.models import Forum, ForumMeeting

LEADS = (Role.DISTRICT, Role.MANAGER)


def leads(actor: Actor) -> bool:
    """Whether they set up a district's forums, and close them."""
    return isinstance(actor, Membership) and actor.role in LEADS


def district_of(actor: Actor) -> Organisation | None:
    """The district whose terms the actor plans: whoever leads there, or calls one of its forums."""
    if not isinstance(actor, Membership):
        return None
    if actor.role in LEADS:
        return actor.organisation.district
    called = Forum.objects.filter(convener=actor, active=True) if actor.role == Role.TEAM else None
    first = called.select_related("district").first() if called is not None else None
    return first.district if first else None


def may_call(forum: Forum, actor: Actor) -> bool:
    """As the rule of a meeting says it: whoever calls the forum, or leads where they work."""
    meeting = ForumMeeting(forum=forum, convener=forum.convener)
    return meeting.beginner(meeting, actor)


@dataclass(frozen=True)
class Rhythm:
    """One forum in one term, or a level that the district has no forum of."""

    level: Level
    term: terms.Term
    forum: Forum | None = None
    asked: tuple[str, ...] = ()
    there: tuple[str, ...] = ()
    held: int = 0

    @cached_property
    def missing(self) -> list[str]:
        return terms.lacking(self.asked, Counter(self.there)) if self.forum else []

    @property
    def short(self) -> bool:
        """Whether something is left to do: a meeting to plan, or a forum to set up."""
        return self.forum is None or bool(self.missing)

    @property
    def words(self) -> str:
        """ "3 av 3 planerade, 1 hållet"; of a term that is over only what was held."""
        of, kept = len(self.asked), len(self.asked) - len(self.missing)
        over, more = self.term.is_over, len(self.there) - kept
        if not of:
            said = [_("Inget möte måste hållas")]
        elif over:
            words = ngettext("%(n)s av %(of)s hållet", "%(n)s av %(of)s hållna", of)
            said = [words % {"n": kept, "of": of}]
        else:
            words = ngettext("%(n)s av %(of)s planerat", "%(n)s av %(of)s planerade", of)
            said = [words % {"n": kept, "of": of}]
        if self.there and not over:
            held = ngettext("%(n)s hållet", "%(n)s hållna", self.held)
            said.append(held % {"n": self.held})
        if more:
            said.append(_("%(n)s extra") % {"n": more})
        return ", ".join(said)

    @property
    def lacks(self) -> str:
        """What is missing, in words."""
        count = Counter(self.missing)
        said = [_("årets utvärdering")] * count[MeetingKind.EVALUATION]
        if n := count[MeetingKind.MEETING]:
            said.append(ngettext("%(n)s möte", "%(n)s möten", n) % {"n": n})
        said += [_("halvdag med föreläsare")] * count[MeetingKind.LECTURE]
        return ", ".join(said)


def callable_by(actor: Actor, rows: Iterable[Rhythm]) -> list[tuple[Rhythm, bool]]:
    """Each row with whether the actor may call its forum."""
    return [(row, row.forum is not None and may_call(row.forum, actor)) for row in rows]


def rhythms(district: Organisation, term: terms.Term) -> list[Rhythm]:
    """Each of the four levels in order, with every forum the district has of it.

    In a term that is over only what took place counts; in one that is not, what is planned too.
    """
    forums = Forum.objects.filter(district=district, active=True).select_related(
        "district", "convener__user", "convener__organisation"
    )
    meetings = (
        ForumMeeting.objects.filter(
            forum__district=district, term__in=[str(term), str(term.before)]
        )
        .exclude(status=MeetingStatus.CANCELLED)
        .values_list("forum", "term", "kind", "status")
    )
    had: dict[tuple[int, str], list[str]] = {}
    held: Counter[int] = Counter()
    for forum, of, kind, status in meetings:
        took_place = status in TOOK_PLACE
        over = term.before.is_over if of != str(term) else term.is_over
        if took_place or not over:
            had.setdefault((forum, of), []).append(kind)
        held[forum] += took_place and of == str(term)

    def rhythm(forum: Forum) -> Rhythm:
        asked = terms.wanted(forum.level, term)
        if term.half == 1:
            asked += terms.left_over(forum.level, Counter(had.get((forum.pk, str(term.before)))))
        there = tuple(had.get((forum.pk, str(term)), ()))
        level = Level(forum.level)
        return Rhythm(level, term, forum, tuple(asked), there, held[forum.pk])

    of_level: dict[str, list[Forum]] = {}
    for one in forums.order_by("name", "pk"):
        of_level.setdefault(one.level, []).append(one)
    found: list[Rhythm] = []
    for level in Level:
        here = [rhythm(one) for one in of_level.get(level, ())]
        found += here or [Rhythm(level, term)]
    return found


class Proposal(NamedTuple):
    forum: Forum
    kind: str
    on: date | None  # none: the term has no school day left for it


def proposals(rows: Iterable[Rhythm], term: terms.Term, actor: Actor) -> list[Proposal]:
    """The missing meetings the actor may call, each with a day of its own."""
    mine = [
        (row.forum, row.missing)
        for row in rows
        if row.forum and row.missing and may_call(row.forum, actor)
    ]
    if not mine:
        return []
    booked, open_days = _booked([forum for forum, _kinds in mine], term), meeting_days.ahead(term)
    found: list[Proposal] = []
    for forum, kinds in mine:
        taken = {day for _of, day in booked} | {one.on for one in found}
        own = [day for of, day in booked if of == forum.pk]
        days = meeting_days.spread(open_days, len(kinds), level=forum.level, own=own, taken=taken)
        found += [Proposal(forum, *pair) for pair in zip(kinds, days, strict=True)]
    return found


def first_day(forum: Forum, term: terms.Term) -> date | None:
    """A day for one meeting more, in the term or the one after."""
    for one in (term, term.after):
        booked = _booked([forum], one)
        own = [day for of, day in booked if of == forum.pk]
        taken = {day for _of, day in booked}
        (day,) = meeting_days.spread(
            meeting_days.ahead(one), 1, level=forum.level, own=own, taken=taken
        )
        if day:
            return day
    return None


def _booked(forums: list[Forum], term: terms.Term) -> list[tuple[int, date]]:
    """The days already taken in a term: of the district's forums, and of whoever is to call."""
    people = [forum.convener.user_id for forum in forums]
    same = Q(forum__district=forums[0].district_id) | Q(convener__user__in=people)
    rows = ForumMeeting.objects.filter(same, term=str(term)).exclude(status=MeetingStatus.CANCELLED)
    return [(of, clock.local_date(starts)) for of, starts in rows.values_list("forum", "starts")]


def called_that_day(forum: Forum, on: date) -> ForumMeeting | None:
    """What the forum's convener already calls to on a day."""
    rows = ForumMeeting.objects.filter(
        convener__user=forum.convener.user_id, term=str(terms.of(on))
    ).exclude(status=MeetingStatus.CANCELLED)
    same = (row for row in rows.select_related("forum") if clock.local_date(row.starts) == on)
    return next(same, None)
