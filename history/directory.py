"""Who stands behind a pupil's uuid: asked here, known only by the room that keeps the pupils.

History knows uuids. Whoever keeps names registers a directory, and the auditor's desk asks it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID


class Directory(Protocol):
    def find(self, words: str) -> list[UUID]:
        """The pupils of exactly this reference or personnummer."""

    def name(self, pupil: UUID) -> str:
        """The name in clear; '' for a protected or erased pupil, or an unknown one."""

    def references(self, pupils: Iterable[UUID]) -> dict[UUID, str]:
        """The newest reference of each pupil that has one."""

    def with_name_parts(self, indexes: Iterable[str]) -> dict[str, set[UUID]]:
        """For each index of a name part, the pupils who have it."""

    def with_guardians(self, indexes: Iterable[str]) -> dict[str, set[UUID]]:
        """For each index of an e-mail address, the pupils with a guardian who has it."""

    def named(self, pupils: Iterable[UUID]) -> set[tuple[UUID, int]]:
        """Who is or has been named for these pupils, as (pupil, membership)."""


_directory: list[Directory] = []


def register(directory: Directory) -> None:
    _directory[:] = [directory]


def directory() -> Directory:
    """The one registered; raises IndexError when no room keeps pupils."""
    return _directory[0]
