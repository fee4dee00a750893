"""What can be added to a case, and what each kind asks for when it is begun."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock, school_days
from accounts.models import Kind, Membership, Organisation
from history.door import begin, edit, together
from history.forms import KeyForm
from history.models import Living
from referrals import choices
from referrals.forms.base import (
    OwnForm,
    choice,
    day,
    long_text,
    number,
    one_person,
    pick,
    short_text,
    yes,
)
from referrals.forms.changing import ByTheirWords, people_around
from referrals.handing import handover_choices
from referrals.models import (
    Absence,
    Case,
    Estimate,
    Goal,
    Intervention,
    MappedNeed,
    Note,
    Occasion,
    OutsideContact,
    Participant,
    Review,
    Section,
    Tool,
    Transfer,
)


class NewForm(KeyForm):
    """Asks for what a new thing in a case needs, and builds it, not yet born."""

    title: Any = ""
    button: Any = _("Spara")
    intro: Any = ""
    # Where on the case's pages one lands afterwards.
    lands = "referrals:case"
    # Whether the school may add it on its own side, besides those the case is open to in full.
    for_school = False

    def __init__(
        self, *args: Any, case: Case, actor: Membership, on: Any = None, **kwargs: Any
    ) -> None:
        self.case, self.actor, self.about = case, actor, on
        super().__init__(*args, **kwargs)

    @property
    def lands_on(self) -> str:
        return self.lands

    def build(self) -> Living:
        raise NotImplementedError

    def born_with(self) -> dict[str, Any]:
        """Details for `Living.born`."""
        return {}

    def apply(self) -> None:
        begin(self.build(), by=self.actor, key=self.cleaned_data["key"], **self.born_with())

    @property
    def data_without_key(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}


class NewNeed(NewForm):
    title = _("Nytt behov")
    text = long_text(_("Vilket behov ser ni?"), rows=3)
    section = forms.ModelChoiceField(
        Section.objects.none(),
        label=_("Var i kartläggningen syns det?"),
        required=False,
        empty_label=_("Ingen särskild del"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sections = Section.objects.visible_to(self.actor).filter(case=self.case).order_by("order")
        self.among("section", sections)

    @property
    def lands_on(self) -> str:
        """A need is found while mapping, and met in the plan."""
        mapping = self.case.status == choices.CaseStatus.MAPPING
        return "referrals:mapping" if mapping else "referrals:plan"

    def build(self) -> Living:
        return MappedNeed(case=self.case, **self.data_without_key)


class NewGoal(NewForm):
    title = _("Nytt mål")
    intro = _("Skriv målet tillsammans med eleven, med elevens ord.")
    lands = "referrals:plan"
    text = long_text(_("Vad vill eleven nå?"), rows=3)
    need = ByTheirWords(
        MappedNeed.objects.none(),
        label=_("Vilket behov gäller det?"),
        required=False,
        empty_label=_("Inget särskilt"),
    )
    parent = ByTheirWords(
        Goal.objects.none(),
        label=_("Är det ett delmål?"),
        required=False,
        empty_label=_("Nej, ett eget mål"),
    )
    owner = one_person(_("Vem ansvarar för målet?"), Membership.objects.none())
    who = short_text(
        _("Vem gör vad?"),
        required=False,
        hint=_("Till exempel: eleven, hemmet och mentorn."),
    )
    due = day(_("Klart till"))
    start = number(
        _("Var är eleven i dag? 1–10"),
        low=1,
        high=10,
        hint=_("1 är långt ifrån målet och 10 är helt framme. Fråga eleven."),
    )
    target = number(
        _("Vart vill ni nå? 1–10"),
        low=1,
        high=10,
        hint=_("Vad räcker för att eleven ska klara sig utan stödet?"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needs = MappedNeed.objects.visible_to(self.actor).filter(case=self.case, status="written")
        self.among("owner", people_around(self.case))
        self.initial.setdefault("owner", self.actor.pk)
        goals = Goal.objects.visible_to(self.actor).filter(
            case=self.case, parent=None, status="open"
        )
        for name, rows in (("need", needs), ("parent", goals)):
            self.among(name, rows)
        if self.about is not None:
            self.initial.setdefault("parent", self.about.pk)
        elif unmet := needs.filter(goals=None).order_by("pk").first():
            self.initial.setdefault("need", unmet.pk)  # every need is met by a goal, one by one

    def build(self) -> Living:
        return Goal(case=self.case, **self.data_without_key)


class NewEstimate(NewForm):
    title = _("Månadens skattning")
    lands = "referrals:plan"
    by_team = number(_("Teamets skattning, 1–10"), low=1, high=10)
    by_pupil = number(_("Elevens skattning, 1–10"), low=1, high=10, required=False)

    def build(self) -> Living:
        return Estimate(
            case=self.case, goal=self.about, month=clock.today(), **self.data_without_key
        )


class NewIntervention(NewForm):
    title = _("Välj ur verktygslådan")
    intro = _(
        "Vad varje verktyg är, och när det passar, står under Verktygslådan i menyn. Eleven och familjen säger ja eller nej till insatsen innan den börjar."
    )
    lands = "referrals:plan"
    tool = forms.ModelChoiceField(
        Tool.objects.none(),
        label=_("Verktyg"),
        empty_label=_("Välj"),
        error_messages={"required": _("Välj ett verktyg.")},
    )
    goal = ByTheirWords(
        Goal.objects.none(),
        label=_("Vilket mål ska det hjälpa till med?"),
        required=False,
        empty_label=_("Inget särskilt"),
    )
    owner = one_person(_("Vem ansvarar?"), Membership.objects.none())
    weeks = number(_("Hur många veckor?"), low=1, high=104)
    legal_form = pick(
        _("Rättslig form"),
        [("", _("Som verktygslådan säger")), *choices.LegalForm.choices],
        required=False,
    )
    note = long_text(_("Hur gör ni?"), required=False, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tools = Tool.objects.offered(self.case.programme.programme, self.case.team.district)
        goals = Goal.objects.visible_to(self.actor).filter(case=self.case, status="open")
        self.among("tool", tools)
        self.among("goal", goals)
        self.offer("tool", by_level(tools))
        self.among("owner", people_around(self.case))
        self.initial.setdefault("owner", self.actor.pk)
        self.initial.setdefault("weeks", 8)

    def build(self) -> Living:
        given = self.data_without_key
        given["legal_form"] = given["legal_form"] or given["tool"].legal_form
        return Intervention(case=self.case, **given)


def by_level(tools: Any) -> list[Any]:
    """The tools as groups: for the pupil, and for the class, group and school around the pupil."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for tool in tools:
        groups.setdefault(tool.level, []).append((tool.pk, tool.name))
    known = [(level.label, groups[level]) for level in choices.Level if level in groups]
    return [("", _("Välj")), *known]


class NewOccasion(NewForm):
    title = _("Nytt tillfälle")
    lands = "referrals:plan"
    on = day(_("Vilken dag?"))
    minutes = number(
        _("Hur många minuter?"),
        low=0,
        high=1440,
        required=False,
        hint=_("Lämna tomt om eleven inte kom."),
    )
    took_part = short_text(_("Vilka var med?"), required=False)
    no_show = yes(_("Eleven kom inte"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", clock.today())

    def build(self) -> Living:
        given = self.data_without_key
        given["minutes"] = given["minutes"] or 0
        return Occasion(case=self.case, intervention=self.about, given_by=self.actor, **given)


class NewNote(NewForm):
    title = _("Ny anteckning")
    intro = _("Du kan ändra utkastet tills du signerar det.")
    lands = "referrals:notes"
    for_school = True
    kind = choice(_("Vad är det?"), choices.NoteKind.choices)
    on = day(_("Vilken dag?"))
    at = forms.TimeField(
        label=_("Klockan"),
        required=False,
        help_text=_("Till exempel 14:30"),
        error_messages={"invalid": _("Skriv klockslaget så här: 14:30")},
    )
    took_part = short_text(_("Vilka var med?"), required=False)
    text = long_text(_("Anteckning"), rows=8)
    shown_to_other_side = yes(
        _("Visa för den andra sidan"),
        hint=_("Bara så länge familjens samtycke nämner gemensamma möten."),
    )
    hidden_from_guardian = yes(_("Visa inte för vårdnadshavare"))
    hidden_why = short_text(_("Varför inte?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", clock.today())

    def build(self) -> Living:
        return Note(
            case=self.case, written_by=self.actor, corrects=self.about, **self.data_without_key
        )


class NewOutside(NewForm):
    title = _("Ny kontakt med annan part")
    lands = "referrals:notes"
    kind = choice(_("Vilken part?"), choices.OutsideKind.choices)
    name = short_text(_("Vem där?"), required=False)
    next_step = short_text(_("Nästa steg"))
    due = day(_("Senast"))

    def build(self) -> Living:
        return OutsideContact(case=self.case, responsible=self.actor, **self.data_without_key)


class NewReview(NewForm):
    title = _("Boka uppföljning")
    held_on = day(_("Vilken dag?"))
    at = forms.TimeField(
        label=_("Klockan"),
        required=False,
        help_text=_("Till exempel 14:30"),
        error_messages={"invalid": _("Skriv klockslaget så här: 14:30")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("held_on", self.case.next_review or clock.today())

    def apply(self) -> None:
        """The booked day is the day the case is next reviewed."""
        with together(self.case):
            super().apply()
            if self.case.status == choices.CaseStatus.SUPPORT:
                edit(self.case, by=self.actor, next_review=self.cleaned_data["held_on"])

    def build(self) -> Living:
        return Review(case=self.case, **self.data_without_key)


def absence_fields() -> dict[str, forms.Field]:
    return {
        "period_from": day(_("Från och med")),
        "period_to": day(_("Till och med")),
        "unit": choice(_("Räknat i"), choices.Unit.choices),
        "offered": number(
            _("Erbjuden undervisning"),
            low=1,
            hint=_("All tid eleven skulle ha haft under perioden."),
            ask=_("Skriv hur mycket undervisning eleven skulle ha haft."),
        ),
        "reported": number(
            _("Rapporterad tid"),
            hint=_(
                "Den tid där närvaro eller frånvaro är rapporterad. Är allt rapporterat är den lika stor som erbjuden undervisning."
            ),
            ask=_("Skriv hur mycket tid som är rapporterad."),
        ),
        "valid": number(
            _("Giltig frånvaro"),
            hint=_("Till exempel sjukdom eller beviljad ledighet."),
            ask=_("Skriv den giltiga frånvaron, eller 0."),
        ),
        "invalid": number(
            _("Ogiltig frånvaro"),
            hint=_("Frånvaro utan giltigt skäl. Skriv 0 om den inte finns."),
            ask=_("Skriv den ogiltiga frånvaron, eller 0."),
        ),
        "source": choice(_("Var kommer uppgiften ifrån?"), choices.Source.choices),
    }


class AbsenceFields(OwnForm):
    """One measured period: from, to, offered, reported, kinds and source, never only a percentage."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("unit", choices.Unit.MINUTES)
        self.initial.setdefault("source", choices.Source.MANUAL)

    period_from, period_to, unit, offered, reported, valid, invalid, source = (
        absence_fields().values()
    )


class NewAbsence(NewForm):
    title = _("Ny mätning av frånvaron")
    intro = _("Mät på samma sätt som när remissen skrevs, så att det går att jämföra.")
    purpose = choice(
        _("Vad gäller den?"),
        choices.AbsencePurpose.choices[1:],
        hint=_("Slutläge är mätningen när stödet ska avslutas."),
    )
    period_from, period_to, unit, offered, reported, valid, invalid, source = (
        absence_fields().values()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        baseline = self.case.baseline
        if baseline is None:
            self.offer("purpose", choices.AbsencePurpose.choices)
            first, last = baseline_window(self.case)
            self.initial |= {"purpose": choices.AbsencePurpose.BASELINE}
            self.initial |= {"period_from": first, "period_to": last}
        self.initial.setdefault("unit", baseline.unit if baseline else choices.Unit.MINUTES)
        self.initial.setdefault("source", baseline.source if baseline else choices.Source.MANUAL)
        self.initial.setdefault("period_to", clock.today() - timedelta(days=1))

    def build(self) -> Living:
        return Absence(case=self.case, **self.data_without_key)


def baseline_window(case: Case) -> tuple[date, date]:
    """The programme's number of school days before the case was opened (SkolFam: 20)."""
    return school_days.before(case.opened, case.programme.baseline_days)


class NewParticipant(NewForm):
    title = _("Ny deltagare")
    intro = _("En deltagare läser ärendet så långt samtycket räcker.")
    membership = one_person(_("Vem?"), Membership.objects.none())
    profession = short_text(_("Yrke"), limit=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        both = Membership.objects.in_force().filter(
            organisation__in=(self.case.team_id, self.case.school_id)
        )
        self.among("membership", both.select_related("user"))

    def build(self) -> Living:
        return Participant(case=self.case, side=choices.Side.TEAM, **self.data_without_key)


class NewTransfer(NewForm):
    title = _("Förbered överlämning")
    intro = _(
        "Familjen behöver samtycka till överlämningen. Välj sedan, sak för sak, vad mottagaren får."
    )
    lands = "referrals:case"
    receiver = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Mottagare"),
        empty_label=_("Välj"),
        error_messages={"required": _("Välj mottagare.")},
    )
    proposal = choice(_("Varför?"), choices.Proposal.choices)
    summary = long_text(_("Sammanfattning till mottagaren"), rows=6)
    items = forms.MultipleChoiceField(
        label=_("Vad ska lämnas över?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Välj minst en sak att lämna över.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        receivers = Organisation.objects.in_service().of(Kind.RECEIVER)
        self.among("receiver", receivers)
        home = self.case.pupil.home_district and self.case.pupil.home_district.heir
        self.initial.setdefault(
            "receiver", receivers.filter(parent=home).values_list("pk", flat=True).first()
        )
        self.offer("items", handover_choices(self.case))

    def build(self) -> Living:
        given = self.data_without_key
        return Transfer(
            case=self.case,
            receiver=given["receiver"],
            proposal=given["proposal"],
            summary=given["summary"],
            responsible=self.case.responsible,
            deputy=self.case.deputy,
        )

    def born_with(self) -> dict[str, Any]:
        chosen = ["identity:" + str(self.case.pupil.uuid), *self.cleaned_data["items"]]
        return {"items": [tuple(item.split(":", 1)) for item in dict.fromkeys(chosen)]}


# kind → (form, the model of what it is added to, if not the case itself)
NEW: dict[str, tuple[type[NewForm], Any]] = {
    "behov": (NewNeed, None),
    "mal": (NewGoal, None),
    "delmal": (NewGoal, Goal),
    "skattning": (NewEstimate, Goal),
    "insats": (NewIntervention, None),
    "tillfalle": (NewOccasion, Intervention),
    "anteckning": (NewNote, None),
    "rattelse": (NewNote, Note),
    "kontakt": (NewOutside, None),
    "uppfoljning": (NewReview, None),
    "franvaro": (NewAbsence, None),
    "deltagare": (NewParticipant, None),
    "overlamning": (NewTransfer, None),
}
__all__ = ["NEW", "AbsenceFields", "NewForm"]
