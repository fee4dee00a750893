"""A case without a school's referral, in programmes that begin with the team (SkolFam)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts import personnummer
from accounts.http import Request
from accounts.models import Kind, Membership, Organisation, Role
from history.door import begin
from history.reading import reads, seen
from referrals.choices import NotKnown
from referrals.forms.base import OneOf, day, one_person, pick, short_text
from referrals.forms.moves import colleagues
from referrals.forms.referral import ProgrammeField, PupilForm
from referrals.models import Case, ProgrammeVersion, Pupil


class DirectForm(PupilForm):
    number = short_text(_("Personnummer"), hint=_("Tolv siffror."), limit=20)
    programme = ProgrammeField(None, label=_("Program"), empty_label=_("Välj"))
    school = OneOf(None, label=_("Elevens skola"), empty_label=_("Välj"))
    responsible = one_person(_("Ansvarig"), Membership.objects.none())
    deputy = one_person(_("Ersättare"), Membership.objects.none())
    baseline_asked = day(_("När svarar skolan om frånvaron före start?"), required=False)
    baseline_unknown = pick(
        _("Om frånvaron inte går att få: varför?"),
        [("", _("Skolan är tillfrågad")), *NotKnown.choices],
        required=False,
    )

    def __init__(self, *args: Any, actor: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = ProgrammeVersion.objects.filter(
            current=True, direct_start=True, programme__active=True
        )
        schools = Organisation.objects.in_service().of(Kind.SCHOOL)
        for name, rows in (("programme", versions), ("school", schools)):
            self.among(name, rows)
        for name in ("responsible", "deputy"):
            self.among(name, colleagues(actor.organisation))
        self.order_fields(["programme", "number"])

    def clean_number(self) -> personnummer.Number:
        return personnummer.read(self.cleaned_data["number"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("baseline_asked") and not cleaned.get("baseline_unknown"):
            self.add_error(
                "baseline_asked", _("Skriv när skolan svarar, eller välj varför det inte går.")
            )
        if cleaned.get("responsible") and cleaned.get("responsible") == cleaned.get("deputy"):
            self.add_error("deputy", _("Ansvarig och ersättare kan inte vara samma person."))
        return cleaned


@require_http_methods(["GET", "POST"])
@reads("case.direct")
def begin_case(request: Request) -> HttpResponse:
    """Register the pupil if the team has not, and open the case; consent is asked by the team."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in (Role.TEAM, Role.MANAGER):
        raise Http404
    form = DirectForm(request.POST or None, actor=actor)
    if form.is_valid():
        try:
            case = _opened(form.cleaned_data, actor)
        except ValidationError as error:
            form.blame(error)
        except IntegrityError:
            form.add_error(
                "number", _("Eleven är redan registrerad på skolan. Be skolan skriva en remiss.")
            )
        else:
            seen(case.pupil.uuid, "own")
            request.session["opened"] = str(case.pupil.uuid)  # who registers has the reason
            return redirect("referrals:case", case.reference)
    return render(request, "referrals/direct.html", {"form": form})


PUPIL = tuple(PupilForm.base_fields)


def _opened(given: dict[str, Any], actor: Membership) -> Case:
    if not actor.organisation.in_service:
        raise ValidationError(_("Teamet har upphört och tar inte emot nya elever."))
    number = given["number"]
    pupil = Pupil(
        school=given["school"],
        team=actor.organisation,
        registered_by=actor,
        number=number.text,
        birth_date=number.day.isoformat(),
        foster_placed=given["programme"].foster_placed,
        **{name: given[name] for name in PUPIL},
    )
    pupil = begin(pupil, by=actor).obj
    case = Case(
        pupil=pupil,
        programme=given["programme"],
        team=actor.organisation,
        school=given["school"],
        responsible=given["responsible"],
        deputy=given["deputy"],
        baseline_asked=given["baseline_asked"],
        baseline_unknown=given["baseline_unknown"],
    )
    begun: Case = begin(case, by=actor).obj
    return begun
