"""The worker: sends what the outbox promises, scans deadlines. Started with `-B` it is its own clock."""

import os
from pathlib import Path

from celery import Celery
from celery.signals import worker_init

from config import guard

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("bryggan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

for _folder in ("data_folder_in", "control_folder"):
    if _path := (app.conf.broker_transport_options or {}).get(_folder):
        Path(_path).mkdir(parents=True, exist_ok=True)


@worker_init.connect
def start_as_it_should(**kwargs: object) -> None:
    guard.refuse_to_start()
