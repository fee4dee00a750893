"""What stands on each document, as plain values: read once, as one reader may read it.

A sheet holds no model and no sealed value. Its template draws it and cannot look further.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sheet:
    # Stands in the file's metadata and in a reader's tab: never a person's name.
    title: str
    sender: str
    reference: str
    values: dict[str, Any]
    # Which wording of the family's texts it quotes, where it does.
    text_version: str = ""
