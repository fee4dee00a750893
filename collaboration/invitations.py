"""Invitations to meetings: a mail with a calendar entry and a link to answer by, no account needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from icalendar import Calendar, Event, vCalAddress, vText

from accounts import clock, links
from collaboration import carried
from collaboration.choices import MeetingStatus, Presence
from collaboration.models import ForumAction, ForumMeeting, Invitee
from history import outbox
from history.models import Outgoing

# What a link is for.
FORUM = "forum"


def calendar(meeting: ForumMeeting, invitee: Invitee | None, *, cancelled: bool = False) -> bytes:
    """The meeting as a calendar file: to be put in, changed, or taken out of, a calendar.

    To somebody called it asks for an answer; whoever only looks at it is shown when it is.
    """
    entry = Event()
    entry.add("uid", f"{meeting.uuid}@bryggan")
    entry.add("sequence", meeting.sequence)
    entry.add("dtstamp", clock.now())
    entry.add("dtstart", timezone.localtime(meeting.starts))
    entry.add("dtend", timezone.localtime(meeting.ends))
    entry.add("summary", str(meeting.forum))
    entry.add("location", meeting.place)
    entry.add("description", meeting.agenda)
    sure = "TENTATIVE" if meeting.status == MeetingStatus.PLANNED else "CONFIRMED"
    entry.add("status", "CANCELLED" if cancelled else sure)
    organizer = vCalAddress(f"mailto:{organizer_of(meeting)}")
    organizer.params["cn"] = vText(meeting.convener.name)
    entry.add("organizer", organizer, encode=False)
    if invitee is not None and invitee.email:
        attendee = vCalAddress(f"mailto:{invitee.email}")
        attendee.params["cn"] = vText(invitee.name or str(invitee.organisation))
        attendee.params["rsvp"] = vText("TRUE")
        attendee.params["partstat"] = vText("NEEDS-ACTION")
        entry.add("attendee", attendee, encode=False)
    found = Calendar()
    found.add("prodid", "-//Bryggan//SV")
    found.add("version", "2.0")
    asked = "CANCEL" if cancelled else "REQUEST"
    found.add("method", "PUBLISH" if invitee is None else asked)
    found.add_component(entry)
    found.add_missing_timezones()
    return bytes(found.to_ical())


def organizer_of(meeting: ForumMeeting) -> str:
    """Where an answer goes, a calendar's own or a letter's: the convener, else where they work."""
    convener = meeting.convener
    at_work = convener.organisation.function_address
    return convener.user.email or at_work or settings.DEFAULT_FROM_EMAIL


def reply_link(invitee: Invitee) -> str:
    """A fresh address to answer by, good until the day after the meeting; no code, for it opens
    nothing but one's own answer. Earlier ones stop working."""
    left = max((invitee.meeting.ends - clock.now()).days + 1, 1)
    _signatory, token, _code = links.make(
        opens=invitee.meeting.uuid, line=invitee.uuid, purpose=FORUM, days=left
    )
    return f"{settings.BASE_URL}/samverkan/lank/mote/{token}/"


def _invitee(promise: Outgoing, *statuses: str) -> Invitee | None:
    row = (
        Invitee.objects.select_related(
            "organisation",
            "meeting__forum__district",
            "meeting__convener__user",
            "meeting__convener__organisation",
        )
        .exclude(email="")
        .filter(uuid=promise.payload["invitee"], meeting__status__in=statuses)
    )
    return row.first()


def _send(promise: Outgoing, row: Invitee, subject: str, body: str, file: bytes = b"") -> None:
    headers = {"Message-ID": f"<{promise.uuid}@bryggan>"}
    letter = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=body,
        to=[row.email],
        reply_to=[organizer_of(row.meeting)],
        headers=headers,
    )
    if file:
        method = "CANCEL" if b"METHOD:CANCEL" in file else "REQUEST"
        letter.attach_alternative(file.decode(), f"text/calendar; method={method}")
        letter.attach("mote.ics", file.decode(), "text/calendar")
    letter.send()


def _when(meeting: ForumMeeting) -> str:
    return date_format(timezone.localtime(meeting.starts), "l j F Y H:i")


def _day(meeting: ForumMeeting) -> str:
    return date_format(clock.local_date(meeting.starts), "j F Y")


def _said(meeting: ForumMeeting) -> dict[str, Any]:
    """What every letter about a meeting says: of which forum and district, when, and who calls."""
    convener = meeting.convener
    return {
        "forum": meeting.forum,
        "when": _when(meeting),
        "day": _day(meeting),
        "place": meeting.place or "–",
        "convener": f"{convener.name}, {convener.organisation}, {organizer_of(meeting)}",
    }


def _lines(found: Iterable[object]) -> str:
    return "\n".join(f"– {one}" for one in found) or "–"


def _promised(action: ForumAction) -> str:
    """One action in a line: what, who, by when, and how it stands."""
    said = {
        "what": action.text,
        "who": action.organisation,
        "day": date_format(action.due, "j F Y"),
        "state": _("inte klar i tid") if action.is_late else action.get_status_display().lower(),
        "from": _day(action.meeting),
    }
    words = _("%(what)s (%(who)s, senast %(day)s, %(state)s, från mötet %(from)s)") % said
    return f"{words}: {action.outcome}" if action.outcome else words


def _carried(meeting: ForumMeeting) -> str:
    """What is taken up from the last meeting, as a part of the letter; "" when there is none."""
    found = carried.to(meeting)
    if found.last is None:
        return ""
    return _("Från förra mötet, %(day)s\n\nBeslut:\n%(decided)s\n\nAtt göra:\n%(actions)s\n\n") % {
        "day": _day(found.last),
        "decided": _lines(one.text for one in found.decisions),
        "actions": _lines(map(_promised, found.actions)),
    }


# Why an invitation is sent, in the subject, where those who are called see it first.
ABOUT = {
    "": gettext_lazy("Kallelse: %(forum)s %(day)s"),
    "remind": gettext_lazy("Påminnelse: %(forum)s %(day)s"),
    "time": gettext_lazy("Ny tid: %(forum)s %(day)s"),
    "place": gettext_lazy("Ny plats: %(forum)s %(day)s"),
}


@outbox.handler("forum.invite")
def send_invitation(promise: Outgoing) -> None:
    row = _invitee(promise, MeetingStatus.INVITED)
    if row is None or row.meeting.ends <= clock.now():
        return
    meeting = row.meeting
    with translation.override(settings.LANGUAGE_CODE):
        said = _said(meeting) | {
            "agenda": meeting.agenda,
            "before": _carried(meeting),
            "who": row.organisation,
            "url": reply_link(row),
        }
        body = _(
            "%(who)s är kallad till %(forum)s.\n\nTid: %(when)s\nPlats: %(place)s\n"
            "Den som kallar: %(convener)s\n\nDagordning:\n%(agenda)s\n\n%(before)s"
            "Svara här, du behöver inget konto:\n%(url)s\n"
        )
        subject = str(ABOUT[promise.payload.get("about", "")]) % said
        _send(promise, row, subject, body % said, calendar(meeting, row))


@outbox.handler("forum.cancel")
def send_cancellation(promise: Outgoing) -> None:
    row = _invitee(promise, MeetingStatus.CANCELLED)
    if row is None:
        return
    meeting = row.meeting
    with translation.override(settings.LANGUAGE_CODE):
        said = _said(meeting) | {"why": meeting.ended_why}
        body = _("%(forum)s %(when)s är inställt.\n\n%(why)s\n\nDen som kallade: %(convener)s\n")
        subject = _("Inställt: %(forum)s %(day)s") % said
        _send(promise, row, subject, body % said, calendar(meeting, row, cancelled=True))


def _present(meeting: ForumMeeting) -> Iterator[str]:
    """Who was there, and whoever came instead of the one who was called."""
    for row in meeting.invitees.filter(presence=Presence.PRESENT).select_related("organisation"):
        who = row.instead or row.name
        yield f"{row.organisation}, {who}" if who else str(row.organisation)


@outbox.handler("forum.minutes")
def send_minutes(promise: Outgoing) -> None:
    row = _invitee(promise, MeetingStatus.MINUTED)
    if row is None:
        return
    meeting = row.meeting
    with translation.override(settings.LANGUAGE_CODE):
        said = _said(meeting) | {
            "why": meeting.corrected_why,
            "minutes": meeting.minutes,
            "present": _lines(_present(meeting)),
            "decided": _lines(one.text for one in meeting.decisions.all()),
            "actions": _lines(
                f"{one.text} ({one.organisation}, {date_format(one.due, 'j F Y')})"
                for one in meeting.actions.open().select_related("organisation").order_by("pk")
            ),
        }
        body = _(
            "Minnesanteckningar från %(forum)s %(when)s.\n\n%(minutes)s\n\n"
            "Beslut:\n%(decided)s\n\nAtt göra:\n%(actions)s\n\nMed på mötet:\n%(present)s\n"
        )
        subject = _("Minnesanteckningar: %(forum)s %(day)s") % said
        if promise.payload.get("about") == "correct":
            body = _("De här ersätter dem du har fått. Det som var fel: %(why)s\n\n") + body
            subject = _("Rättade minnesanteckningar: %(forum)s %(day)s") % said
        _send(promise, row, subject, body % said)


@outbox.handler("forum.action")
def tell_of_action(promise: Outgoing) -> None:
    """Somebody without an account has something to do that was not in the minutes they got."""
    row = _invitee(promise, MeetingStatus.MINUTED)
    action = ForumAction.objects.open().filter(uuid=promise.payload["action"]).first()
    if row is None or action is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        said = _said(row.meeting) | {
            "who": action.organisation,
            "what": action.text,
            "due": date_format(action.due, "j F Y"),
        }
        body = _(
            "%(who)s har något att göra efter %(forum)s %(day)s:\n\n%(what)s\n\n"
            "Klart senast: %(due)s\nBerätta hur det gick för: %(convener)s\n"
        )
        _send(promise, row, _("Att göra: %(forum)s %(day)s") % said, body % said)
