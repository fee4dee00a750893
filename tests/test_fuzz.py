"""./bryggan drill fuzz sends 20 000; here fewer, from a seed that is printed."""

from __future__ import annotations

import logging
import os
import secrets

import pytest
from django.apps import apps
from django.test import Client

from history.living import rows_of
from history.models import Living
from tests.fuzz import Fuzz
from tests.test_desk import look
from workflows import deadlines

pytestmark = [pytest.mark.both_engines, pytest.mark.slow]
COUNT = int(os.environ.get("FUZZ", "500"))
# The suite asks the same each time, so that it is red for what somebody has changed; the drill hunts.
HUNTS = "FUZZ" in os.environ
SEED = int(os.environ.get("SEED", str(secrets.randbelow(10**6) if HUNTS else 7)))


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    logging.disable(logging.ERROR)  # every 404 would be a line
    settings.FILES_ROOT = tmp_path / "files"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.SMS_FOLDER = tmp_path / "sms"
    yield
    logging.disable(logging.NOTSET)


def test_no_input_is_an_error_of_ours(as_, path, cast):
    path.draft()
    path.submitted()
    path.ask(path.accepted())
    for told in (
        path.mapping,
        path.planning,
        path.support,
        path.review,
        path.transferring,
        path.closing,
        path.closed,
        path.frozen,
    ):
        told()
    look(cast.tuva, path.pupil())
    deadlines.run()
    clients = {
        who.user.username: as_(who)
        for who in vars(cast).values()
        if type(who).__name__ == "Membership"
    }
    clients["nobody"] = Client()
    references, uuids = [], []
    for model in apps.get_models():
        if issubclass(model, Living):
            for row in rows_of(model).order_by("-pk")[:3]:
                uuids.append(str(row.uuid))
                references += [reference] if (reference := getattr(row, "reference", "")) else []
    fuzz = Fuzz(clients, references, uuids, SEED)
    fuzz.go(COUNT)
    print(
        f"seed {SEED}: {fuzz.sent} sent into {len(fuzz.fields)} fields, {dict(sorted(fuzz.statuses.items()))}"
    )
    assert fuzz.wrong == []
