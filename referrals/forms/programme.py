"""What a programme asks for, as its keeper edits it: every save is a new version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from referrals.choices import ENDS, Category, Side
from referrals.forms.base import OwnForm, long_text, number, pick, several, short_text, yes
from referrals.models import ProgrammeAddition, ProgrammeVersion

# The steps whose working days a programme sets, in the order of the path.
STEPS: dict[str, Any] = {
    "screen": _("Läsa remissen och svara"),
    "decide": _("Enhetschefens beslut om remissen"),
    "complete": _("Skolans komplettering"),
    "request_consent": _("Fråga familjen om samtycke"),
    "ask": _("Familjens svar om samtycke"),
    "ask_anew": _("Fråga på nytt eller avsluta"),
    "section": _("Skolans delar av kartläggningen"),
    "map": _("Kartläggningen"),
    "plan": _("Planen"),
    "review": _("Dokumentera en uppföljning"),
    "close": _("Bekräfta ett avslut"),
}
FIGURES = (
    "grade_from",
    "grade_to",
    "age_from",
    "age_to",
    "absence_min",
    "absence_max",
    "review_weeks",
    "baseline_days",
    "consent_days",
    "direct_start",
    "foster_placed",
)
TEMPLATES = ("plan_template", "review_template")


class ProgrammeForm(OwnForm):
    grade_from = number(_("Från årskurs"), high=12, required=False)
    grade_to = number(_("Till årskurs"), high=12, required=False)
    age_from = number(_("Från ålder"), high=25, required=False)
    age_to = number(_("Till ålder"), high=25, required=False)
    absence_min = number(_("Lägsta frånvaro i procent"), high=100, required=False)
    absence_max = number(_("Högsta frånvaro i procent"), high=100, required=False)
    review_weeks = number(_("Veckor mellan uppföljningar"), low=1, high=52)
    baseline_days = number(_("Skoldagar i utgångsläget"), low=1, high=60)
    consent_days = number(_("Längsta samtycke i dagar"), low=1, high=1100)
    consent_categories = several(
        _("Uppgifter som samtycket föreslår"),
        Category.choices,
        ask=_("Välj vilka uppgifter samtycket gäller."),
    )
    direct_start = yes(_("Börjar utan skolans remiss"))
    foster_placed = yes(_("För placerade barn"))
    plan_template = long_text(
        _("Planens mall"), required=False, rows=6, hint=_("Texten som en ny plan börjar med.")
    )
    review_template = long_text(
        _("Uppföljningens mall"),
        required=False,
        rows=6,
        hint=_("Texten som en ny uppföljning börjar med."),
    )
    closure_codes = several(_("Skäl att avsluta"), ENDS, ask=_("Välj minst ett skäl att avsluta."))

    def __init__(self, *args: Any, version: ProgrammeVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*FIGURES, *TEMPLATES):
            self.initial.setdefault(name, getattr(version, name))
        self.initial.setdefault("closure_codes", version.closure_codes or [c for c, _label in ENDS])
        self.initial.setdefault("consent_categories", version.consent_categories or Category.values)
        for step, label in STEPS.items():
            field = number(label, low=1, high=250, required=False)
            field.widget.attrs |= {"class": "input", "autocomplete": "off"}
            self.fields[f"days_{step}"] = field
            self.initial.setdefault(f"days_{step}", version.deadlines.get(step))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for low, high in (
            ("grade_from", "grade_to"),
            ("age_from", "age_to"),
            ("absence_min", "absence_max"),
        ):
            first, last = cleaned.get(low), cleaned.get(high)
            if first is not None and last is not None and first > last:
                self.add_error(high, _("Det andra talet kan inte vara mindre än det första."))
        return cleaned

    def figures(self) -> dict[str, Any]:
        """The new version's columns, except its sections."""
        given = self.cleaned_data
        days = {step: given[f"days_{step}"] for step in STEPS}
        return {name: given[name] for name in (*FIGURES, *TEMPLATES)} | {
            "closure_codes": given["closure_codes"],
            "consent_categories": given["consent_categories"],
            "deadlines": {step: count for step, count in days.items() if count is not None},
        }

    @property
    def days(self) -> list[Any]:
        return [self[f"days_{step}"] for step in STEPS]


class SectionForm(OwnForm):
    """One section of the mapping; without a heading it is taken away."""

    key = forms.SlugField(required=False, widget=forms.HiddenInput)
    title = short_text(_("Rubrik"), required=False, limit=100)
    prompt = short_text(_("Fråga"), required=False, limit=300)
    side = pick(_("Vem äger delen?"), Side.choices)


SectionForms = forms.formset_factory(SectionForm, extra=2, max_num=20)


def sections_of(formset: Any) -> list[dict[str, str]]:
    """The sections as they are kept: a key that never changes, a heading, a question, a side."""
    found: list[dict[str, str]] = []
    for form in formset:
        given = form.cleaned_data
        if not given.get("title"):
            continue
        key = given.get("key") or _free_key(given["title"], {part["key"] for part in found})
        part = {"key": key, "title": given["title"], "prompt": given["prompt"]}
        found.append(part | {"side": given["side"]})
    return found


def _free_key(title: str, taken: set[str]) -> str:
    base = slugify(title)[:30] or "del"
    return next(
        key for n in range(len(taken) + 1) if (key := f"{base}-{n}" if n else base) not in taken
    )


class AdditionForm(OwnForm):
    """What a district adds to the common core."""

    review_template = long_text(_("Egna rader i uppföljningens mall"), required=False, rows=4)

    def __init__(self, *args: Any, addition: ProgrammeAddition | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = addition.review_template if addition else ""
        self.initial.setdefault("review_template", now)


__all__ = ["STEPS", "AdditionForm", "ProgrammeForm", "SectionForms", "sections_of"]
