"""The rule table of consents, and how many say no: what administrators and managers look at."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock
from accounts.http import Request
from accounts.models import Membership, Role
from history.reading import note_change
from referrals.choices import GuardiansSign, NoCode, Purpose
from referrals.forms.consent import RuleForm
from referrals.models import ConsentRule, consent_no, consent_rule

READERS = (Role.SCHOOL, Role.PRINCIPAL, Role.TEAM, Role.MANAGER, Role.DISTRICT, Role.ADMIN)
COUNTERS = (Role.MANAGER, Role.DISTRICT, Role.CENTRAL)
# Below this many a figure could be about somebody (design section 6).
FEW = 5


def _role(request: Request, roles: tuple[Role, ...]) -> Membership:
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in roles:
        raise Http404
    return actor


def _row(demand: consent_rule.Demand) -> dict[str, Any]:
    low = demand.age_from if demand.age_from is not None else 0
    ages = _("%(low)s–%(high)s år") % {"low": low, "high": demand.age_to}
    return {
        "purpose": Purpose(demand.purpose).label,
        "ages": _("från %s år") % low if demand.age_to is None else ages,
        "guardians": GuardiansSign(demand.guardians).label,
        "demand": demand,
    }


@require_GET
def rules(request: Request) -> HttpResponse:
    """Who has to sign, by purpose and age: what holds now, what is to come and what was."""
    actor = _role(request, READERS)
    own = ConsentRule.objects.select_related("set_by__user").order_by("-since", "-pk")
    context = {
        "own": [_row(row.demand) | {"coming": row.since > clock.today()} for row in own],
        "shipped": [_row(demand) for demand in consent_rule.shipped()],
        "keeps": actor.role == Role.ADMIN,
    }
    return render(request, "referrals/consent_rules.html", context)


@require_http_methods(["GET", "POST"])
def new_rule(request: Request) -> HttpResponse:
    """Set a rule from a day on; an older one is never changed, so that what held can be told."""
    actor = _role(request, (Role.ADMIN,))
    form = RuleForm(request.POST or None)
    if form.is_valid():
        rule = form.build(actor)
        with transaction.atomic():
            rule.save()
            note_change(actor, "consent_rule.set", rule.uuid)
        return redirect("referrals:consent_rules")
    return render(request, "referrals/consent_rule.html", {"form": form})


@require_GET
def refusals(request: Request) -> HttpResponse:
    """How many have said no in a year, and why; never who, and no small numbers."""
    actor = _role(request, COUNTERS)
    today = clock.today()
    since = date(today.year - 1, today.month, 1)
    district = None if actor.role == Role.CENTRAL else actor.organisation.district
    counted = consent_no.by_reason(since, district)
    return render(request, "referrals/refusals.html", figures(counted) | {"since": since})


def figures(counted: dict[str, int]) -> dict[str, Any]:
    """Rows and a total; a single hidden row is not to be worked out from the total."""
    rows = [(NoCode(code).label, counted.get(code, 0)) for code in NoCode.values]
    few = [n for _label, n in rows if 0 < n < FEW]
    total = sum(counted.values())
    hidden = total < FEW or len(few) == 1
    shown = [(label, n if n == 0 or n >= FEW else None) for label, n in rows]
    return {"rows": shown, "total": None if hidden and total else total, "few": FEW}
