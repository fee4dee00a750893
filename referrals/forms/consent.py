"""Asking for consent, and answering it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock, personnummer
from accounts.models import Kind, Membership, Organisation
from referrals import choices
from referrals.consent_texts import LANGUAGES, known
from referrals.forms.base import (
    MoveForm,
    OwnForm,
    choice,
    day,
    long_text,
    number,
    pick,
    several,
    short_text,
    yes,
)
from referrals.forms.moves import colleagues
from referrals.models import ConsentRule, consent_rule

# The ways of answering that somebody on the asking side writes down.
NOTED = (
    choices.Method.PAPER,
    choices.Method.ORAL,
    choices.Method.PHONE,
    choices.Method.DECISION,
)
WHOLE = [category.value for category in choices.Category]


class AskForm(OwnForm):
    """What the family is asked to say yes to."""

    seldom = ("exception", "exception_reason")
    seldom_label = _("Är det någon som inte kan tillfrågas?")
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
    signatories = several(_("Vilka får frågan?"), (), ask=_("Välj minst en person."))
    exception = pick(
        _("Behövs ett undantag?"),
        [("", _("Nej, alla tillfrågas")), *choices.ConsentException.choices],
        required=False,
        hint=_("Ett undantag skrivs under av rektorn, eller av enhetschefen när teamet frågar."),
    )
    exception_reason = long_text(
        _("Varför tillfrågas färre?"),
        required=False,
        rows=3,
        hint=_("Vid mognad: skriv bedömningen och vad den bygger på."),
    )
    send_links = yes(
        _("Skicka en länk till dem som har mobil eller e-post"),
        hint=_("Länken och koden går två olika vägar."),
    )

    def __init__(
        self, *args: Any, matter: Any, actor: Membership, purpose: str, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"key": uuid4(), "send_links": True} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.matter = matter
        mates = colleagues(actor.organisation).exclude(pk=actor.pk)
        self.among("deputy", mates)
        self.fields["deputy"].label_from_instance = lambda row: row.name  # type: ignore[attr-defined]  # a colleague, without the profession
        self.initial.setdefault("deputy", mates.values_list("pk", flat=True).first())
        self.longest = clock.today() + timedelta(days=matter.programme.consent_days)
        self.initial.setdefault("valid_to", self.longest)
        self.initial.setdefault("categories", matter.programme.consent_categories or WHOLE)
        self.demand = consent_rule.in_force(purpose, matter.pupil.age())
        self._who_is_asked(matter.pupil, purpose)
        if purpose == choices.Purpose.CONTACT:
            for name in ("categories", "exception", "exception_reason"):
                del self.fields[name]
        if purpose == choices.Purpose.TRANSFER:
            receivers = Organisation.objects.in_service().of(Kind.RECEIVER)
            self.fields["receiver"] = forms.ModelChoiceField(
                receivers,
                label=_("Till vem?"),
                empty_label=_("Välj"),
                error_messages={"required": _("Välj mottagare.")},
            )
            self.fields["receiver"].widget.attrs["class"] = "input"
        if matter.pupil.protected:
            del self.fields["send_links"]

    def _who_is_asked(self, pupil: Any, purpose: str) -> None:
        """Those whom the rule asks for, chosen beforehand."""
        guardians = list(pupil.guardians.with_custody().order_by("pk"))
        self.people = {str(guardian.uuid): guardian for guardian in guardians}
        people = [(key, guardian.name) for key, guardian in self.people.items()]
        if purpose != choices.Purpose.CONTACT:
            self.people = {"pupil": pupil} | self.people
            people = [("pupil", pupil.name), *people]
        self.offer("signatories", people)
        wanted = [key for key, _name in people if key != "pupil"]
        if self.demand.guardians == choices.GuardiansSign.ONE:
            wanted = wanted[:1]
        self.initial.setdefault("signatories", wanted + ["pupil"] * self.demand.pupil_signs)

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

    how = choice(_("Hur lämnades svaret?"), [(m.value, m.label) for m in NOTED])
    answer = choice(_("Vad blev svaret?"), [("yes", _("Ja")), ("no", _("Nej"))])
    language = pick(_("På vilket språk?"), LANGUAGES, hint=_("Det språk frågan lästes på."))
    witness = short_text(
        _("Vem var vittne?"), required=False, hint=_("Behövs för ett ja som är muntligt.")
    )
    note = long_text(
        _("Anteckning"),
        required=False,
        rows=3,
        hint=_("Vid en nämnds beslut: nämnd, datum och beslutsnummer."),
    )
    form_file = forms.FileField(
        label=_("Det undertecknade papperet"),
        required=False,
        help_text=_("PDF, PNG eller JPEG, högst 10 MB."),
    )
    code = pick(
        _("Vid ett nej: varför?"),
        choices.NoCode.choices,
        required=False,
        hint=_("Räknas utan att det syns vems svar det är. Fråga inte mer än vad de vill säga."),
    )

    def __init__(self, *args: Any, line: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("language", known(line.person.language))
        if not line.by_board:
            ways = [(m.value, m.label) for m in NOTED if m != choices.Method.DECISION]
            self.offer("how", ways)


class RuleForm(OwnForm):
    """A municipality's own rule for one purpose and span of ages, from a day on."""

    purpose = pick(_("Ändamål"), choices.Purpose.choices)
    age_from = number(_("Från ålder"), high=25, required=False, hint=_("Tomt: ingen nedre gräns."))
    age_to = number(
        _("Till och med ålder"), high=25, required=False, hint=_("Tomt: ingen övre gräns.")
    )
    pupil_signs = yes(_("Eleven skriver under"))
    guardians = choice(_("Vilka vårdnadshavare?"), choices.GuardiansSign.choices)
    pupil_alone = yes(
        _("Eleven kan få bestämma själv"),
        hint=_("Efter en mognadsbedömning som rektorn eller enhetschefen skriver under."),
    )
    since = day(_("Gäller från"))
    source = short_text(
        _("Källa"), hint=_("Lag, beslut eller riktlinje, med datum och nummer."), limit=300
    )
    checked_on = day(_("Kontrollerad den"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("since", clock.today())
        self.initial.setdefault("checked_on", clock.today())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        low, high = cleaned.get("age_from"), cleaned.get("age_to")
        if low is not None and high is not None and high < low:
            self.add_error("age_to", _("Till-åldern är lägre än från-åldern."))
        if (since := cleaned.get("since")) and since < clock.today():
            self.add_error("since", _("En regel gäller från i dag eller senare, aldrig bakåt."))
        if (checked := cleaned.get("checked_on")) and checked > clock.today():
            self.add_error("checked_on", _("Dagen har inte varit än."))
        return cleaned

    def build(self, by: Membership) -> ConsentRule:
        return ConsentRule(set_by=by, **self.cleaned_data)


class FindConsentForm(OwnForm):
    """Which pupil's consent somebody wants to take back, told by phone or on paper."""

    number = short_text(_("Elevens personnummer"), ask=_("Skriv elevens personnummer."), limit=20)

    def clean_number(self) -> personnummer.Number:
        return personnummer.read(self.cleaned_data["number"])
