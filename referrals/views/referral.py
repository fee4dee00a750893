"""A referral, and the lists of referrals and cases."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.http import Request
from accounts.models import Role
from history.reading import reads, seen, subject
from referrals.choices import CaseStatus, Need, Purpose, ReferralStatus, Tried
from referrals.forms.offers import offers
from referrals.models import Case, Consent, Pupil, Referral
from referrals.timeline import timeline, told_of
from referrals.views.duplicate import the_one_that_stays
from referrals.views.showing import show

PAGE = 25
WHERE = {
    "draft": _("Utkastet är inte skickat än."),
    "submitted": _("Remissen är skickad. Teamet läser den och svarar."),
    "returned": _("Teamet behöver veta mer. Komplettera och skicka igen."),
    "accepted": _("Teamet har tagit emot remissen."),
    "declined": _("Teamet tar inte emot remissen."),
    "withdrawn": _("Remissen är tillbakatagen."),
}
# Where it says something else to those who received it.
OURS = {"submitted": _("Skolan har skickat en remiss.")}


def page_of_rows(request: Request, rows: QuerySet[Any], *columns: str) -> dict[str, Any]:
    """One page of plain rows, newest first, and the key of the next; never a count."""
    after = request.GET.get("efter", "")
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.order_by("-pk").values("pk", *columns)[: PAGE + 1])
    more = len(found) > PAGE
    return {"rows": found[:PAGE], "next": found[PAGE - 1]["pk"] if more else None}


def _named(rows: list[dict[str, Any]], actor: Any) -> None:
    """Put the pupil's name on the rows whose pupil the actor may know, and log every row."""
    uuids = {row["pupil__uuid"] for row in rows if row["pupil__uuid"]}
    names = {
        pupil.uuid: pupil.name for pupil in Pupil.objects.visible_to(actor).filter(uuid__in=uuids)
    }
    for row in rows:
        row["name"] = names.get(row["pupil__uuid"], "")
        if row["pupil__uuid"]:
            seen(row["pupil__uuid"], "own" if row["name"] else "sealed")


# A protected pupil stands in no list; the worklist of whoever may see them has the turn.
LISTED = Q(pupil=None) | Q(pupil__protection="none")


def _status(request: Request, statuses: Any) -> str:
    chosen = request.GET.get("steg", "")
    return chosen if chosen in statuses.values else ""


@require_GET
@reads("referral.list")
def listing(request: Request) -> HttpResponse:
    """The referrals the actor may know of."""
    if request.actor.role not in (Role.SCHOOL, Role.PRINCIPAL, Role.TEAM, Role.MANAGER):
        raise Http404
    rows = Referral.objects.visible_to(request.actor).filter(LISTED)
    if chosen := _status(request, ReferralStatus):
        rows = rows.filter(status=chosen)
    columns = ("reference", "status", "sent_on", "school__name", "pupil__uuid", "team__name")
    page = page_of_rows(request, rows, *columns)
    _named(page["rows"], request.actor)
    for row in page["rows"]:
        row["state"] = ReferralStatus(row["status"]).label
    context = page | {"statuses": ReferralStatus.choices, "chosen": chosen}
    return render(request, "referrals/list.html", context)


@require_GET
@reads("case.list")
def cases(request: Request) -> HttpResponse:
    """The cases the actor may know of; names only where they are theirs."""
    if request.actor.role not in (Role.SCHOOL, Role.PRINCIPAL, Role.TEAM, Role.MANAGER):
        raise Http404
    rows = Case.objects.visible_to(request.actor).filter(LISTED)
    if chosen := _status(request, CaseStatus):
        rows = rows.filter(status=chosen)
    columns = (
        "reference",
        "status",
        "school__name",
        "pupil__uuid",
        "programme__programme__name",
        "responsible__user__first_name",
        "responsible__user__last_name",
        "next_review",
    )
    page = page_of_rows(request, rows, *columns)
    _named(page["rows"], request.actor)
    for row in page["rows"]:
        row["state"] = CaseStatus(row["status"]).label
    return render(
        request, "referrals/cases.html", page | {"statuses": CaseStatus.choices, "chosen": chosen}
    )


def _to_be_asked(referral: Referral, case: Case | None, put: list[Consent]) -> bool:
    """Whether the family is the school's to ask now: sent, not ended, and nothing asked or given."""
    sent = referral.status in (ReferralStatus.SUBMITTED, ReferralStatus.ACCEPTED)
    goes_on = case is None or case.is_open
    return sent and goes_on and not any(one.is_open or one.status == "active" for one in put)


@require_GET
@reads("referral")
def detail(request: Request, reference: str) -> HttpResponse:
    """Where it stands, what it says as far as the reader may know, and what can be done."""
    referral = get_object_or_404(
        Referral.objects.visible_to(request.actor).select_related(
            "school",
            "team",
            "pupil",
            "programme__programme",
            "author__user",
            "responsible__user",
            "joined",
        ),
        reference=reference,
    )
    subject(referral.uuid)
    full = Referral.objects.visible_in_full(request.actor).filter(pk=referral.pk).exists()
    case = Case.objects.visible_to(request.actor).filter(referral=referral).first()
    baseline = referral.baseline
    own = referral.school_id == request.actor.organisation_id
    stays = the_one_that_stays(referral, request.actor)
    ways = offers(referral, request.actor)
    consents = list(
        Consent.objects.visible_to(request.actor).filter(referral=referral).order_by("-pk")
    )
    put = [one for one in consents if one.purpose == Purpose.SUPPORT]
    asked = next((one for one in put if one.is_open), None) if own else None
    context = {
        "referral": referral,
        "who": show(referral, request.actor),
        "full": full,
        "own": own,
        "stays": stays,
        # That there is another is told to its school and to who may read the other.
        "duplicate": referral.duplicate_of_id is not None and (own or stays is not None),
        "may_be_duplicate": any(move in ("withdraw", "decline") for move, _offer in ways),
        "where": (WHERE if own else OURS).get(referral.status, WHERE[referral.status]),
        "asked": asked,
        "asks": own and _to_be_asked(referral, case, put),
        "needs": [Need(code).label for code in referral.need_codes],
        "tried": [Tried(code).label for code in referral.tried.split()],
        "baseline": baseline,
        "case": case,
        "consents": consents,
        "offers": ways,
        "events": timeline(told_of(referral.trail_id, [Referral.objects.filter(pk=referral.pk)])),
        "outside": referral.outside_target() if referral.programme and referral.sent else [],
    }
    return render(request, "referrals/detail.html", context)
