"""What is asked when a survey is made, and the survey itself as a form."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from accounts.forms import OwnForm, choice, day, long_text, pick, several, short_text, yes
from accounts.models import Kind, Organisation, Role
from collaboration import questions
from collaboration.choices import Side, SurveyKind
from collaboration.models.survey import last_day
from collaboration.questions import UNKNOWN
from history.forms import KeyForm, MoveForm, Offer

ASKED = (Role.SCHOOL, Role.PRINCIPAL, Role.TEAM, Role.MANAGER, Role.DISTRICT, Role.RECEIVER)
DONT_KNOW = (UNKNOWN, _("Vet inte"))


class NewRoundForm(KeyForm):
    """What to ask, of whom and until when."""

    kind = choice(_("Vilken enkät?"), SurveyKind.choices)
    title = short_text(
        _("Namn"),
        hint=_("Till exempel: Samverkan, hösten 2026. En puls får månaden efter sitt namn."),
    )
    district = pick(_("Var?"), required=False)
    roles = several(
        _("Vilka får den?"),
        [(role.value, role.label) for role in ASKED],
        required=False,
        hint=_("Elevens frågor vid start lämnas av teamet och behöver inga mottagare."),
    )
    addresses = long_text(
        _("Fler e-postadresser"), required=False, rows=3, hint=_("En på varje rad.")
    )
    closes = day(_("Sista dag att svara"), required=False, hint=_("Annars efter tre veckor."))
    repeats = yes(_("Fråga på nytt varje månad"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Organisation.objects.in_service().of(Kind.DISTRICT)
        self.offer(
            "district",
            [
                ("", _("Hela staden")),
                *[(str(one.pk), one.name) for one in places],
            ],
        )

    def clean_addresses(self) -> str:
        lines = [line.strip() for line in self.cleaned_data["addresses"].splitlines()]
        for line in filter(None, lines):
            try:
                validate_email(line)
            except ValidationError as error:
                raise ValidationError(_("%s är ingen e-postadress.") % line) from error
        # One person gets one link, however often the address is there and however it is written.
        once: dict[str, str] = {}
        for line in filter(None, lines):
            once.setdefault(line.casefold(), line)
        return "\n".join(once.values())

    def clean_closes(self) -> date | None:
        chosen: date | None = self.cleaned_data["closes"]
        return last_day(chosen) if chosen else None

    def clean_district(self) -> Organisation | None:
        chosen = self.cleaned_data["district"]
        return Organisation.objects.get(pk=chosen) if chosen else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("repeats") and cleaned.get("kind") != SurveyKind.PULSE:
            self.add_error("repeats", _("Bara månadens puls upprepas."))
        needs = cleaned.get("kind") not in (None, SurveyKind.ENTRY)
        if needs and not cleaned.get("roles") and not cleaned.get("addresses"):
            self.add_error("roles", _("Välj vilka som ska få enkäten."))
        return cleaned


class OpenForm(MoveForm):
    closes = day(_("Sista dag att svara"), required=False, hint=_("Annars den dag du valt."))


class SheetForm(OwnForm):
    """One sheet, drawn from the questions; no one thing on it is required, but something is."""

    def __init__(self, *args: Any, asked: questions.QuestionSet, **kwargs: Any) -> None:
        self.asked = asked
        super().__init__(*args, **kwargs)
        if asked.kind != SurveyKind.ENTRY:
            words = _("Var arbetar du?")
            self.fields["side"] = choice(words, Side.choices, required=False)
        for question in asked.questions:
            for name, field in _fields(question):
                self.fields[name] = field
        self.draw()

    def draw(self) -> None:
        """The fields were added late: give each its look and the link from its error."""
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs.setdefault("class", "input")
            self.lead_to(name, self._first_input(name))

    def clean(self) -> dict[str, Any]:
        """An empty sheet says nothing and would count as an answer; whoever sent it can try again."""
        cleaned = super().clean()
        if not self.errors and not any(cleaned.get(name) for name in self.fields if name != "side"):
            first = next(name for name in self.fields if name != "side")
            self.add_error(first, _("Svara på minst en fråga. Inget är skickat än."))
        return cleaned

    def given(self) -> dict[str, dict[str, Any]]:
        """What was answered, by question; what was left out is None or not there."""
        found: dict[str, dict[str, Any]] = {}
        for name, value in self.cleaned_data.items():
            question, _dot, part = name.partition("__")
            if part:
                step = part in ("today", "before") and value not in ("", UNKNOWN)
                found.setdefault(question, {})[part] = int(value) if step else value or None
        return found

    def parts(self) -> list[dict[str, Any]]:
        """The questions under the heading of their group, in order, each with its fields."""
        parts: list[dict[str, Any]] = []
        for question in self.asked.questions:
            if not parts or parts[-1]["title"] != question.group:
                parts.append({"title": question.group, "questions": []})
            fields = [self[name] for name in self.fields if name.startswith(f"{question.key}__")]
            parts[-1]["questions"].append({"asked": question, "fields": fields})
        return parts


def _fields(question: questions.Question) -> list[tuple[str, forms.Field]]:
    key = question.key
    if question.form == "open":
        return [(f"{key}__text", long_text(question.today, required=False, rows=3))]
    if question.form == "choice":
        options = [*question.options, DONT_KNOW]
        return [(f"{key}__choice", choice(question.today, options, required=False))]
    scale = [*((str(step), str(step)) for step in questions.SCALE), DONT_KNOW]
    found: list[tuple[str, forms.Field]] = [
        (f"{key}__today", choice(question.today, scale, required=False))
    ]
    if question.form == "aspect":
        found.append((f"{key}__before", choice(question.before, scale, required=False)))
    return found


OFFERS: dict[tuple[str, str], Offer] = {
    ("surveyround", "open"): Offer(
        _("Öppna enkäten"),
        OpenForm,
        _("Var och en som ska svara får en egen länk. Den kan användas en gång."),
        primary=True,
    ),
    ("surveyround", "remind"): Offer(
        _("Påminn"), MoveForm, _("De som inte har svarat får en ny länk.")
    ),
    ("surveyround", "close"): Offer(
        _("Stäng enkäten"),
        MoveForm,
        _("Ingen kan svara efter det här. Inget nytt skickas ut i dag."),
    ),
    ("surveyround", "stop_repeating"): Offer(
        _("Sluta fråga varje månad"),
        MoveForm,
        _("Den här gången påverkas inte. Ingen ny enkät öppnas nästa månad."),
    ),
    ("surveyround", "report"): Offer(
        _("Redovisa"),
        MoveForm,
        _(
            "De som fick enkäten med e-post får en länk till resultatet. Elever får inget brev: "
            "de fick adressen till resultatet när de hade svarat."
        ),
        primary=True,
    ),
    ("surveyround", "set_aside"): Offer(
        _("Lägg åt sidan"),
        MoveForm,
        _("För få har svarat för att något ska kunna visas. Svaren raderas."),
    ),
}
