"""What is asked when money is applied for, decided on and reported."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.forms import SeveralOf, long_text, number, short_text
from accounts.models import Kind, Organisation
from collaboration.accounting import figures
from collaboration.choices import CAME_TO_NOTHING, ReportKind
from collaboration.forms.agreement import WhyForm
from collaboration.models import FundingApplication
from collaboration.outcomes import Year
from collaboration.templatetags.collaboration import kronor
from history.forms import KeyForm, MoveForm, Offer

ASKED = FundingApplication.ASKED
MOST = 2_000_000_000  # kronor, more than any city gives


def _schools_of(district: Organisation) -> Any:
    schools = Organisation.objects.in_service().of(Kind.SCHOOL).filter(parent=district.heir)
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


TAKEN = _("Ni har redan en ansökan för %(year)s.")


def taken(
    district: Organisation, year: int, *, but: FundingApplication | None = None
) -> FundingApplication | None:
    """The application the district has for a year already, unless it came to nothing."""
    rows = FundingApplication.objects.filter(district=district, year=year)
    return rows.exclude(status__in=CAME_TO_NOTHING).exclude(pk=but.pk if but else 0).first()


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

    year = number(_("För vilket år?"), low=2000, high=2100)
    plan = long_text(ASKED["plan"], required=False)
    target_pupils = number(ASKED["target_pupils"], high=10_000, required=False)
    amount = number(ASKED["amount"], high=MOST, required=False)
    anchored_bus = long_text(
        ASKED["anchored_bus"],
        required=False,
        rows=3,
        hint=_("Barn i behov av särskilt stöd."),
    )
    anchored_health = long_text(ASKED["anchored_health"], required=False, rows=3)
    anchored_support = long_text(ASKED["anchored_support"], required=False, rows=3)

    def details(self) -> dict[str, Any]:
        numbers = ("target_pupils", "amount")
        given = super().details()
        return given | {name: given[name] or 0 for name in numbers}

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if taken(self.obj.district, year, but=self.obj):
            raise ValidationError(TAKEN % {"year": year})
        return year


class SchoolsForm(MoveForm):
    schools = _schools()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        now = kwargs["obj"].schools.values_list("school", flat=True)
        kwargs["initial"] = {"schools": list(now)} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.among("schools", _schools_of(self.obj.district))


class ChangeSchoolsForm(SchoolsForm):
    why = long_text(_("Varför?"), rows=3, ask=_("Skriv varför skolorna ändras."))


class JoinForm(MoveForm):
    def details(self) -> dict[str, Any]:
        return {"who": self.actor}


class DeclineForm(JoinForm):
    why = long_text(
        _("Varför?"),
        rows=3,
        hint=_("Stadsdelen läser det, och kan ändra ansökan."),
        ask=_("Skriv varför skolan inte står bakom ansökan."),
    )

    def details(self) -> dict[str, Any]:
        return super().details() | {"why": self.cleaned_data["why"]}


class CarryForm(MoveForm):
    """What was left of the year before: known from its final report, and never more than that."""

    carry = number(_("Får föras över från året före, i kronor"), high=MOST)
    decision = short_text(_("Beslutets nummer"), limit=60)
    why = long_text(_("Skäl, om hela beloppet inte får användas"), required=False, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        left = kwargs["obj"].left_from_before()
        kwargs["initial"] = {"carry": left or 0} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        words = _("I slutrapporten för %(year)s är %(left)s kvar.")
        before = {"year": self.obj.year - 1, "left": kronor(left or 0)}
        self["carry"].help_text = words % before


class GrantForm(CarryForm):
    granted = number(_("Beviljat belopp i kronor"), low=1, high=MOST)

    field_order = ("granted", "carry", "decision", "why", "version", "key")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = _("Sökt: %(amount)s.") % {"amount": kronor(self.obj.amount)}
        self["granted"].help_text = asked
        if not self.obj.left_from_before():
            del self.fields["carry"]


class RejectForm(MoveForm):
    decision = short_text(_("Beslutets nummer"), limit=60)
    why = long_text(_("Skäl"), rows=3, ask=_("Skriv varför."))


class JulyForm(MoveForm):
    """How it goes; the pupils' figures are shown as they will stand, for nobody types them."""

    used = number(_("Använt hittills, i kronor"), high=MOST)
    reached = number(
        _("Elever som har fått stöd utan att vara inskrivna"), high=10_000, required=False
    )
    text = long_text(_("Hur går det?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        told = kwargs["obj"].outcome(self.through(kwargs["obj"]))
        kwargs["initial"] = self.begun(kwargs["obj"], told) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.told = figures(told)[:3]
        words = _("Ni har %(money)s att använda.") % {"money": kronor(self.obj.money())}
        self["used"].help_text = words

    def through(self, obj: FundingApplication) -> date | None:
        return None

    def begun(self, obj: FundingApplication, told: Year) -> dict[str, Any]:
        return {"reached": told.reached or None}

    def details(self) -> dict[str, Any]:
        given = super().details()
        return {name: 0 if value is None else value for name, value in given.items()}


class FinalForm(JulyForm):
    used = number(_("Använt under året, i kronor"), high=MOST)
    carry = number(_("Att föra över till nästa år, i kronor"), high=MOST, required=False)
    text = long_text(_("Hur gick det?"))

    field_order: tuple[str, ...] = ("used", "carry", "reached", "text")


class CorrectForm(FinalForm):
    """The newest report once more, with what was wrong put right."""

    text = long_text(_("Hur gick det?"))
    why = long_text(_("Vad var fel?"), rows=3, ask=_("Skriv vad som var fel."))

    field_order = (*FinalForm.field_order, "why")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        report = self.obj.newest_report()
        if report is None or report.kind == ReportKind.JULY:
            del self.fields["carry"]

    def through(self, obj: FundingApplication) -> date | None:
        report = obj.newest_report()
        return report.through if report else None

    def begun(self, obj: FundingApplication, told: Year) -> dict[str, Any]:
        report = obj.newest_report()
        if report is None:
            return {}
        return {name: getattr(report, name) for name in ("used", "carry", "reached", "text")}


OFFERS: dict[tuple[str, str], Offer] = {
    ("fundingapplication", "submit"): Offer(
        _("Skicka in ansökan"), MoveForm, _("Socialnämnden beslutar."), primary=True
    ),
    ("fundingapplication", "take_back"): Offer(_("Ta tillbaka"), WhyForm),
    ("fundingapplication", "choose_schools"): Offer(
        _("Välj skolor"), SchoolsForm, _("Rektor på varje skola ställer sig bakom ansökan.")
    ),
    ("fundingapplication", "ask_principals"): Offer(
        _("Be rektorerna ta ställning"),
        MoveForm,
        _("Varje rektor får frågan, och har tio skoldagar på sig att svara."),
        primary=True,
    ),
    ("fundingapplication", "change_schools"): Offer(
        _("Byt skolor"),
        ChangeSchoolsForm,
        _("Rektor på en ny skola får frågan om att ställa sig bakom."),
    ),
    ("fundingapplication", "drop"): Offer(
        _("Lägg ner"), WhyForm, _("Året kan sökas på nytt."), danger=True
    ),
    ("fundinganswer", "join"): Offer(
        _("Ställ dig bakom ansökan"),
        JoinForm,
        _("Skolan och stadsdelen söker medlen tillsammans."),
        primary=True,
    ),
    ("fundinganswer", "decline"): Offer(_("Säg nej"), DeclineForm),
    ("fundingapplication", "grant"): Offer(
        _("Bevilja"), GrantForm, _("Helt, eller delvis med ett skäl."), primary=True
    ),
    ("fundingapplication", "decide_carry"): Offer(
        _("Besluta om medel från året före"), CarryForm, primary=True
    ),
    ("fundingapplication", "reject"): Offer(_("Avslå"), RejectForm, danger=True),
    ("fundingapplication", "report_in_july"): Offer(
        _("Lägesrapport i juli"),
        JulyForm,
        _("Siffrorna om eleverna hämtas ur ärendena."),
        primary=True,
    ),
    ("fundingapplication", "report_finally"): Offer(
        _("Slutrapport"),
        FinalForm,
        _("Siffrorna om eleverna hämtas ur ärendena."),
        primary=True,
    ),
    ("fundingapplication", "correct_report"): Offer(
        _("Rätta rapporten"),
        CorrectForm,
        _("Den förra finns kvar att läsa. Siffrorna om eleverna är till och med samma dag."),
    ),
}
