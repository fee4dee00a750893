"""What every form of a move has: the version seen, a key made when it was drawn."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import (
    LINE_LIMIT,
    TEXT_LIMIT,
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
from accounts.models import Membership

__all__ = [
    "LINE_LIMIT",
    "TEXT_LIMIT",
    "MoveForm",
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


class MoveForm(OwnForm):
    """What every move is asked with. Built with the object and the actor it is drawn for."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, obj: Any, actor: Membership, **kwargs: Any) -> None:
        self.obj, self.actor = obj, actor
        kwargs["initial"] = {"version": obj.version, "key": uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def details(self) -> dict[str, Any]:
        """What the move itself is asked with: everything but version and key."""
        return {n: v for n, v in self.cleaned_data.items() if n not in ("version", "key")}


class WithReason(MoveForm):
    """A move whose reason is kept with its event, sealed and erasable."""

    reason = long_text(_("Anteckning"), required=False, rows=3)
