"""Mending what is registered of a pupil and the guardians."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import personnummer
from referrals.forms.base import MoveForm, short_text, yes
from referrals.forms.referral import GuardianForm, PupilForm
from vault.sealing import Sealed


class Mending(MoveForm):
    """A form of an object's own fields, drawn with what is registered now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            if name in ("version", "key"):
                continue
            value = getattr(self.obj, name, None)
            if self.obj.pk:
                self.initial[name] = value.open() if isinstance(value, Sealed) else value


class EditPupilForm(Mending, PupilForm):
    pass


class EditGuardianForm(Mending, GuardianForm):
    pass


class NumberForm(MoveForm):
    number = short_text(
        _("Elevens nya nummer"),
        hint=_("Till exempel när ett samordningsnummer har blivit ett personnummer."),
        ask=_("Skriv elevens nya nummer."),
        limit=20,
    )
    birth_date_too = yes(_("Datumet i numret är elevens födelsedag"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("birth_date_too", True)

    def clean_number(self) -> personnummer.Number:
        return personnummer.read(self.cleaned_data["number"])
