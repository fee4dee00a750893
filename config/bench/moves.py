"""One move of a case, against what the same change costs as bare SQL in one transaction."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from accounts import clock
from history.door import perform
from referrals.models import Case
from workflows import receivers
from workflows.flows import FLOWS
from workflows.models import Turn


def supported(number: int) -> list[Case]:
    """So many cases that stand in support: each is moved once."""
    rows = Case.objects.filter(status="support").select_related("responsible__user")
    return list(rows.order_by("pk")[:number])


def product(case: Case) -> None:
    perform(case.begin_review, by=case.responsible)


def raw(case: Case) -> None:
    """Lock, check, change, note and turn the turn: the rows of the same change, said plainly."""
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    kind, now = ContentType.objects.get_for_model(Case).pk, connection.ops.adapt_datetimefield_value
    at = now(clock.now())
    with transaction.atomic(), connection.cursor() as cursor:
        run = cursor.execute
        run(f"SELECT id FROM history_trail WHERE id = %s{lock}", [case.trail_id])  # noqa: S608
        run(f"SELECT status FROM referrals_case WHERE id = %s{lock}", [case.pk])  # noqa: S608
        run("SELECT id FROM accounts_membership WHERE id = %s", [case.responsible_id])
        run(
            "UPDATE referrals_case SET status = 'review', version = version + 1 WHERE id = %s",
            [case.pk],
        )
        run(
            "INSERT INTO history_event (trail_id, kind_id, subject_id, subject_uuid, move, source,"
            " target, fields, version, membership_id, role, at, ground, text_hash)"
            " VALUES (%s, %s, %s, %s, 'begin_review', 'support', 'review', '', %s, %s, 'team', %s,"
            " '', '')",
            [
                case.trail_id,
                kind,
                case.pk,
                case.uuid.hex,
                case.version + 1,
                case.responsible_id,
                at,
            ],
        )
        run(
            "UPDATE workflows_turn SET state = 'review', step = 'review' WHERE kind_id = %s"
            " AND object_id = %s AND ended IS NULL",
            [kind, case.pk],
        )
        run(f"SELECT position, mac FROM history_head{lock}")  # noqa: S608
        run("UPDATE history_head SET mac = mac")


def naive(case: Case) -> None:
    """The move, and then every open turn of the team worked out anew, because any might differ."""
    perform(case.begin_review, by=case.responsible)
    for turn in Turn.objects.open().filter(team=case.team_id)[:100]:
        obj: Any = turn.kind.get_object_for_this_type(pk=turn.object_id)
        task = receivers.open_tasks(obj).first() if type(obj) in FLOWS else None
        if task:
            receivers.fill(turn, obj, task.flow_task.step, task.flow_task.side)
