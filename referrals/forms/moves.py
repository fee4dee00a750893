"""What each move of a path asks for; `offers.py` says which are offered, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Kind, Membership, Organisation, Role
from referrals import choices
from referrals.forms.base import (
    MoveForm,
    OneOf,
    WithReason,
    choice,
    day,
    long_text,
    one_person,
    several,
    short_text,
    yes,
)
from referrals.handing import handover_choices
from referrals.models import Pupil


def colleagues(organisation: Organisation | None) -> Any:
    """Those who work in a team or at a school right now and could take something on."""
    roles = (Role.TEAM, Role.MANAGER, Role.SCHOOL, Role.PRINCIPAL, Role.RECEIVER)
    there = Membership.objects.in_force().filter(organisation=organisation, role__in=roles)
    return (
        there.filter(stands_in_for=None).select_related("user").order_by("user__first_name", "pk")
    )


class ReturnForm(MoveForm):
    code = choice(_("Varför går den tillbaka?"), choices.ReturnCode.choices, required=False)
    missing = long_text(
        _("Vad behöver skolan komplettera?"),
        required=False,
        hint=_("Skolan ser det du skriver. Skriv inga namn."),
        rows=4,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("code", choices.ReturnCode.MORE)

    def clean_code(self) -> str:
        """Somebody who only asks a question has said why."""
        return self.cleaned_data["code"] or choices.ReturnCode.MORE


class AskManagerForm(WithReason):
    needs_protection = yes(
        _("Det här ska vara en orosanmälan"),
        hint=_("Då ska enhetschefen svara skolan i dag."),
    )
    field_order = ("needs_protection", "reason")


class AcceptForm(MoveForm):
    responsible = one_person(_("Ansvarig"), Membership.objects.none())
    deputy = one_person(
        _("Ersättare"), Membership.objects.none(), hint=_("Den som tar över när ansvarig är borta.")
    )
    exception = long_text(_("Varför tar ni emot utanför målgruppen?"), required=False, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("responsible", "deputy"):
            self.among(name, colleagues(self.obj.team))
        self.initial.setdefault("responsible", self.actor.pk)
        self.initial.setdefault(
            "deputy",
            self.obj.deputy_id if self.obj.deputy_id != self.actor.pk else self.obj.responsible_id,
        )
        if not self.obj.outside_target():
            del self.fields["exception"]


class DeclineReferralForm(MoveForm):
    code = choice(
        _("Varför tar ni inte emot?"),
        [c for c in choices.DeclineCode.choices if c[0] != choices.DeclineCode.DUPLICATE],
        ask=_("Välj varför remissen inte tas emot."),
    )
    instead = long_text(
        _("Vart kan skolan vända sig i stället?"),
        required=False,
        hint=_("Skolan ser det du skriver."),
        rows=4,
    )


class WithdrawReferralForm(WithReason):
    code = choice(
        _("Varför tar ni tillbaka remissen?"),
        [c for c in choices.WithdrawCode.choices if c[0] != choices.WithdrawCode.DUPLICATE],
    )
    field_order = ("code", "reason")


class HandOnForm(MoveForm):
    responsible = one_person(_("Ansvarig"), Membership.objects.none())
    deputy = one_person(_("Ersättare"), Membership.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A question to a family belongs to the side that asked, all else to the team.
        side = self.obj.asker if hasattr(self.obj, "asker") else self.obj.team
        for name in ("responsible", "deputy"):
            self.among(name, colleagues(side))
            self.initial.setdefault(name, getattr(self.obj, f"{name}_id"))


class AgreePlanForm(MoveForm):
    next_review = day(_("Nästa uppföljning"), hint=_("Ni kan ändra dagen senare."))
    voice_how = choice(_("Hur har eleven varit med?"), choices.VoiceHow.choices)
    voice_known = long_text(
        _("Hur vet ni vad eleven tycker?"),
        required=False,
        hint=_("Behövs om eleven inte var med."),
        rows=3,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("next_review", suggested_review(self.obj))


def suggested_review(case: Any) -> Any:
    """The last day the programme allows, so that nobody has to count weeks."""
    return clock.today() + timedelta(weeks=case.programme.review_weeks)


class ContinueForm(MoveForm):
    next_review = day(_("Nästa uppföljning"))
    why = long_text(
        _("Varför fortsätter ni?"),
        required=False,
        hint=_("Behövs när två uppföljningar i rad inte har visat framsteg."),
        rows=3,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("next_review", suggested_review(self.obj))


class RevisePlanForm(MoveForm):
    why = long_text(_("Varför behöver planen ändras?"), rows=3)
    pupil_asked = yes(_("Eleven är tillfrågad"), required=True, ask=_("Fråga eleven först."))


class ProposeClosureForm(WithReason):
    code = choice(_("Varför avslutas ärendet?"), ())
    planned = forms.TypedChoiceField(
        label=_("Är avslutet planerat?"),
        choices=[("1", _("Ja, vi har planerat det tillsammans")), ("0", _("Nej, det blev så"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": _("Välj om avslutet är planerat.")},
    )
    field_order = ("code", "planned", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.obj.programme.closure_codes
        self.offer("code", [c for c in choices.ENDS if not known or c[0] in known])


class ChangeSchoolForm(WithReason):
    school = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Ny skola"),
        empty_label=_("Välj"),
        error_messages={"required": _("Välj elevens nya skola.")},
    )
    on = day(
        _("Från och med"),
        hint=_(
            "Den dagen slutar den gamla skolan läsa. Den nya läser inget förrän ett samtycke nämner den."
        ),
    )
    field_order = ("school", "on", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", clock.today())
        schools = Organisation.objects.in_service().of(Kind.SCHOOL).exclude(pk=self.obj.school_id)
        self.among("school", schools)


class ProposeTeamForm(WithReason):
    team = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Vilket team ska ta över?"),
        empty_label=_("Välj"),
        error_messages={"required": _("Välj ett team.")},
    )
    field_order = ("team", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Organisation.objects.in_service().of(Kind.TEAM).exclude(pk=self.obj.team_id)
        self.among("team", teams)


class AgreeTeamForm(MoveForm):
    responsible = one_person(_("Ansvarig i det nya teamet"), Membership.objects.none())
    deputy = one_person(_("Ersättare i det nya teamet"), Membership.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("responsible", "deputy"):
            self.among(name, colleagues(self.obj.next_team))


class ReportErrorForm(MoveForm):
    why = long_text(_("Vad blev fel?"), rows=3, ask=_("Skriv vad som blev fel."))

    def details(self) -> dict[str, Any]:
        return super().details() | {"reporter": self.actor}


class SectionForm(MoveForm):
    strengths = long_text(
        _("Vad fungerar?"), required=False, hint=_("Styrkor och sådant som redan hjälper."), rows=5
    )
    text = long_text(_("Vad är svårt, och vad ligger bakom?"), required=False, rows=7)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("strengths", "text"):
            self.initial.setdefault(name, getattr(self.obj, name).open())


class WhyForm(MoveForm):
    why = long_text(_("Varför?"), rows=3, ask=_("Skriv varför."))


class InErrorForm(MoveForm):
    """What was written stays as it was, gone from all pages; why is kept with the event."""

    reason = long_text(
        _("Vad är fel?"),
        rows=3,
        hint=_("Sparas med händelsen. Skriv inga namn."),
        ask=_("Skriv vad som är fel."),
    )


class AssignForm(MoveForm):
    side = choice(_("Vem äger delen?"), choices.Side.choices)
    owner = one_person(_("Person"), Membership.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        both = (self.obj.case.team_id, self.obj.case.school_id)
        people = Membership.objects.in_force().filter(organisation__in=both).select_related("user")
        self.among("owner", people)


class VoiceForm(MoveForm):
    words = long_text(
        _("Elevens egna ord"), hint=_("Skriv det eleven säger, som eleven säger det."), rows=8
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("words", self.obj.words.open())


class FosterForm(MoveForm):
    words = long_text(
        _("Familjehemmets egna ord"), hint=_("Skriv det som sägs, som det sägs."), rows=8
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("words", self.obj.words.open())


class AssessForm(MoveForm):
    on = day(_("Bedömd den"))
    pupils_view = choice(
        _("Vad tycker eleven?"),
        [
            ("fully", _("Helt uppnått")),
            ("partly", _("Delvis uppnått")),
            ("not", _("Inte uppnått")),
            ("unknown", _("Vet inte")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", clock.today())


class DropForm(WhyForm):
    on = day(_("Struket den"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", clock.today())


class CancelForm(MoveForm):
    code = choice(_("Varför avbryts insatsen?"), choices.CancelCode.choices)


class NextStepForm(MoveForm):
    next_step = short_text(_("Nästa steg"))
    due = day(_("Senast"))


class AcknowledgeForm(MoveForm):
    person = one_person(_("Vem tar hand om det hos er?"), Membership.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.among("person", colleagues(self.obj.receiver))
        self.initial.setdefault("person", self.actor.pk)


class OnForm(MoveForm):
    on = day(_("Vilken dag?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", clock.today())


class FeedbackForm(OnForm):
    feedback = choice(_("Vilket besked fick ni?"), choices.Feedback.choices)
    field_order = ("feedback", "on")


class LapseForm(MoveForm):
    code = choice(_("Varför avslutar ni frågan?"), choices.LapseCode.choices)


class NarrowForm(MoveForm):
    categories = several(
        _("Vad får delas i fortsättningen?"),
        choices.Category.choices,
        hint=_("Ta bort det som inte längre ska delas."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.obj.category_list
        self.offer("categories", [c for c in choices.Category.choices if c[0] in now])
        self.initial.setdefault("categories", now)
        if self.obj.purpose == choices.Purpose.SUPPORT and self.obj.names_school_id:
            self.fields["without_school"] = yes(_("Skolan ska inte läsa vad teamet skriver"))


class ApproveForm(MoveForm):
    def details(self) -> dict[str, Any]:
        return {"approver": self.actor}


class LineField(OneOf):
    """A line by its person's name, or by its place among the guardians."""

    named = True
    # The guardians' lines in order, by key.
    guardians: Sequence[int] = ()

    def label_from_instance(self, obj: Any) -> str:
        """By name only for whoever may know it; anyone can still note what they were told."""
        if self.named:
            return str(obj.person.name)
        if obj.is_pupil:
            return str(_("Eleven"))
        return str(_("Vårdnadshavare %s") % (self.guardians.index(obj.pk) + 1))


class WithdrawConsentForm(WithReason):
    line = LineField(
        queryset=None,
        label=_("Vem tar tillbaka sitt samtycke?"),
        empty_label=_("Välj"),
        error_messages={"required": _("Välj vem det är.")},
    )
    how = choice(_("Hur fick ni veta det?"), choices.Method.choices)
    field_order = ("line", "how", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, lines = cast(LineField, self.fields["line"]), self.obj.lines
        rows = field.queryset = lines.select_related("guardian", "consent__pupil")
        field.named = Pupil.objects.visible_to(self.actor).filter(pk=self.obj.pupil_id).exists()
        field.guardians = [row.pk for row in rows.order_by("pk") if not row.is_pupil]


class GoOnForm(MoveForm):
    until = day(_("Till och med vilken dag går ni vidare?"))
    school = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Vilken skola går eleven till?"),
        empty_label=_("Välj"),
        help_text=_("Familjens samtycke behöver nämna skolan."),
        error_messages={"required": _("Välj elevens nya skola.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools = Organisation.objects.in_service().of(Kind.SCHOOL)
        self.among("school", schools)


class ChooseItemsForm(MoveForm):
    """What is handed over, thing by thing; the identity always goes with it."""

    items = several(_("Vad ska lämnas över?"), (), ask=_("Välj minst en sak att lämna över."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("items", handover_choices(self.obj.case))
        chosen = [f"{row.kind}:{row.item}" for row in self.obj.items.all()]
        self.initial.setdefault("items", chosen)

    def details(self) -> dict[str, Any]:
        chosen = ["identity:" + str(self.obj.case.pupil.uuid), *self.cleaned_data["items"]]
        return {"items": [tuple(item.split(":", 1)) for item in dict.fromkeys(chosen)]}


class HandoverForm(MoveForm):
    """Empty: what is handed over has been chosen on its own page; here it is only confirmed."""


class ReviewGlassForm(MoveForm):
    verdict = choice(
        _("Var öppningen befogad?"),
        choices.GlassVerdict.choices,
        ask=_("Välj om öppningen var befogad."),
    )
    comment = long_text(_("Kommentar"), required=False, rows=3)
