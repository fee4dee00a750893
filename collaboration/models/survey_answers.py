"""What was answered: in a box, with no way back to a link, a person or a time."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from collaboration.choices import Side
from vault.fields import SealedTextField


class SurveyMark(models.Model):
    """One question on one sheet. No key leads from here to a link, a person or a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    box = models.UUIDField(db_index=True)
    sheet = models.UUIDField()
    side = models.CharField(max_length=10, choices=Side, blank=True)
    question = models.SlugField(max_length=40)
    # 1–5; empty is unanswered, which "don't know" is not: that is an answer.
    today = models.PositiveSmallIntegerField(null=True)
    before = models.PositiveSmallIntegerField(null=True)
    today_unknown = models.BooleanField(default=False)
    before_unknown = models.BooleanField(default=False)
    # One of the question's options, `questions.UNKNOWN`, or nothing.
    choice = models.SlugField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "question"], name="mark_once_a_sheet"),
            models.CheckConstraint(
                condition=(Q(today=None) | Q(today__range=(1, 5)))
                & (Q(before=None) | Q(before__range=(1, 5))),
                name="mark_on_the_scale",
            ),
            models.CheckConstraint(
                condition=Q(today=None) | Q(today_unknown=False), name="mark_today_or_unknown"
            ),
            models.CheckConstraint(
                condition=Q(before=None) | Q(before_unknown=False), name="mark_before_or_unknown"
            ),
        ]

    def __str__(self) -> str:
        return self.question


class SurveyWords(models.Model):
    """What somebody wrote, apart from what the same person marked."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    box = models.UUIDField(db_index=True)
    question = models.SlugField(max_length=40)
    text = SealedTextField()

    def __str__(self) -> str:
        return self.question


def shuffle(box: uuid.UUID) -> None:
    """Write the answers anew in the order of new random ids, so that no row stands where it fell.

    A database keeps rows in the order they came, and the order of the links' use could be known.
    """
    sheets: dict[uuid.UUID, uuid.UUID] = {}
    marks = list(SurveyMark.objects.filter(box=box))
    for mark in marks:
        mark.id = uuid.uuid4()
        mark.sheet = sheets.setdefault(mark.sheet, uuid.uuid4())
    words = [
        SurveyWords(box=box, question=row.question, text=row.text.open())
        for row in SurveyWords.objects.filter(box=box)
    ]
    SurveyMark.objects.filter(box=box).delete()
    SurveyWords.objects.filter(box=box).delete()
    SurveyMark.objects.bulk_create(sorted(marks, key=lambda row: row.id))
    for row in sorted(words, key=lambda row: row.uuid):
        row.save(force_insert=True)
