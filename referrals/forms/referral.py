"""The referral in short steps, each a form of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import personnummer
from accounts.models import Kind, Membership, Organisation
from referrals import choices
from referrals.forms.base import (
    MoveForm,
    OneOf,
    OwnForm,
    choice,
    day,
    long_text,
    number,
    one_person,
    pick,
    several,
    short_text,
    yes,
)
from referrals.forms.moves import colleagues
from referrals.models import Programme, ProgrammeVersion
from vault.sealing import Sealed

LANGUAGES = [
    ("sv", "Svenska"),
    ("en", "English"),
    ("ar", "العربية"),
    ("so", "Soomaali"),
    ("ti", "ትግርኛ"),
    ("fa", "فارسی"),
    ("uk", "Українська"),
    ("pl", "Polski"),
    ("tr", "Türkçe"),
    ("es", "Español"),
    ("other", _("Annat språk")),
]


class ProtectionForm(OwnForm):
    needed = choice(
        _("Behöver barnet skydd nu?"),
        [("no", _("Nej")), ("yes", _("Ja, eller jag är osäker"))],
        hint=_("Till exempel om barnet far illa hemma, utsätts för våld eller är i fara."),
        ask=_("Svara ja eller nej innan du går vidare."),
    )


class FindPupilForm(OwnForm):
    number = short_text(
        _("Elevens personnummer, eller namn"),
        hint=_(
            "Tolv siffror, samordningsnummer eller skolans tillfälliga nummer. Med namn söker du bland de elever du redan känner till i Bryggan."
        ),
        ask=_("Skriv elevens personnummer, eller hela förnamnet eller efternamnet."),
        limit=80,
    )

    def clean_number(self) -> personnummer.Number | str:
        """The number, or the words to look for when no digit stands in them."""
        given: str = self.cleaned_data["number"]
        if any(char.isdigit() for char in given):
            return personnummer.read(given)
        return given


class PupilForm(OwnForm):
    given_name = short_text(_("Förnamn"), ask=_("Skriv elevens förnamn."))
    family_name = short_text(_("Efternamn"), ask=_("Skriv elevens efternamn."))
    grade = number(_("Årskurs"), low=0, high=12, hint=_("En siffra. Skriv 0 för förskoleklass."))
    sex = choice(_("Kön"), choices.Sex.choices)
    home_district = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Var bor eleven?"),
        required=False,
        empty_label=_("Vet inte, eller i en annan kommun"),
    )
    language = pick(_("Elevens språk"), LANGUAGES)
    interpreter = yes(_("Eleven behöver tolk"))
    phone = short_text(
        _("Elevens mobilnummer"),
        required=False,
        limit=30,
        hint=_("Dit går elevens egen fråga om samtycke."),
    )
    email = forms.EmailField(
        label=_("Elevens e-post"),
        required=False,
        max_length=200,
        error_messages={"invalid": _("Skriv en hel e-postadress, till exempel namn@exempel.se.")},
    )
    protection = choice(
        _("Har eleven skyddade personuppgifter?"),
        choices.Protection.choices,
        hint=_("Då ser bara de som får en särskild rätt vem eleven är."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        districts = Organisation.objects.in_service().of(Kind.DISTRICT)
        self.among("home_district", districts)
        self.initial.setdefault("language", "sv")
        self.initial.setdefault("protection", "none")


class GuardianForm(OwnForm):
    given_name = short_text(_("Förnamn"), ask=_("Skriv vårdnadshavarens förnamn."))
    family_name = short_text(_("Efternamn"), ask=_("Skriv vårdnadshavarens efternamn."))
    kind = choice(_("Vem är det?"), choices.GuardianKind.choices)
    custody = yes(
        _("Har vårdnaden om eleven"), hint=_("Den som har vårdnaden får frågan om samtycke.")
    )
    number = short_text(
        _("Personnummer"),
        required=False,
        limit=20,
        hint=_("Behövs bara om personen ska kunna svara med e-legitimation."),
    )
    phone = short_text(
        _("Mobilnummer"),
        required=False,
        limit=30,
        hint=_(
            "Med mobil eller e-post kan frågan om samtycke skickas som en länk. Annars frågar du på papper, i telefon eller när ni ses."
        ),
    )
    email = forms.EmailField(
        label=_("E-post"),
        required=False,
        max_length=200,
        error_messages={"invalid": _("Skriv en hel e-postadress, till exempel namn@exempel.se.")},
    )
    address = short_text(_("Adress"), required=False)
    language = pick(_("Språk"), LANGUAGES)
    interpreter = yes(_("Behöver tolk"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("kind", "parent")
        self.initial.setdefault("custody", True)
        self.initial.setdefault("language", "sv")

    def clean_number(self) -> str:
        given: str = self.cleaned_data["number"]
        return personnummer.read(given).text if given else ""


class StepForm(MoveForm):
    """One step of a draft: reads its fields from the referral and writes them back."""

    title: Any = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            if name in ("version", "key"):
                continue
            value = getattr(self.obj, name, None)
            self.initial.setdefault(name, value.open() if isinstance(value, Sealed) else value)


class WorryForm(StepForm):
    title = _("Vad som oroar er")
    needs = several(
        _("Vad behöver eleven?"),
        choices.Need.choices,
        hint=_("Teamet ser det här innan familjen har samtyckt."),
        ask=_("Välj vad eleven behöver."),
    )
    worry = long_text(
        _("Vad är ni oroliga för?"),
        hint=_(
            "Skriv det ni har sett eller hört. Skriv inga namn, diagnoser eller uppgifter om andra barn."
        ),
        ask=_("Skriv vad som oroar skolan."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["needs"] = self.obj.need_codes

    def details(self) -> dict[str, Any]:
        return super().details() | {"needs": " ".join(self.cleaned_data["needs"])}


class MeasuresForm(StepForm):
    title = _("Vad ni har provat")
    tried = several(
        _("Vad har skolan provat?"),
        choices.Tried.choices,
        hint=_("Teamet ser det här innan familjen har samtyckt."),
        required=False,
    )
    measures = long_text(
        _("Hur gick det?"),
        hint=_("Vad ni gjorde, hur länge och vad som hände."),
        ask=_("Skriv vad skolan har provat."),
    )
    investigation_began = day(
        _("När började skolan utreda frånvaron?"),
        required=False,
        hint=_("Utredningen enligt skollagen. Lämna tomt om den inte har börjat."),
    )
    other_plans = several(_("Finns det andra planer?"), choices.OtherPlan.choices, required=False)
    other_plans_note = short_text(_("Mer om planerna"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("other_plans", "tried"):
            self.initial[name] = getattr(self.obj, name).split()

    def details(self) -> dict[str, Any]:
        codes = {name: " ".join(self.cleaned_data[name]) for name in ("other_plans", "tried")}
        return super().details() | codes


class KnowsForm(StepForm):
    title = _("Vad familjen vet")
    pupil_knows = long_text(
        _("Hur känner eleven till remissen?"),
        hint=_("Om eleven inte gör det: skriv varför."),
        rows=3,
    )
    guardians_know = long_text(
        _("Hur känner vårdnadshavarna till remissen?"),
        hint=_("Om de inte gör det: skriv varför."),
        rows=3,
    )


class ReplyForm(StepForm):
    title = _("Svar till teamet")
    reply = long_text(
        _("Vad vill du svara teamet?"),
        hint=_(
            "Teamet läser svaret redan innan familjen har samtyckt. Skriv inga namn, nummer eller adresser."
        ),
        ask=_("Skriv ett svar till teamet."),
    )


class ProgrammeField(OneOf):
    """A version of a programme, by the programme's name and whom it is for."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.programme.name}: {whom(obj)}" if whom(obj) else str(obj.programme.name)


def whom(version: ProgrammeVersion) -> str:
    """Whom a programme is for, in a line; '' when it is for everybody."""
    grades = (version.grade_from, version.grade_to)
    told = []
    if None not in grades:
        told.append(_("årskurs %(a)s–%(b)s") % {"a": grades[0], "b": grades[1]})
    if version.absence_min is not None:
        told.append(_("frånvaro minst %(n)s procent") % {"n": version.absence_min})
    if version.absence_max is not None:
        told.append(_("frånvaro högst %(n)s procent") % {"n": version.absence_max})
    return ", ".join(told)


class WhereForm(StepForm):
    title = _("Vart remissen ska")
    programme = ProgrammeField(
        None,
        label=_("Vilket stöd gäller det?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Välj vilket stöd remissen gäller.")},
    )
    team = OneOf(
        None,
        label=_("Vilket team?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Välj vilket team remissen ska till.")},
    )
    colleague = one_person(
        _("Vem på skolan svarar när du är borta?"), Membership.objects.none(), required=False
    )
    shows_grade_and_sex = yes(
        _("Teamet får se årskurs och kön innan familjen har samtyckt"),
        hint=_("Kryssa bara om ingen kan förstå vem eleven är av det."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = Programme.objects.filter(
            active=True, versions__current=True, versions__direct_start=False
        )
        current = [programme.current.pk for programme in versions]
        rows = ProgrammeVersion.objects.filter(pk__in=current).select_related("programme")
        self.among("programme", rows)
        self.among("team", self.obj.teams())
        mates = colleagues(self.obj.school).exclude(pk=self.obj.author_id)
        self.among("colleague", mates)
        for name in ("programme", "team", "colleague"):
            self.initial[name] = getattr(self.obj, f"{name}_id")
        teams = list(self.obj.teams()[:2])
        if self.initial["team"] is None and len(teams) == 1:
            self.initial["team"] = teams[0].pk


STEPS: dict[str, type[StepForm]] = {
    "svar": ReplyForm,
    "oro": WorryForm,
    "provat": MeasuresForm,
    "familjen": KnowsForm,
    "vart": WhereForm,
}
__all__ = ["STEPS", "FindPupilForm", "GuardianForm", "ProtectionForm", "PupilForm"]
