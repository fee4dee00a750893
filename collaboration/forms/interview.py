"""What is asked when an interview is planned, permitted, held and summarised."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.forms import PersonField, choice, day, long_text, one_person, pick, yes
from accounts.models import Kind, Membership, Organisation, Role
from collaboration.choices import InterviewOccasion, InterviewTheme, InterviewWith, PermissionHow
from collaboration.forms.agreement import WhyForm
from collaboration.forms.marks import WithoutPupils
from history.forms import KeyForm, MoveForm, Offer


def people(*roles: Role) -> QuerySet[Membership]:
    there = Membership.objects.in_force().filter(role__in=roles, stands_in_for=None)
    return there.select_related("user", "organisation").order_by("user__first_name", "pk")


class WhoWhere(PersonField):
    """Namesakes are told apart by where they work."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{super().label_from_instance(obj)}, {obj.organisation}"


class ArrangedForm(KeyForm):
    """When and where one conversation is, who holds it and who asks."""

    district = pick(_("Var?"))
    on = day(_("Vilken dag?"))
    interviewer = one_person(_("Vem håller intervjun?"), Membership.objects.none(), field=WhoWhere)
    asker = one_person(
        _("Vem frågar personen?"),
        Membership.objects.none(),
        required=False,
        hint=_(
            "Någon som känner eleven eller föräldern. Namnet på den som intervjuas skrivs inte här."
        ),
        field=WhoWhere,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Organisation.objects.in_service().of(Kind.DISTRICT)
        self.offer("district", [("", _("Välj")), *[(str(one.pk), one.name) for one in places]])
        self.among("interviewer", people(Role.CENTRAL, Role.DISTRICT, Role.MANAGER))
        self.among("asker", people(Role.TEAM, Role.MANAGER, Role.SCHOOL))

    def clean_district(self) -> Organisation:
        return Organisation.objects.get(pk=self.cleaned_data["district"])

    def clean_on(self) -> Any:
        chosen = self.cleaned_data["on"]
        if chosen and chosen < clock.today():
            self.add_error("on", _("Välj i dag eller en dag framåt."))
        return chosen


class PlanForm(ArrangedForm):
    """One conversation of the schedule."""

    subject = choice(_("Vem intervjuas?"), InterviewWith.choices)
    occasion = choice(_("När i arbetet?"), InterviewOccasion.choices)
    field_order = ("subject", "occasion", "district", "on", "interviewer", "asker")


class MoveToForm(MoveForm, ArrangedForm):
    """Another day or place, beginning with what is planned now."""

    def __init__(self, *args: Any, obj: Any, actor: Membership, **kwargs: Any) -> None:
        now = {
            "district": str(obj.district_id),
            "on": obj.on,
            "interviewer": obj.interviewer_id,
            "asker": obj.asker_id,
        }
        super().__init__(*args, obj=obj, actor=actor, initial=now, **kwargs)
        if obj.subject == InterviewWith.STAFF:
            del self.fields["asker"]


class PermitForm(MoveForm):
    how = choice(_("Hur sa personen ja?"), PermissionHow.choices)
    guardian = yes(_("Vårdnadshavaren har också sagt ja"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.obj.subject != InterviewWith.PUPIL:
            del self.fields["guardian"]


class HeldForm(MoveForm):
    on = day(_("Vilken dag var det?"))


class ThemesForm(WithoutPupils, MoveForm):
    """A box a theme; nothing that a person can be known by."""

    theme_helps = long_text(InterviewTheme.HELPS.label, required=False, rows=3)
    theme_hinders = long_text(InterviewTheme.HINDERS.label, required=False, rows=3)
    theme_trust = long_text(InterviewTheme.TRUST.label, required=False, rows=3)
    theme_voice = long_text(InterviewTheme.VOICE.label, required=False, rows=3)
    theme_change = long_text(InterviewTheme.CHANGE.label, required=False, rows=3)
    guarded = tuple(f"theme_{theme}" for theme in InterviewTheme.values)
    field_order = (*guarded, "sure")

    def details(self) -> dict[str, Any]:
        return {"themes": {name[6:]: self.cleaned_data[name] for name in self.guarded}}


OFFERS: dict[tuple[str, str], Offer] = {
    ("interview", "permit"): Offer(
        _("Personen har sagt ja"),
        PermitForm,
        _(
            "Det är ett eget ja till att bli intervjuad. Samtycket till stödet räcker inte, och ett nej påverkar inte stödet."
        ),
        primary=True,
    ),
    ("interview", "decline"): Offer(
        _("Personen säger nej"), MoveForm, _("Inget av det som har sagts sparas."), danger=True
    ),
    ("interview", "hold"): Offer(_("Intervjun är gjord"), HeldForm, primary=True),
    ("interview", "summarise"): Offer(
        _("Skriv sammanfattningen"),
        ThemesForm,
        _(
            "Skriv vad som sades under varje tema, så att ingen känns igen. Inga betyg och inga namn."
        ),
        primary=True,
    ),
    ("interview", "move_to"): Offer(
        _("Byt dag eller plats"),
        MoveToForm,
        _(
            "Den som redan har sagt ja behöver inte frågas igen om dagen eller platsen. "
            "Håller någon annan intervjun får personen frågan på nytt. Den som frågar får veta det."
        ),
    ),
    ("interview", "cancel"): Offer(_("Ställ in"), WhyForm, danger=True),
}
