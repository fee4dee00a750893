"""Staffing: what somebody who left held and who takes over, and who stands in for a leader on leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock, paging, people
from accounts.changes import change
from accounts.forms import OwnForm, PersonField, day, one_person, short_text
from accounts.http import Request
from accounts.models import LEADERS, Membership, Role, User
from history.door import Conflict, perform
from workflows import leaving as leavings
from workflows.models import Leaving, Vacancy

DECIDERS = (*LEADERS, Role.RECEIVER, Role.ADMIN)
# How long a leader may be stood in for without naming the deputy anew.
LONGEST = timedelta(days=366)
# How many one decides about in one form.
AT_ONCE = 200


def _actor(request: Request) -> Membership:
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in DECIDERS:
        raise Http404
    return actor


@require_GET
def index(request: Request) -> HttpResponse:
    """Hand-overs under way and vacancies that wait, and the leader's deputies."""
    actor = _actor(request)
    own = Q(vacancies__organisation=actor.organisation_id, vacancies__pupils=True)
    mine = Q(vacancies__pupils=False) if actor.role == Role.ADMIN else own
    undecided = Count("vacancies", filter=mine & Q(vacancies__status="open"), distinct=True)
    kept = Count("vacancies", filter=mine & Q(vacancies__status="kept_open"), distinct=True)
    others = Count("vacancies", filter=~mine & Q(vacancies__status="open"), distinct=True)
    rows = Leaving.objects.visible_to(actor).annotate(undecided=undecided, kept=kept, others=others)
    rows = rows.filter(Q(status="open") | Q(kept__gt=0)).select_related("person")
    leavings, more = paging.page(rows.order_by("began", "pk"), request.GET.get("efter", ""))
    context = {
        "leavings": leavings,
        "more": more,
        "deputies": _deputies(actor),
        "leads": actor.role in LEADERS and actor.stands_in_for_id is None,
        "stands_in_for": actor.stands_in_for,
    }
    return render(request, "workflows/staffing.html", context)


def _deputies(actor: Membership) -> list[tuple[Membership, date | None, bool]]:
    """Who stands in for the actor now or later, the last day, and whether it has begun."""
    today = clock.today()
    rows = Membership.objects.filter(stands_in_for=actor.pk, user__is_active=True)
    rows = rows.exclude(until__lte=today).select_related("user").order_by("since", "pk")
    return [(m, m.until - timedelta(days=1) if m.until else None, m.since <= today) for m in rows]


class DeputyForm(OwnForm):
    deputy = one_person(
        gettext_lazy("Vem ersätter dig?"),
        Membership.objects.none(),
        hint=gettext_lazy("Personen får samma rättigheter som du under tiden."),
    )
    since = day(gettext_lazy("Från och med"))
    last = day(gettext_lazy("Till och med"), hint=gettext_lazy("Det slutar av sig självt."))

    def __init__(self, *args: Any, actor: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = Membership.objects.in_force().filter(
            organisation=actor.organisation_id, stands_in_for=None
        )
        there = there.exclude(user=actor.user_id).exclude(role=actor.role)
        people = there.select_related("user").order_by("user__first_name", "pk")
        self.among("deputy", people)
        self.initial.setdefault("since", clock.today())

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        since, last = given.get("since"), given.get("last")
        if since and since < clock.today():
            self.add_error("since", _("Välj i dag eller en dag framåt."))
        if since and last and last - since > LONGEST:
            self.add_error("last", _("Högst ett år i taget."))
        return given


@require_http_methods(["GET", "POST"])
def deputise(request: Request) -> HttpResponse:
    """Name a deputy with the same rights for a period; it ends by itself."""
    actor = _leader(request)
    form = DeputyForm(request.POST or None, actor=actor)
    if form.is_valid():
        given = form.cleaned_data
        deputy = given["deputy"]
        try:
            people.add_membership(
                actor,
                deputy.user,
                organisation=actor.organisation,
                role=actor.role,
                since=given["since"],
                until=people.day_after(given["last"]),
                profession=deputy.profession,
                stands_in_for=actor,
            )
        except ValidationError as error:
            named = getattr(error, "error_dict", None)
            if named and "until" in named:
                named["last"] = named.pop("until")
            form.blame(error)
        else:
            return redirect("workflows:staffing")
    return render(request, "workflows/deputise.html", {"form": form})


@require_http_methods(["GET", "POST"])
def end_deputy(request: Request, uuid: UUID) -> HttpResponse:
    """Back earlier than planned: the deputy's rights end now."""
    actor = _leader(request)
    rows = Membership.objects.filter(stands_in_for=actor.pk).exclude(until__lte=clock.today())
    deputy = get_object_or_404(rows.select_related("user"), uuid=uuid)
    if request.method == "POST":
        with change(actor, "role.ended", deputy.user.uuid):
            deputy.until = max(clock.today(), deputy.since)
            deputy.save(update_fields=["until"])
        return redirect("workflows:staffing")
    return render(request, "workflows/end_deputy.html", {"deputy": deputy})


def _leader(request: Request) -> Membership:
    """Unit manager or principal in their own right; whoever stands in names nobody else."""
    actor = _actor(request)
    if actor.role not in LEADERS or actor.stands_in_for_id is not None:
        raise Http404
    return actor


class HandOverForm(OwnForm):
    """One choice for each vacancy: a successor, or vacant until the day below."""

    until = day(
        gettext_lazy("Vakant till och med"),
        required=False,
        hint=gettext_lazy("Gäller dem du lämnar vakanta. Då frågar vi igen."),
    )

    def __init__(self, *args: Any, vacancies: Iterable[Vacancy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.vacancies = {f"v{vacancy.pk}": vacancy for vacancy in vacancies}
        self.telephones = leavings.telephones(self.vacancies.values())
        for name, vacancy in self.vacancies.items():
            people_there = leavings.candidates(vacancy) if vacancy.can_be_filled else ()
            choices = [("", _("Bestäm senare")), ("vacant", _("Lämna vakant"))]
            choices += [
                (str(m.pk), PersonField.label_from_instance(None, m))  # type: ignore[arg-type]  # a label needs no field
                for m in people_there
            ]
            self.fields[name] = forms.ChoiceField(
                label=f"{vacancy.what} {vacancy.reference}",
                choices=choices,
                required=False,
                widget=forms.Select({"class": "input"}),
                error_messages={"invalid_choice": gettext_lazy("Välj någon i listan.")},
            )
            self.lead_to(name, self[name].auto_id)
            if (known := self.telephones.get(vacancy.pk)) is not None:
                hint = _("Lämna tomt för den nyas eget nummer, annars %s.") % known
                label = gettext_lazy("Numret som skolan ringer")
                number = short_text(label, required=False, limit=30, hint=hint)
                number.widget.attrs["class"] = "input"
                self.fields[f"tel{vacancy.pk}"] = number
        self.order_fields([*self.vacancies, "until"])

    def new_number(self, vacancy: Vacancy) -> str:
        """What is written for whoever takes over; "" for the number that is known."""
        said: str = self.cleaned_data.get(f"tel{vacancy.pk}", "")
        return said

    def rows(self) -> list[tuple[Vacancy, forms.BoundField, forms.BoundField | None]]:
        """Each vacancy with its choice, and the number where it needs one."""
        return [
            (one, self[name], self[f"tel{one.pk}"] if one.pk in self.telephones else None)
            for name, one in self.vacancies.items()
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        vacant = any(given.get(name) == "vacant" for name in self.vacancies)
        until = given.get("until")
        if vacant and "until" not in self.errors and (until is None or until <= clock.today()):
            self.add_error("until", _("Välj en dag framåt i tiden."))
        return given


@require_http_methods(["GET", "POST"])
def leaving(request: Request, uuid: UUID) -> HttpResponse:
    """Everything somebody held: who has it meanwhile, and a successor for each. The rule is asked
    row by row, and what was refused is said."""
    actor = _actor(request)
    row = get_object_or_404(Leaving.objects.visible_to(actor).select_related("person"), uuid=uuid)
    every = Vacancy.objects.visible_to(actor).filter(leaving=row)
    mine = every.filter(pupils=actor.role != Role.ADMIN).exclude(status="filled")
    mine = mine.select_related("left__user", "keeper__user", "organisation").order_by("pk")
    form = HandOverForm(request.POST or None, vacancies=mine[:AT_ONCE])
    refused: list[tuple[str, str]] = []
    if form.is_valid():
        refused = _decide(form, actor)
        if not refused:
            messages.success(request, _("Sparat."))
            return redirect("workflows:leaving", uuid)
        form = HandOverForm(vacancies=mine[:AT_ONCE])
    filled = every.filter(status="filled").select_related("successor__user", "organisation")
    if actor.role == Role.ADMIN:
        filled = filled.none()
    shown, more = paging.page(filled.order_by("pk"), request.GET.get("efter", ""))
    context = {
        "leaving": row,
        "form": form,
        "rows": form.rows(),
        "refused": refused,
        "later": max(mine.count() - AT_ONCE, 0),
        "filled": shown,
        "more": more,
        "elsewhere": _elsewhere(row) if actor.role == Role.ADMIN else [],
    }
    return render(request, "workflows/leaving.html", context)


def _elsewhere(row: Leaving) -> Any:
    """What the administrator sees of pupils' things: where, what kind, how many; no name."""
    return (
        row.vacancies.filter(pupils=True)
        .values("organisation__name")
        .annotate(
            waiting=Count("pk", filter=Q(status="open")),
            kept=Count("pk", filter=Q(status="kept_open")),
            filled=Count("pk", filter=Q(status="filled")),
        )
        .order_by("organisation__name")
    )


def _decide(form: HandOverForm, actor: Membership) -> list[tuple[str, str]]:
    """Make each choice, one transaction a row; what was refused, and why."""
    refused = []
    for name, vacancy in form.vacancies.items():
        chosen = form.cleaned_data.get(name)
        if not chosen:
            continue
        try:
            if chosen == "vacant":
                perform(vacancy.keep_open, by=actor, until=form.cleaned_data["until"])
            else:
                successor = Membership.objects.select_related("user").get(pk=chosen)
                leavings.fill(vacancy, successor, actor, phone=form.new_number(vacancy))
        except ValidationError as error:
            refused.append((str(vacancy), " ".join(error.messages)))
        except Conflict:
            refused.append((str(vacancy), _("Någon annan hann före. Ladda om sidan.")))
        except (PermissionDenied, Http404):
            refused.append((str(vacancy), _("Du får inte lämna över det här.")))
    return refused


def of_person(person: User) -> Leaving | None:
    """The hand-over after a person, the latest."""
    return Leaving.objects.filter(person=person).order_by("-pk").first()
