"""The worker: sends what the outbox promises, scans deadlines. Started with `-B` it is its own clock."""

import os
from pathlib import Path

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("bryggan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

for _folder in ("data_folder_in", "control_folder"):
    if _path := (app.conf.broker_transport_options or {}).get(_folder):
        Path(_path).mkdir(parents=True, exist_ok=True)
