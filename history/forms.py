"""What every form of a move has: the version seen, a key made when it was drawn."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import OwnForm, long_text
from accounts.models import Membership
from history.models import Event


class KeyForm(OwnForm):
    """Carries the key made when it was drawn, so that a double click is one wish."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def fresh_key(self) -> None:
        """A refused try used no key, but a mended one is a new wish."""
        data = cast(dict[str, Any], copy(self.data))
        data["key"] = str(uuid4())
        self.data = data


class MoveForm(KeyForm):
    """What every move is asked with. Built with the object and the actor it is drawn for."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, obj: Any, actor: Membership, **kwargs: Any) -> None:
        self.obj, self.actor = obj, actor
        kwargs["initial"] = {"version": obj.version} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def details(self) -> dict[str, Any]:
        """What the move itself is asked with: everything but version and key."""
        return {n: v for n, v in self.cleaned_data.items() if n not in ("version", "key")}

    def settle(self, event: Event | None) -> None:
        """Take away what `details` has kept beside the move, such as a file, unless the event that
        came of it has it: none did when the move was refused, an earlier one on a second click."""


class WithReason(MoveForm):
    """A move whose reason is kept with its event, sealed and erasable."""

    reason = long_text(_("Anteckning"), required=False, rows=3)


@dataclass(frozen=True)
class Offer:
    """One move as a person meets it."""

    label: Any
    form: type[MoveForm] = MoveForm
    intro: Any = ""
    danger: bool = False
    primary: bool = False
    # Whether it asks for the case to be open to the actor in full, or is for any of the side.
    outline: bool = False
    # What the button of its page says, where that is not what led there.
    button: Any = ""
