"""The fields and forms of the rooms below, in one place for the forms of this one."""

from __future__ import annotations

from accounts.forms import (
    LINE_LIMIT,
    TEXT_LIMIT,
    OneOf,
    OwnForm,
    PersonField,
    SplitDate,
    SplitDateField,
    choice,
    day,
    long_text,
    number,
    one_person,
    pick,
    several,
    short_text,
    yes,
)
from history.forms import MoveForm, WithReason

__all__ = [
    "LINE_LIMIT",
    "TEXT_LIMIT",
    "MoveForm",
    "OneOf",
    "OwnForm",
    "PersonField",
    "SplitDate",
    "SplitDateField",
    "WithReason",
    "choice",
    "day",
    "long_text",
    "number",
    "one_person",
    "pick",
    "several",
    "short_text",
    "yes",
]
