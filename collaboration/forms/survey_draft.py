"""What can be changed of a survey that has not been sent to anybody, and putting it away."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from collaboration.choices import SurveyKind
from collaboration.forms.survey import NewRoundForm
from history.forms import MoveForm, Offer


class ChangeRoundForm(MoveForm, NewRoundForm):
    """The same as when it was made; which survey it is decides the questions, and stays."""

    def __init__(self, *args: Any, obj: Any, actor: Membership, **kwargs: Any) -> None:
        now = {
            "title": obj.title,
            "district": str(obj.district_id or ""),
            "roles": obj.roles.split(),
            "addresses": obj.addresses,
            "closes": obj.closes,
            "repeats": obj.repeats,
        }
        super().__init__(*args, obj=obj, actor=actor, initial=now, **kwargs)
        del self.fields["kind"]
        if obj.kind != SurveyKind.PULSE:
            del self.fields["repeats"]

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["kind"] = self.obj.kind
        cleaned = super().clean()
        del cleaned["kind"]
        return cleaned

    def details(self) -> dict[str, Any]:
        found = super().details()
        return found | {"roles": " ".join(found["roles"])}


OFFERS: dict[tuple[str, str], Offer] = {
    ("surveyround", "drop"): Offer(
        _("Lägg ner utkastet"),
        MoveForm,
        _("Ingen får enkäten. Utkastet står kvar i listan som nedlagt."),
        danger=True,
    ),
}
