"""What a meeting takes up from the ones before it: decisions of the last, and what was promised.

It is part of what the next meeting calls to, so whoever is called to that one reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from collaboration.choices import ActionStatus
from collaboration.models import ForumAction, ForumDecision, ForumMeeting
from history.models import Event


@dataclass(frozen=True)
class Carried:
    last: ForumMeeting | None = None
    decisions: list[ForumDecision] = field(default_factory=list)
    actions: list[ForumAction] = field(default_factory=list)


def to(meeting: ForumMeeting) -> Carried:
    """The last meeting's decisions; of actions its own, those still open, and those ended since."""
    before = ForumMeeting.objects.filter(forum=meeting.forum_id, starts__lt=meeting.starts)
    last = before.took_place().select_related("forum").order_by("-starts", "-pk").first()
    if last is None:
        return Carried()
    ended = Event.objects.filter(
        trail=last.trail_id,
        kind=ContentType.objects.get_for_model(ForumAction),
        target__in=(ActionStatus.DONE, ActionStatus.DROPPED),
        at__gte=last.starts,
    )
    now = Q(meeting=last) | Q(status=ActionStatus.OPEN) | Q(pk__in=ended.values("subject_id"))
    actions = (
        ForumAction.objects.filter(now, meeting__in=before)
        .select_related(
            "organisation", "meeting__forum__district", "meeting__convener__organisation"
        )
        .order_by("due", "pk")
    )
    return Carried(last, list(last.decisions.all()), list(actions))
