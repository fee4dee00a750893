"""Who answers for a record (personuppgiftsansvarig): the education board, an independent provider, or the social board.

Every record belongs to an organisation, and every organisation to one controller, who alone releases,
corrects and disposes of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from accounts.models import Kind, Organisation


class Board(StrEnum):
    EDUCATION = "education"
    PROVIDER = "provider"
    SOCIAL = "social"


NAMES = {
    Board.EDUCATION: _("Utbildningsnämnden"),
    Board.SOCIAL: _("Socialnämnden"),
}


@dataclass(frozen=True)
class Controller:
    board: Board
    # The provider that runs an independent school; the municipality's boards are its own.
    provider: Organisation | None = None

    def __str__(self) -> str:
        return str(self.provider or NAMES.get(self.board, _("Fristående huvudman")))


def controller_of(organisation: Organisation) -> Controller:
    """Whose record it is that lies with this organisation."""
    if organisation.kind == Kind.PROVIDER or organisation.independent:
        provider = organisation if organisation.kind == Kind.PROVIDER else organisation.provider
        return Controller(Board.PROVIDER, provider)
    if organisation.kind == Kind.SCHOOL:
        return Controller(Board.EDUCATION)
    return Controller(Board.SOCIAL)
