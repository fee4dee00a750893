"""The outbox at work: one promise at once, and a sweep for those that were lost."""

from celery import shared_task

import vault.uploads
from accounts import clock
from history import outbox


@shared_task(ignore_result=True)
def send(pk: int) -> None:
    outbox.send(pk)


@shared_task(ignore_result=True)
def sweep() -> int:
    """Send all that is due and not sent; how many were."""
    return sum(outbox.send(pk) for pk in outbox.waiting(clock.now()))


@shared_task(ignore_result=True)
def scan_quarantine() -> int:
    """Have what waits in quarantine scanned; how many files got their verdict."""
    return vault.uploads.scan_waiting()
