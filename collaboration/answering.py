"""Answering a survey: the one thing people do here that is not an event.

An event would say who and when, and so would tell whose answer it was. The link is marked as used and
loses its owner; the answer lies elsewhere with no key, no time and no order of its own.
"""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django.db import transaction

import vault
from accounts import clock
from collaboration.choices import RoundStatus
from collaboration.models import SurveyMark, SurveyRound, SurveyToken, SurveyWords
from collaboration.questions import UNKNOWN


def address(token: SurveyToken) -> str:
    """A fresh secret for this link; the one before stops working. Ends with a slash."""
    secret = secrets.token_urlsafe(24)
    SurveyToken.objects.filter(pk=token.pk, used=False).update(token_hash=_hashed(secret))
    return f"/samverkan/enkat/{secret}/"


def _hashed(secret: str) -> str:
    return vault.index("survey.token", secret)


def by_secret(secret: str) -> SurveyToken | None:
    """The link in force; None for unknown, used, replaced and late alike."""
    rows = SurveyToken.objects.select_related("round").filter(token_hash=_hashed(secret))
    open_now = rows.filter(used=False, round__status=RoundStatus.OPEN)
    return open_now.filter(round__closes__gte=clock.today()).first()


@transaction.atomic
def answer(token: SurveyToken, given: dict[str, dict[str, Any]], side: str = "") -> bool:
    """Put the sheet in the box and forget whose the link was; False when it was used meanwhile.

    `given`: by question, any of today, before, choice, text. A sheet has a mark for every closed
    question, empty for one left out, so that sheets can be counted.
    """
    survey = SurveyRound.objects.get(pk=token.round_id)
    used = SurveyToken.objects.filter(pk=token.pk, used=False, round__status=RoundStatus.OPEN)
    if not used.update(used=True, membership=None, email="", token_hash=None):
        return False
    sheet = uuid.uuid4()
    for question in survey.questions.questions:
        said = given.get(question.key, {})
        if question.form == "open":
            if text := (said.get("text") or "").strip():
                SurveyWords.objects.create(box=survey.box, question=question.key, text=text)
            continue
        now, start = said.get("today"), said.get("before")
        SurveyMark.objects.create(
            box=survey.box,
            sheet=sheet,
            side=side,
            question=question.key,
            today=None if now == UNKNOWN else now,
            before=None if start == UNKNOWN else start,
            today_unknown=now == UNKNOWN,
            before_unknown=start == UNKNOWN,
            choice=said.get("choice") or "",
        )
    return True
