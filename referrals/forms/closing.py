"""What is asked before a case is closed, and before the summer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from referrals import choices
from referrals.forms.base import MoveForm, day, long_text, number, pick, yes


class ClosingForm(MoveForm):
    satisfaction = number(
        _("Hur nöjd är eleven med stödet? 1–10"),
        low=1,
        high=10,
        required=False,
        hint=_("1 är inte alls nöjd och 10 är mycket nöjd. Eleven får låta bli att svara."),
    )
    satisfaction_not_known = pick(
        _("Om det inte är känt: varför?"),
        [("", _("Det är känt")), *choices.NotKnown.choices],
        required=False,
    )
    pupils_words = long_text(_("Elevens egna ord om stödet"), required=False, rows=4)
    end_absence_not_known = pick(
        _("Om frånvaron vid avslut inte är känd: varför?"),
        [("", _("Den är mätt, eller kommer att mätas")), *choices.NotKnown.choices],
        required=False,
    )
    tools_complete = yes(
        _("Insatserna är fullständigt förda"),
        hint=_("Varje tillfälle är inskrivet, även de gånger eleven inte kom."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (
            "satisfaction",
            "satisfaction_not_known",
            "end_absence_not_known",
            "tools_complete",
        ):
            self.initial.setdefault(name, getattr(self.obj, name))
        self.initial.setdefault("pupils_words", self.obj.pupils_words.open())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("satisfaction") and cleaned.get("satisfaction_not_known"):
            self.add_error("satisfaction_not_known", _("Välj antingen en siffra eller ett skäl."))
        return cleaned


class SummerForm(MoveForm):
    summer_plan = long_text(_("Vem gör vad i sommar?"), rows=4)
    summer_until = day(_("Till och med"))
    summer_pause = yes(
        _("Familjen vill pausa över sommaren"),
        hint=_("Datumet ovan är då dagen i augusti när ni börjar igen."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("summer_plan", self.obj.summer_plan.open())
        for name in ("summer_until", "summer_pause"):
            self.initial.setdefault(name, getattr(self.obj, name))
