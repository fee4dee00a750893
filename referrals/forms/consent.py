"""Asking for consent, and answering it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Kind, Membership, Organisation
from referrals import choices
from referrals.forms.base import MoveForm, OwnForm, choice, day, long_text, several, short_text
from referrals.forms.moves import colleagues

WHOLE = [category.value for category in choices.Category]


class AskForm(OwnForm):
    """What the family is asked to say yes to."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    categories = several(
        _("Vad ska få delas?"),
        choices.Category.choices,
        hint=_("Välj bara det som behövs. Familjen kan säga ja till mindre senare."),
        ask=_("Välj vilka uppgifter samtycket gäller."),
    )
    valid_to = day(_("Hur länge ska samtycket gälla?"), hint=_("Till och med den här dagen."))
    deputy = forms.ModelChoiceField(
        Membership.objects.none(),
        label=_("Vem följer upp när du är borta?"),
        empty_label=_("Välj"),
        error_messages={"required": _("Välj en person.")},
    )
    signatories = forms.MultipleChoiceField(
        label=_("Vilka får frågan?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Välj minst en person.")},
    )

    def __init__(
        self, *args: Any, matter: Any, actor: Membership, purpose: str, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"key": uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.matter = matter
        mates = colleagues(actor.organisation).exclude(pk=actor.pk)
        self.fields["deputy"].queryset = mates  # type: ignore[attr-defined]
        self.fields["deputy"].label_from_instance = lambda row: row.name  # type: ignore[attr-defined]
        self.initial.setdefault("deputy", mates.values_list("pk", flat=True).first())
        self.longest = clock.today() + timedelta(days=matter.programme.consent_days)
        self.initial.setdefault("valid_to", self.longest)
        self.initial.setdefault("categories", matter.programme.consent_categories or WHOLE)
        guardians = list(matter.pupil.guardians.with_custody().order_by("pk"))
        people = [("pupil", matter.pupil.name), *[(str(g.uuid), g.name) for g in guardians]]
        self.fields["signatories"].choices = people  # type: ignore[attr-defined]
        self.initial.setdefault("signatories", [key for key, _name in people])
        self.people = {"pupil": matter.pupil} | {str(g.uuid): g for g in guardians}
        if purpose == choices.Purpose.CONTACT:
            del self.fields["categories"]
            self.initial["signatories"] = [str(guardians[0].uuid)] if guardians else []
        if purpose == choices.Purpose.TRANSFER:
            receivers = Organisation.objects.in_service().of(Kind.RECEIVER)
            self.fields["receiver"] = forms.ModelChoiceField(
                receivers,
                label=_("Till vem?"),
                empty_label=_("Välj"),
                error_messages={"required": _("Välj mottagare.")},
            )
            self.fields["receiver"].widget.attrs["class"] = "input"

    def clean_valid_to(self) -> date:
        """No longer than the programme lets a consent hold."""
        chosen: date = self.cleaned_data["valid_to"]
        if chosen > self.longest:
            words = _("I det här programmet gäller ett samtycke högst till %(day)s.")
            raise forms.ValidationError(words % {"day": self.longest.isoformat()})
        return chosen

    def chosen(self) -> list[Any]:
        return [self.people[key] for key in self.cleaned_data["signatories"]]


class AnswerForm(MoveForm):
    """An answer that reached the asking side on paper, by voice or by phone."""

    how = choice(
        _("Hur lämnades svaret?"),
        [
            (m.value, m.label)
            for m in (choices.Method.PAPER, choices.Method.ORAL, choices.Method.PHONE)
        ],
    )
    answer = choice(_("Vad blev svaret?"), [("yes", _("Ja")), ("no", _("Nej"))])
    witness = short_text(
        _("Vem var vittne?"), required=False, hint=_("Behövs för ett muntligt svar.")
    )
    note = long_text(_("Anteckning"), required=False, rows=3)
    form_file = forms.FileField(
        label=_("Det undertecknade papperet"),
        required=False,
        help_text=_("PDF, PNG eller JPEG, högst 10 MB."),
    )


class CodeForm(OwnForm):
    code = short_text(
        _("Kod"),
        hint=_("Sex siffror som du har fått på ett annat sätt än länken."),
        ask=_("Skriv koden."),
        limit=12,
    )


class SayForm(OwnForm):
    """Yes or no, two equal answers."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)


class FewerForm(SayForm):
    categories = several(_("Vad får delas i fortsättningen?"), choices.Category.choices)

    def __init__(self, *args: Any, consent: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = consent.category_list
        self.fields["categories"].choices = [c for c in choices.Category.choices if c[0] in now]  # type: ignore[attr-defined]
        self.initial.setdefault("categories", now)


class NewLinkForm(OwnForm):
    where = short_text(
        _("Din mobil eller e-postadress"),
        hint=_("Den som skolan har. Vi skickar en ny länk dit."),
        ask=_("Skriv ditt mobilnummer eller din e-postadress."),
        limit=120,
    )
