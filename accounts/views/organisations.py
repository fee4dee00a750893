"""The register of organisations, as the administrator keeps it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock, csv_import, paging, register, standing
from accounts.forms import OwnForm, SeveralOf, choice, day, short_text, yes
from accounts.http import Request, typed
from accounts.models import Kind, Membership, Organisation
from accounts.views.asking import administrators


def one_of(
    label: Any, kinds: tuple[Kind, ...], *, hint: Any = ""
) -> forms.ModelChoiceField[Organisation]:
    rows = Organisation.objects.in_service().filter(kind__in=kinds).order_by("name")
    return forms.ModelChoiceField(
        rows,
        label=label,
        required=False,
        help_text=hint,
        empty_label=gettext_lazy("Ingen"),
        error_messages={"invalid_choice": gettext_lazy("Välj en organisation i listan.")},
    )


def address(*, required: bool = False) -> forms.EmailField:
    return forms.EmailField(
        label=gettext_lazy("Funktionsadress"),
        required=required,
        help_text=gettext_lazy("En brevlåda som alltid läses, inte en persons."),
        error_messages={
            "required": gettext_lazy("Skriv vart en överlämning ska skickas."),
            "invalid": gettext_lazy("Skriv en hel e-postadress, till exempel namn@kommun.se."),
        },
    )


class KindForm(OwnForm):
    kind = choice(gettext_lazy("Vad ska läggas till?"), Kind.choices)


class NewForm(OwnForm):
    """Makes one organisation, however often it is sent: the page says which uuid it is to have."""

    new = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)

    def clean_new(self) -> UUID:
        return self.cleaned_data["new"] or uuid4()

    def make(self, create: Callable[..., Organisation]) -> Organisation | None:
        """The new one, or the one this page has made already; None when it was refused."""
        uuid = self.cleaned_data["new"]
        made = Organisation.objects.filter(uuid=uuid)
        if there := made.first():
            return there
        try:
            return create(uuid=uuid)
        except (ValidationError, IntegrityError) as error:
            if there := made.first():  # the other of two clicks was first
                return there
            if not isinstance(error, ValidationError):
                raise
            self.blame(error)
        return None


class OrganisationForm(NewForm):
    """What the register knows of one kind of organisation; only the fields that kind has."""

    name = short_text(gettext_lazy("Namn"))
    code = short_text(
        gettext_lazy("Skolenhetskod"),
        limit=8,
        hint=gettext_lazy("Åtta siffror från Skolverket. Namn ändras, koden är nyckeln."),
    )
    independent = yes(gettext_lazy("Fristående"))
    municipality_code = short_text(
        gettext_lazy("Kommunkod"),
        required=False,
        limit=4,
        hint=gettext_lazy("Fyra siffror. Skolan kan ligga i en annan kommun."),
    )
    function_address = address()
    phone = short_text(
        gettext_lazy("Telefon"),
        required=False,
        limit=30,
        hint=gettext_lazy("Ett nummer som alltid besvaras. Skolor ringer det när ingen är utsedd."),
    )
    on = day(gettext_lazy("Från och med"))

    def __init__(self, *args: Any, kind: str, one: Organisation | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = register.LIES_IN[kind]
        if places:
            self.fields["parent"] = one_of(gettext_lazy("Ligger i"), places)
        if kind == Kind.SCHOOL:
            self.fields["provider"] = one_of(gettext_lazy("Huvudman"), (Kind.PROVIDER,))
        if kind == Kind.TEAM:
            reach = Organisation.objects.in_service().filter(
                kind__in=(Kind.MUNICIPALITY, Kind.DISTRICT, Kind.SCHOOL)
            )
            self.fields["serves"] = SeveralOf(
                reach.order_by("kind", "name"),
                label=gettext_lazy("Arbetar åt"),
                required=False,
                help_text=gettext_lazy("Lämna tomt för ett team som arbetar åt hela kommunen."),
                widget=forms.SelectMultiple({"size": 8}),
            )
        drop = {
            "code": kind == Kind.SCHOOL and one is None,
            "independent": kind in (Kind.SCHOOL, Kind.PROVIDER),
            "municipality_code": kind in (Kind.SCHOOL, Kind.MUNICIPALITY),
            "function_address": kind in (Kind.RECEIVER, Kind.TEAM, Kind.SCHOOL),
            "phone": kind in (Kind.TEAM, Kind.DISTRICT),
        }
        for name, has in drop.items():
            if not has:
                del self.fields[name]
        if kind == Kind.RECEIVER:
            self.fields["function_address"].required = True
        if one is not None:
            del self.fields["new"]
            # The field is drawn already: what it is called is said to the drawing too.
            self["on"].label = gettext_lazy("Ändringen gäller från och med")
            self["on"].help_text = gettext_lazy(
                "Byter organisationen namn, plats eller huvudman sparas det som gällde före den dagen."
            )
        self.initial.setdefault("on", clock.today())
        self.order_fields(["name", "code", "parent", "provider", "independent"])
        for name in ("parent", "provider", "serves"):
            if name in self.fields:
                self.fields[name].widget.attrs.setdefault("class", "input")
                self.lead_to(name, self[name].auto_id)


class FileForm(OwnForm):
    file = forms.FileField(
        label=gettext_lazy("CSV-fil"),
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        error_messages={
            "required": gettext_lazy("Välj en fil."),
            "empty": gettext_lazy("Filen är tom."),
        },
    )
    only_look = yes(gettext_lazy("Kontrollera bara, skriv inget"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > csv_import.LIMIT:
            raise ValidationError(_("Filen är för stor. Den får vara högst 2 MB."))
        return file


@require_GET
@administrators
def index(request: Request) -> HttpResponse:
    words, kind = typed(request.GET, "sok"), request.GET.get("slag", "")
    kind = kind if kind in Kind.values else ""
    closed = request.GET.get("alla") == "1"
    after = request.GET.get("efter", "")
    rows, more = register.page(words, kind, closed=closed, after=after)
    context = {
        "rows": rows,
        "more": more,
        "words": words,
        "kind": kind,
        "closed": closed,
        "ended": register.ended(words, kind) if words and not closed and not after else [],
        "kinds": Kind.choices,
    }
    return render(request, "accounts/organisations.html", context)


@require_GET
@administrators
def organisation(request: Request, uuid: UUID) -> HttpResponse:
    """What it is and was, what lies in it, who works there, and what is open."""
    one = found(uuid)
    asked = _asked_day(request)
    then = one.as_of(asked) if asked and one.since <= asked else None
    parts = one.parts.in_service().order_by("kind", "name", "pk")
    people = Membership.objects.in_force().filter(organisation=one).select_related("user")
    people = people.order_by("role", "user__last_name", "pk")
    shown, more = paging.page(parts, request.GET.get("efter", ""))
    here, more_people = paging.page(people, request.GET.get("personer", ""))
    context = {
        "one": one,
        "history": register.history(one),
        "asked": asked,
        "then": then,
        "run_by": register.run_by(one),
        "run_by_then": register.run_by(then) if then else "",
        "before": asked is not None and asked < one.since,
        "over": asked is not None and one.until is not None and asked >= one.until,
        "parts": shown,
        "more": more,
        "people": here,
        "more_people": more_people,
        "still": standing.still_open(one),
        "winds_up": not one.in_service and bool(here),
        "replaces": Organisation.objects.filter(successor=one).order_by("until", "pk"),
    }
    return render(request, "accounts/organisation.html", context)


def _asked_day(request: Request) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("dag", ""))
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
@administrators
def add(request: Request) -> HttpResponse:
    """First what kind, then the rest."""
    kind = request.GET.get("slag", "")
    if kind not in Kind.values:
        return render(request, "accounts/add_organisation.html", {"form": KindForm()})
    form = OrganisationForm(request.POST or None, kind=kind, one=None)
    if form.is_valid():
        given = form.cleaned_data
        fields = {name: given[name] for name in given if name not in ("new", "on")}
        create = partial(register.create, acting(request), kind=kind, since=given["on"], **fields)
        if one := form.make(create):
            return redirect("accounts:organisation", one.uuid)
    context = {"form": form, "kind": Kind(kind).label}
    return render(request, "accounts/add_organisation.html", context)


@require_http_methods(["GET", "POST"])
@administrators
def change(request: Request, uuid: UUID) -> HttpResponse:
    one = found(uuid)
    form = OrganisationForm(request.POST or None, kind=one.kind, one=one, initial=_as_it_is(one))
    if form.is_valid():
        given = form.cleaned_data
        on = given.pop("on")
        try:
            register.amend(acting(request), one, on=on, **given)
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect("accounts:organisation", uuid)
    context = {"form": form, "one": found(uuid)}
    return render(request, "accounts/change_organisation.html", context)


def _as_it_is(one: Organisation) -> dict[str, Any]:
    reached = ("function_address", "phone")
    names = ("name", "independent", "municipality_code", "parent", "provider", *reached)
    return {name: getattr(one, name) for name in names} | {"serves": one.serves.all()}


@require_http_methods(["GET", "POST"])
@administrators
def load(request: Request) -> HttpResponse:
    """The register from a file: faults by row and column, or how many rows were written."""
    form = FileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {
        "form": form,
        "columns": csv_import.COLUMNS,
        "kinds": csv_import.KINDS,
    }
    if form.is_valid():
        look = form.cleaned_data["only_look"]
        content = form.cleaned_data["file"].read()
        context["result"] = csv_import.load(content, acting(request), only_look=look)
        context["only_look"] = look
    return render(request, "accounts/load_organisations.html", context)


def found(uuid: UUID) -> Organisation:
    rows = Organisation.objects.select_related("parent", "provider", "successor")
    return get_object_or_404(rows, uuid=uuid)


def acting(request: Request) -> Membership:
    return request.actor  # `administrators` has seen to it
