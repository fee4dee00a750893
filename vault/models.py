from __future__ import annotations

import uuid

from django.db import models


class StoredFile(models.Model):
    """One encrypted file on disk. What it is and whose, those who keep its uuid know."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # bytes in clear
    made = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.uuid)
