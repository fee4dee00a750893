"""What time brings about: run twice, late or after downtime it comes out the same, and once each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from accounts import clock
from history import outbox
from history.models import Event, Outgoing
from referrals.models import Case, Consent, Guardian, Referral
from tests.conftest import what_is_wrong
from workflows import deadlines
from workflows.models import Notice

pytestmark = pytest.mark.both_engines
MONDAY = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)


def day(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


@pytest.fixture
def begun(path, cast):
    """On a Monday: a draft, a question nobody answers, and a case in support."""
    for who in (cast.sara, cast.tuva, cast.mona, cast.petra):
        who.user.email = f"{who.user.username}@example.org"
        who.user.save()
    with clock.at(MONDAY):
        draft = path.draft()
        consent = path.ask(path.accepted())
        case = path.support()
    return draft, consent, case


def told() -> list[tuple[Any, ...]]:
    """Every move and every notice so far, and to whom."""
    events = Event.objects.order_by("pk").values_list("kind", "subject_id", "move")
    notices = Notice.objects.order_by("to", "key").values_list("to", "code", "key")
    return [*events, *notices]


def test_a_second_run_the_same_day_does_nothing(begun):
    for number in range(0, 75, 3):
        with clock.at(day(number)):
            deadlines.run()
            once = told()
            assert set(deadlines.run().values()) == {0}, number
            assert told() == once
    draft, consent, case = begun
    assert Consent.objects.get(pk=consent.pk).status == "lapsed"
    assert Case.objects.get(pk=case.pk).status == "review"
    assert Referral.objects.get(pk=draft.pk).status == "withdrawn"
    assert what_is_wrong() == []


@pytest.mark.parametrize("down", [1, 5, 40])
def test_after_downtime_each_thing_is_made_up_for_once(begun, down):
    """Whenever the clock comes back, a review begins, and a question is reminded of twice, then lapses."""
    draft, consent, case = begun
    with clock.at(day(7 + down)):
        deadlines.run()
    assert Consent.objects.get(pk=consent.pk).reminders == 1
    for number in range(7 + down, 75 + down):
        with clock.at(day(number)):
            deadlines.run()
    moves = list(Event.objects.of(consent).values_list("move", flat=True))
    assert moves == ["request", "remind", "remind", "lapse"]
    assert list(Event.objects.of(case).values_list("move", flat=True))[-1:] == ["begin_review"]
    assert list(Event.objects.of(draft).values_list("move", flat=True))[-1:] == ["clear_draft"]
    twice = Notice.objects.values_list("to", "key")
    assert len(set(twice)) == len(twice)


def test_mail_goes_once_and_tells_nobody_s_name(begun, cast):
    for number in range(75):
        with clock.at(day(number)):
            deadlines.run()
            for pk in [*outbox.waiting(clock.now()), *outbox.waiting(clock.now())]:
                outbox.send(pk)
    with clock.at(day(75)):
        assert outbox.waiting(clock.now()) == []
        assert not any(outbox.send(pk) for pk in Outgoing.objects.values_list("pk", flat=True))
    promised = Outgoing.objects.filter(kind="notice").values_list("payload", flat=True)
    having = Notice.objects.filter(uuid__in=[row["notice"] for row in promised])
    guardians = {guardian.email.open() for guardian in Guardian.objects.all()}
    ours = [message for message in mail.outbox if message.to[0] not in guardians]
    assert len(ours) == having.exclude(to__user__email="").count() > 3
    assert {message.body for message in ours} == {
        "Logga in i Bryggan och se din lista:\n\nhttp://127.0.0.1:8000/\n"
    }
    subjects = [str(message.subject) for message in ours]
    assert not any(word in " ".join(subjects) for word in ("Alva", "Hemlig", "Vera", "26-"))
    # A contact person's mail says for which school; one of a pupil's path does not.
    posts = ("Kontaktperson, ", "Ersättare, ")
    assert {"Åsö" in one for one in subjects if not any(post in one for post in posts)} == {False}
    assert any("Åsö" in one for one in subjects)
