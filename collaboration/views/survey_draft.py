"""A survey that nobody has been sent yet: whom it is for, and changing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import Request
from accounts.models import Role
from collaboration.forms.survey_draft import ChangeRoundForm
from collaboration.models import SurveyRound
from collaboration.views.acting import page_of
from history.views.saving import edit_of, saved


def meant_for(survey: SurveyRound) -> dict[str, Any]:
    """Whom a draft would go to if it were opened now."""
    return {
        "roles": [Role(code).label for code in survey.roles.split()],
        "people": survey.people_asked().values("user").distinct().order_by().count(),
        "addresses": survey.addresses.split(),
    }


@require_http_methods(["GET", "POST"])
def change(request: Request, uuid: UUID) -> HttpResponse:
    """Everything but which survey it is, until it is opened."""
    actor = request.actor
    survey = get_object_or_404(SurveyRound.objects.visible_to(actor), uuid=uuid)
    if not survey.editable or not survey.editor(survey, actor):
        raise Http404
    form = ChangeRoundForm(request.POST or None, obj=survey, actor=actor)
    offer = {"label": _("Ändra enkäten")}
    context = {"form": form, "obj": survey, "back": page_of(survey), "offer": offer}
    if form.is_valid():
        save = edit_of(form, survey, actor)
        if answer := saved(request, form, save, context):
            return answer
    return render(request, "collaboration/act.html", context)
