"""Texts of the collaboration are about work, never about a pupil: what may tell of one is marked."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import identities
from accounts.forms import TEXT_LIMIT, OwnForm, yes


class WithoutPupils(OwnForm):
    """A form whose texts hold no pupil. A personnummer is refused; what only looks like a name,
    a number or an address is shown, and kept when the writer says that it is nobody's.

    The box to say so stands there once something has been pointed out, and covers that alone: what
    is written after it was ticked is pointed out anew.
    """

    sure = yes(gettext_lazy("Jag har läst det som är utpekat. Det gäller ingen elev."))
    pointed_out = forms.CharField(
        required=False, max_length=TEXT_LIMIT * 2, widget=forms.HiddenInput
    )
    guarded: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._box = self.fields["sure"].widget
        if not self.data.get("pointed_out"):
            self.fields["sure"].widget = forms.HiddenInput()

    def known_words(self) -> Iterable[str]:
        """Names that may stand in the text: those present, schools, districts."""
        return ()

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        allowed = list(self.known_words())
        shown = given.pop("pointed_out", "").split(",") if given.get("sure") else []
        pointed: list[str] = []
        for name in self.guarded:
            text = given.get(name) or ""
            if identities.NUMBER.search(text):
                self.add_error(name, _("Ta bort personnumret. Här står inget om enskilda elever."))
                continue
            found = [*identities.in_text(text), *identities.name_like(text, allowed)]
            pointed += found
            if new := [one for one in dict.fromkeys(found) if one not in shown]:
                words = _("Det här kan peka ut någon: %s. Ta bort det, eller kryssa i rutan.")
                self.add_error(name, words % ", ".join(new))
        given.pop("pointed_out", None)
        if set(pointed) - set(shown):
            self._point_out(pointed)
        return given

    def _point_out(self, found: list[str]) -> None:
        """Draw the box, empty, with what it would be ticked for."""
        self.fields["sure"].widget = self._box
        data = cast(dict[str, Any], copy(self.data))
        data["pointed_out"] = ",".join(dict.fromkeys(found))
        data.pop("sure", None)
        self.data = data
