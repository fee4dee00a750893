"""What leaves by another way than a page carries no secret: mail, text messages, queues, rows."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import override_settings

from accounts import clock
from history import outbox
from history.models import Outgoing
from tests.oracle.town import build
from tests.test_oracle import CANARY, NUMBER
from workflows import deadlines


@pytest.fixture
def town(db, tmp_path):
    with override_settings(SMS_FOLDER=tmp_path / "sms", VAR=tmp_path):
        cast, situations = build()
        for membership in vars(cast).values():
            user = getattr(membership, "user", None)
            if user is not None:
                user.email = f"{user.username}@example.org"
                user.save()
        with clock.at(clock.now() + timedelta(days=40)):
            deadlines.run()
            for row in Outgoing.objects.filter(sent=None).exclude(kind="document"):
                outbox.send(row.pk)
        yield tmp_path, {one.pupil.number.open() for one in situations.values()}


def tells(text: str, numbers: set[str]) -> list[str]:
    return CANARY.findall(text) + sorted(numbers & set(NUMBER.findall(text)))


def test_no_secret_in_mail_message_queue_or_row(town):
    """Six weeks of reminders, escalations and invitations, all of it sent."""
    folder, numbers = town
    assert mail.outbox
    for message in mail.outbox:
        assert tells(f"{message.subject} {message.body} {message.extra_headers}", numbers) == []
    # The first line of a text message's file is the number it goes to: the reader's own.
    files = [path for path in (folder / "sms").rglob("*") if path.is_file()]
    texts = [path.read_text().partition("\n")[2] for path in files]
    assert texts
    assert [text for text in texts if tells(text, numbers)] == []
    payloads = [json.dumps(row.payload) + row.key + row.fault for row in Outgoing.objects.all()]
    assert payloads
    assert [text for text in payloads if tells(text, numbers)] == []
    assert [s.pk for s in Session.objects.all() if tells(str(s.get_decoded()), numbers)] == []


def test_no_secret_in_a_column_that_is_not_sealed(town):
    """Every table, read as a thief would: a canary in plain text stands in none of them."""
    _folder, numbers = town
    hits = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                if tells(" ".join(str(value) for value in row), numbers):
                    hits.append(table)
    assert hits == []
