"""What leaves by another way than a page carries no secret: mail, text messages, queues, rows."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import override_settings

from accounts import clock
from history import outbox
from history.models import Outgoing
from tests.oracle.canary import CANARY
from tests.oracle.secrets import PLAIN, SECRETS
from tests.oracle.town import build
from tests.test_oracle import Undone, digits_in
from vault.fields import SealedTextField
from workflows import deadlines

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker, tmp_path_factory):
    """The told town six weeks later; told once for both tests, and gone afterwards."""
    tmp_path = tmp_path_factory.mktemp("town")
    folders = override_settings(SMS_FOLDER=tmp_path / "sms", VAR=tmp_path)
    with django_db_blocker.unblock(), Undone(), folders:
        ContentType.objects.clear_cache()
        cast, situations, _rows = build()
        for membership in vars(cast).values():
            user = getattr(membership, "user", None)
            if user is not None:
                user.email = f"{user.username}@example.org"
                user.save()
        with clock.at(clock.now() + timedelta(days=40)):
            deadlines.run()
            for row in Outgoing.objects.filter(sent=None).exclude(kind="document"):
                outbox.send(row.pk)
        numbers = {digits for one in situations.values() for digits in one.digits()}
        yield tmp_path, numbers, list(mail.outbox)


def tells(text: str, numbers: set[str]) -> list[tuple[str, str]]:
    """What a text tells of people: whose path, and which kind of secret."""
    told = [one for one in CANARY.findall(text) if one[1] not in PLAIN]
    return told + [(one, "number") for one in sorted(numbers & digits_in(text))]


def test_no_secret_in_mail_message_queue_or_row(town):
    """Six weeks of reminders, escalations and invitations, all of it sent."""
    folder, numbers, letters = town
    assert letters
    for message in letters:
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
    _folder, numbers, _letters = town
    hits = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                if found := tells(" ".join(str(value) for value in row), numbers):
                    hits.append((table, found))
    assert hits == []


def test_every_sealed_field_of_every_room_holds_a_canary(town):
    """Read from the models, so that a secret field made tomorrow is red until the town tells it."""
    _folder, numbers, _letters = town
    silent, kinds = [], set()
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, SealedTextField):
                rows = model._base_manager.all()
                told = [
                    one
                    for row in rows
                    for one in tells(str(getattr(row, field.name).open()), numbers)
                ]
                kinds |= {kind for _fact, kind in told}
                silent += [] if told else [f"{model.__name__}.{field.name}"]
    assert silent == []
    assert kinds - {*SECRETS, "number"} == set()
