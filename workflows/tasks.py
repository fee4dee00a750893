from celery import shared_task

from workflows import deadlines as scan


@shared_task(ignore_result=True)
def deadlines() -> None:
    """All that time itself brings about; run twice, late or after downtime it does the same."""
    scan.run()
