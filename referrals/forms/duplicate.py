"""Which one stays, and why the other is put away as its duplicate."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.choices import ClosureCode, DeclineCode, WithdrawCode
from referrals.forms.base import MoveForm, long_text, short_text
from referrals.models import Case, Referral
from referrals.models.duplicates import NOT_THIS

# What each move is told besides the one that stays.
CODES: dict[str, dict[str, Any]] = {
    "withdraw": {"code": WithdrawCode.DUPLICATE},
    "decline": {"code": DeclineCode.DUPLICATE},
    "propose_closure": {"code": ClosureCode.DUPLICATE},
}


class DuplicateForm(MoveForm):
    """Drawn for the one that is put away; the other is named by its number, as far as one sees it."""

    of = short_text(
        _("Numret på den som är kvar"),
        limit=20,
        hint=_("Till exempel 26-7K3PR. Det står överst på remissen och på ärendet."),
        ask=_("Skriv numret på den som är kvar."),
    )
    reason = long_text(
        _("Hur vet du att det är en dubblett?"),
        hint=_("Sparas med händelsen. Skriv inga namn."),
        rows=3,
        ask=_("Skriv hur du vet det."),
    )
    field_order = ("of", "reason")

    def __init__(self, *args: Any, move: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.move = move

    def clean_of(self) -> Referral | Case:
        """A number nobody has and one that is not this reader's to know of get the same answer."""
        number = self.cleaned_data["of"].strip()
        # People know a path by either number: the referral's or the case's.
        other = "case__reference" if isinstance(self.obj, Referral) else "referral__reference"
        named = Q(reference__iexact=number) | Q(**{f"{other}__iexact": number})
        rows: Any = type(self.obj).objects
        found: Referral | Case | None = rows.visible_to(self.actor).filter(named).first()
        if found is None:
            raise ValidationError(NOT_THIS)
        return found

    def details(self) -> dict[str, Any]:
        return super().details() | CODES[self.move]
