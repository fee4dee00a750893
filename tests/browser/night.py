"""`python -m tests.browser.night`: what the worker does on its own, at the moved clock's time."""

import django

django.setup()

from history.tasks import sweep  # noqa: E402
from tests.browser.clock import ahead  # noqa: E402
from workflows.tasks import deadlines  # noqa: E402

with ahead():
    deadlines()
    sweep()
