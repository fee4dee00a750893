"""Answering an invitation without an account: the letter's link opens one's own answer, no more."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import links
from collaboration import carried
from collaboration.choices import MeetingStatus, Reply
from collaboration.forms.forum import AnswerForm
from collaboration.invitations import FORUM, organizer_of
from collaboration.models import ForumMeeting
from collaboration.views.link import gone
from history.door import Conflict, perform


@login_not_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Yes, no, or somebody else; it can be changed by the same link until the meeting is over."""
    signatory = links.by_token(token)
    if signatory is None or signatory.purpose != FORUM:
        return gone(request)
    rows = ForumMeeting.objects.visible_to(signatory).select_related(
        "forum__district", "convener__user", "convener__organisation"
    )
    meeting = rows.first()
    called = (
        meeting.invitees.select_related("organisation").filter(uuid=signatory.line).first()
        if meeting and signatory.line
        else None
    )
    if meeting is None or called is None:
        return gone(request)
    asks = meeting.status == MeetingStatus.INVITED and meeting.is_to_come()
    said = "" if called.reply == Reply.NONE else called.reply
    form = AnswerForm(request.POST or None, initial={"reply": said, "instead": called.instead})
    if asks and form.is_valid():
        given = form.cleaned_data
        try:
            perform(
                meeting.answer,
                by=signatory,
                key=given["key"],
                invitee=called,
                reply=given["reply"],
                instead=given["instead"],
            )
        except ValidationError as error:
            form.blame(error)
            form.fresh_key()
        except Conflict:
            return redirect(request.path)
        else:
            return redirect(f"{request.path}?tack=1")
    before = carried.to(meeting)
    context: dict[str, Any] = {
        "before": before,
        "actions": [(one, []) for one in before.actions],
        "write_to": organizer_of(meeting),
        "meeting": meeting,
        "called": called,
        "asks": asks,
        "form": form,
        "thanks": "tack" in request.GET and bool(said),
    }
    return render(request, "collaboration/link_meeting.html", context)
