"""Documenting a review: one page for all that is asked, one decision after it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.http import Request
from history.reading import reads
from history.views.saving import saved
from referrals import choices
from referrals.forms.review import ReviewForm
from referrals.models import Case, Review
from referrals.models.belongs import AT_WORK
from referrals.views.showing import show


@require_http_methods(["GET", "POST"])
@reads("review.document")
def document(request: Request, reference: str, uuid: UUID | None = None) -> HttpResponse:
    """The booked review, or one that was never booked."""
    case = get_object_or_404(
        Case.objects.written_by(request.actor).select_related("programme__programme", "team"),
        reference=reference,
    )
    if case.status not in AT_WORK:
        raise Http404
    rows = Review.objects.visible_to(request.actor).filter(case=case)
    planned = rows.filter(status=choices.ReviewStatus.PLANNED)
    review = get_object_or_404(rows, uuid=uuid) if uuid else planned.first()
    if review and review.status != choices.ReviewStatus.PLANNED:
        return redirect("referrals:reviews", case.reference)  # documented already
    review = review or Review(case=case, held_on=clock.today())
    form = ReviewForm(request.POST or None, obj=review, actor=request.actor)
    context = {"form": form, "case": case, "obj": review, "who": show(case, request.actor)}
    context["back"] = f"/arenden/{case.reference}/"
    if form.is_valid() and (answer := saved(request, form, form.apply, context)):
        return answer
    return render(request, "referrals/review.html", context | {"title": _("Uppföljning")})
