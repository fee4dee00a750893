"""What is asked when money is applied for, decided on and reported, and when a team is staffed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.forms import OwnForm, SeveralOf, choice, day, long_text, number, short_text
from accounts.models import Kind, Organisation
from collaboration.choices import Employer
from collaboration.forms.agreement import WhyForm
from collaboration.models import FundingApplication
from history.forms import KeyForm, MoveForm, Offer

ASKED = FundingApplication.ASKED
MOST = 2_000_000_000  # kronor, more than any city gives


def _schools_of(district: Any) -> Any:
    schools = Organisation.objects.in_service().of(Kind.SCHOOL).filter(parent=district)
    return schools.order_by("name")


def _schools() -> SeveralOf:
    return SeveralOf(
        Organisation.objects.none(),
        label=_("Vilka skolor är med?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Välj minst en skola."),
            "invalid_choice": _("Välj bland skolorna i listan."),
        },
    )


class NewApplicationForm(KeyForm):
    year = number(_("För vilket år?"), low=2000, high=2100)
    schools = _schools()

    def __init__(self, *args: Any, district: Organisation, **kwargs: Any) -> None:
        kwargs["initial"] = {"year": clock.today().year + 1} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.among("schools", _schools_of(district))


class WriteForm(MoveForm):
    """The application itself; saved with holes, sent only without."""

    asked_later = tuple(ASKED)

    plan = long_text(ASKED["plan"], required=False)
    target_pupils = number(ASKED["target_pupils"], high=10_000, required=False)
    amount = number(ASKED["amount"], high=MOST, required=False)
    carried_over = number(
        _("Ombudgeterat från året före, i kronor"), high=MOST, required=False, hint=_("0 om inget.")
    )
    anchored_bus = long_text(
        ASKED["anchored_bus"],
        required=False,
        rows=3,
        hint=_("Barn i behov av särskilt stöd."),
    )
    anchored_health = long_text(ASKED["anchored_health"], required=False, rows=3)
    anchored_support = long_text(ASKED["anchored_support"], required=False, rows=3)

    def details(self) -> dict[str, Any]:
        numbers = ("target_pupils", "amount", "carried_over")
        given = super().details()
        return given | {name: given[name] or 0 for name in numbers}


class SchoolsForm(MoveForm):
    schools = _schools()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        now = kwargs["obj"].schools.values_list("school", flat=True)
        kwargs["initial"] = {"schools": list(now)} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.among("schools", _schools_of(self.obj.district))


class JoinForm(MoveForm):
    def details(self) -> dict[str, Any]:
        return {"who": self.actor}


class GrantForm(MoveForm):
    granted = number(_("Beviljat belopp i kronor"), low=1, high=MOST)
    decision = short_text(_("Beslutets nummer"), limit=60)
    why = long_text(_("Skäl, om hela beloppet inte beviljas"), required=False, rows=3)


class RejectForm(MoveForm):
    decision = short_text(_("Beslutets nummer"), limit=60)
    why = long_text(_("Skäl"), rows=3, ask=_("Skriv varför."))


class JulyForm(MoveForm):
    used = number(_("Använt hittills, i kronor"), high=MOST)
    reached = number(
        _("Elever som har fått stöd utan att vara inskrivna"), high=10_000, required=False
    )
    text = long_text(_("Hur går det?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        told = kwargs["obj"].outcome().reached
        kwargs["initial"] = {"reached": told or None} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def details(self) -> dict[str, Any]:
        given = super().details()
        return {name: 0 if value is None else value for name, value in given.items()}


class FinalForm(JulyForm):
    carry = number(_("Att föra över till nästa år, i kronor"), high=MOST, required=False)


class PostForm(OwnForm):
    """One post of a team; a change is a new post, so that the register remembers."""

    profession = short_text(_("Yrke"), limit=100)
    employer = choice(_("Anställd av"), Employer.choices)
    fte = forms.DecimalField(
        label=_("Del av heltid"),
        help_text=_("1 är heltid, 0,5 är halvtid."),
        min_value=Decimal("0.01"),
        max_value=Decimal(1),
        max_digits=3,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput({"inputmode": "decimal", "size": 6}),
        error_messages={
            "required": _("Skriv ett tal."),
            "invalid": _("Skriv ett tal, till exempel 0,5."),
            "min_value": _("Skriv ett tal över 0."),
            "max_value": _("Högst 1, som är heltid."),
        },
    )
    since = day(_("Från"))


class EndPostForm(OwnForm):
    until = day(_("Första dag utan"))


OFFERS: dict[tuple[str, str], Offer] = {
    ("fundingapplication", "submit"): Offer(
        _("Skicka in ansökan"), MoveForm, _("Socialnämnden beslutar."), primary=True
    ),
    ("fundingapplication", "take_back"): Offer(_("Ta tillbaka"), WhyForm),
    ("fundingapplication", "choose_schools"): Offer(
        _("Välj skolor"), SchoolsForm, _("Rektor på varje skola ställer sig bakom ansökan.")
    ),
    ("fundingapplication", "join"): Offer(
        _("Ställ dig bakom ansökan"),
        JoinForm,
        _("Skolan och stadsdelen söker medlen tillsammans."),
        primary=True,
    ),
    ("fundingapplication", "grant"): Offer(
        _("Bevilja"), GrantForm, _("Helt, eller delvis med ett skäl."), primary=True
    ),
    ("fundingapplication", "reject"): Offer(_("Avslå"), RejectForm, danger=True),
    ("fundingapplication", "report_in_july"): Offer(
        _("Lägesrapport i juli"),
        JulyForm,
        _("Siffrorna om eleverna hämtas ur ärendena."),
    ),
    ("fundingapplication", "report_finally"): Offer(
        _("Slutrapport"),
        FinalForm,
        _("Siffrorna om eleverna hämtas ur ärendena."),
        primary=True,
    ),
}
