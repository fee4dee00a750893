"""Texts of the collaboration are about work, never about a pupil: what may tell of one is marked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import identities
from accounts.forms import OwnForm, yes


class WithoutPupils(OwnForm):
    """A form whose texts hold no pupil. A personnummer is refused; what only looks like a name,
    a number or an address is shown, and kept when the writer says that it is nobody's."""

    sure = yes(gettext_lazy("Jag har läst det som är utpekat. Det gäller ingen elev."))
    guarded: tuple[str, ...] = ()

    def known_words(self) -> Iterable[str]:
        """Names that may stand in the text: those present, schools, districts."""
        return ()

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        allowed = list(self.known_words())
        for name in self.guarded:
            text = given.get(name) or ""
            if identities.NUMBER.search(text):
                self.add_error(name, _("Ta bort personnumret. Här står inget om enskilda elever."))
                continue
            found = [*identities.in_text(text), *identities.name_like(text, allowed)]
            if found and not given.get("sure"):
                words = _("Det här kan peka ut någon: %s. Ta bort det, eller kryssa i rutan.")
                self.add_error(name, words % ", ".join(dict.fromkeys(found)))
        return given
