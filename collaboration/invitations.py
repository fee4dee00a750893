"""Invitations to meetings: a mail with a calendar entry and a link to answer by, no account needed."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from accounts import clock, links
from collaboration.choices import MeetingStatus
from collaboration.models import ForumMeeting, Invitee
from history import outbox
from history.models import Outgoing

# What a link is for.
FORUM = "forum"


def calendar(meeting: ForumMeeting, invitee: Invitee | None, *, cancelled: bool = False) -> bytes:
    """The meeting as a calendar file: to be put in, changed, or taken out of, a calendar."""
    entry = Event()
    entry.add("uid", f"{meeting.uuid}@bryggan")
    entry.add("sequence", meeting.sequence)
    entry.add("dtstamp", clock.now())
    entry.add("dtstart", timezone.localtime(meeting.starts))
    entry.add("dtend", timezone.localtime(meeting.ends))
    entry.add("summary", meeting.forum.name)
    entry.add("location", meeting.place)
    entry.add("description", meeting.agenda)
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
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
    found.add("method", "CANCEL" if cancelled else "REQUEST")
    found.add_component(entry)
    found.add_missing_timezones()
    return bytes(found.to_ical())


def organizer_of(meeting: ForumMeeting) -> str:
    """Where a calendar sends its own answer: the convener's organisation, else the convener."""
    team = meeting.convener.organisation.function_address
    return team or meeting.convener.user.email or settings.DEFAULT_FROM_EMAIL


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
            "organisation", "meeting__forum__district", "meeting__convener__user"
        )
        .exclude(email="")
        .filter(uuid=promise.payload["invitee"], meeting__status__in=statuses)
    )
    return row.first()


def _send(promise: Outgoing, row: Invitee, subject: str, body: str, file: bytes = b"") -> None:
    headers = {"Message-ID": f"<{promise.uuid}@bryggan>"}
    letter = EmailMultiAlternatives(subject=subject, body=body, to=[row.email], headers=headers)
    if file:
        method = "CANCEL" if b"METHOD:CANCEL" in file else "REQUEST"
        letter.attach_alternative(file.decode(), f"text/calendar; method={method}")
        letter.attach("mote.ics", file.decode(), "text/calendar")
    letter.send()


def _when(meeting: ForumMeeting) -> str:
    return date_format(timezone.localtime(meeting.starts), "l j F Y H:i")


@outbox.handler("forum.invite")
def send_invitation(promise: Outgoing) -> None:
    row = _invitee(promise, MeetingStatus.INVITED)
    if row is None or row.meeting.ends <= clock.now():
        return
    meeting = row.meeting
    with translation.override(settings.LANGUAGE_CODE):
        said = {
            "forum": meeting.forum.name,
            "when": _when(meeting),
            "place": meeting.place or "–",
            "agenda": meeting.agenda,
            "who": row.organisation,
            "url": reply_link(row),
        }
        body = _(
            "%(who)s är kallad till %(forum)s.\n\nTid: %(when)s\nPlats: %(place)s\n\n"
            "Dagordning:\n%(agenda)s\n\nSvara här, du behöver inget konto:\n%(url)s\n"
        )
        subject = _("Kallelse: %(forum)s") % said
        _send(promise, row, subject, body % said, calendar(meeting, row))


@outbox.handler("forum.cancel")
def send_cancellation(promise: Outgoing) -> None:
    row = _invitee(promise, MeetingStatus.CANCELLED)
    if row is None:
        return
    meeting = row.meeting
    with translation.override(settings.LANGUAGE_CODE):
        said = {"forum": meeting.forum.name, "when": _when(meeting), "why": meeting.ended_why}
        body = _("%(forum)s %(when)s är inställt.\n\n%(why)s\n")
        subject = _("Inställt: %(forum)s") % said
        _send(promise, row, subject, body % said, calendar(meeting, row, cancelled=True))


@outbox.handler("forum.minutes")
def send_minutes(promise: Outgoing) -> None:
    row = _invitee(promise, MeetingStatus.MINUTED)
    if row is None:
        return
    meeting = row.meeting
    with translation.override(settings.LANGUAGE_CODE):
        decided = "\n".join(f"– {one.text}" for one in meeting.decisions.all()) or "–"
        said = {
            "forum": meeting.forum.name,
            "when": _when(meeting),
            "minutes": meeting.minutes,
            "decided": decided,
            "actions": "\n".join(
                f"– {one.text} ({one.organisation}, {date_format(one.due, 'j F Y')})"
                for one in meeting.actions.open().select_related("organisation")
            )
            or "–",
        }
        body = _(
            "Minnesanteckningar från %(forum)s %(when)s.\n\n%(minutes)s\n\n"
            "Beslut:\n%(decided)s\n\nAtt göra:\n%(actions)s\n"
        )
        subject = _("Minnesanteckningar: %(forum)s") % said
        _send(promise, row, subject, body % said)
