"""The register of organisations, as the administrator keeps it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock, csv_import, paging, register, standing
from accounts.forms import OwnForm, SeveralOf, SplitDateField, choice, day, short_text, yes
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


class KindForm(OwnForm):
    kind = choice(gettext_lazy("Vad ska läggas till?"), Kind.choices)


class OrganisationForm(OwnForm):
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
    function_address = forms.EmailField(
        label=gettext_lazy("Funktionsadress"),
        required=False,
        help_text=gettext_lazy("En brevlåda som alltid läses, inte en persons."),
        error_messages={
            "invalid": gettext_lazy("Skriv en hel e-postadress, till exempel namn@kommun.se.")
        },
    )
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
        if one is not None:
            self.fields["on"].label = gettext_lazy("Ändringen gäller från och med")
            self.fields["on"].help_text = gettext_lazy(
                "Byter organisationen namn eller plats sparas det som gällde före den dagen."
            )
        self.initial.setdefault("on", clock.today())
        self.order_fields(["name", "code", "parent", "provider", "independent"])
        for name in ("parent", "provider", "serves"):
            if name in self.fields:
                self.fields[name].widget.attrs.setdefault("class", "input")
                self.lead_to(name, self[name].auto_id)


class CloseForm(OwnForm):
    """When, who follows, and for each kind of thing still open: it goes over, or why not."""

    on = day(gettext_lazy("Första dagen den inte finns"))

    def __init__(self, *args: Any, one: Organisation, still: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        followers = Organisation.objects.in_service().filter(kind=one.kind).exclude(pk=one.pk)
        self.fields["successor"] = forms.ModelChoiceField(
            followers.order_by("name"),
            label=gettext_lazy("Ersätts av"),
            required=False,
            empty_label=gettext_lazy("Ingen"),
            help_text=gettext_lazy("Flera organisationer kan ersättas av samma."),
            error_messages={"invalid_choice": gettext_lazy("Välj en organisation i listan.")},
        )
        self.still = still
        for kind, count in still:
            if kind.follow is not None:
                label = _("%(what)s (%(n)s) går över till efterföljaren")
                self.fields[f"goes_{kind.key}"] = yes(label % {"what": kind.label, "n": count})
                self.initial.setdefault(f"goes_{kind.key}", True)
            label = _("%(what)s (%(n)s): varför det blir kvar")
            self.fields[kind.key] = short_text(
                label % {"what": kind.label, "n": count}, required=False, limit=500
            )
        self.initial.setdefault("on", clock.today())
        for name in self.fields:
            if not name.startswith("goes_"):
                self.fields[name].widget.attrs.setdefault("class", "input")
            if not isinstance(self.fields[name], SplitDateField):
                self.lead_to(name, self[name].auto_id)

    def decided(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "on": given["on"],
            "successor": given["successor"],
            "follows": [kind.key for kind, _n in self.still if given.get(f"goes_{kind.key}")],
            "reasons": {kind.key: given.get(kind.key, "") for kind, _n in self.still},
        }


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
    rows, more = register.page(words, kind, closed=closed, after=request.GET.get("efter", ""))
    context = {
        "rows": rows,
        "more": more,
        "words": words,
        "kind": kind,
        "closed": closed,
        "kinds": Kind.choices,
    }
    return render(request, "accounts/organisations.html", context)


@require_GET
@administrators
def organisation(request: Request, uuid: UUID) -> HttpResponse:
    """What it is and was, what lies in it, who works there, and what is open."""
    one = _one(uuid)
    asked = _asked_day(request)
    parts = one.parts.in_service().order_by("kind", "name", "pk")
    people = Membership.objects.in_force().filter(organisation=one).select_related("user")
    people = people.order_by("role", "user__last_name", "pk")
    shown, more = paging.page(parts, request.GET.get("efter", ""))
    here, more_people = paging.page(people, request.GET.get("personer", ""))
    context = {
        "one": one,
        "history": register.history(one),
        "asked": asked,
        "then": one.as_of(asked) if asked and one.since <= asked else None,
        "before": asked is not None and asked < one.since,
        "over": asked is not None and one.until is not None and asked >= one.until,
        "parts": shown,
        "more": more,
        "people": here,
        "more_people": more_people,
        "still": standing.still_open(one),
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
        since = given.pop("on")
        try:
            one = register.create(_actor(request), kind=kind, since=since, **given)
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect("accounts:organisation", one.uuid)
    context = {"form": form, "kind": Kind(kind).label}
    return render(request, "accounts/add_organisation.html", context)


@require_http_methods(["GET", "POST"])
@administrators
def change(request: Request, uuid: UUID) -> HttpResponse:
    one = _one(uuid)
    form = OrganisationForm(request.POST or None, kind=one.kind, one=one, initial=_as_it_is(one))
    if form.is_valid():
        given = form.cleaned_data
        on = given.pop("on")
        try:
            register.amend(_actor(request), one, on=on, **given)
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect("accounts:organisation", uuid)
    context = {"form": form, "one": _one(uuid)}
    return render(request, "accounts/change_organisation.html", context)


def _as_it_is(one: Organisation) -> dict[str, Any]:
    reached = ("function_address", "phone")
    names = ("name", "independent", "municipality_code", "parent", "provider", *reached)
    return {name: getattr(one, name) for name in names} | {"serves": one.serves.all()}


@require_http_methods(["GET", "POST"])
@administrators
def close(request: Request, uuid: UUID) -> HttpResponse:
    """Close it, or let another take over; `?till=` chooses whom, `?sedan=` what is closed next."""
    one = _one(uuid)
    still = standing.still_open(one)
    chosen = _uuid(request.GET.get("till", ""))
    heir = Organisation.objects.filter(uuid=chosen).first() if chosen else None
    initial = {"successor": heir, "on": _ends(one, heir)}
    form = CloseForm(request.POST or None, one=one, still=still, initial=initial)
    if form.is_valid():
        try:
            register.close(_actor(request), one, **form.decided())
        except ValidationError as error:
            form.blame(error)
        else:
            messages.success(request, _("%s finns inte längre.") % one.name)
            return redirect(_next(request, one))
    context = {"form": form, "one": one, "still": still}
    return render(request, "accounts/close_organisation.html", context)


def _ends(one: Organisation, heir: Organisation | None) -> date:
    """When it ends unless another day is chosen: the day its successor began, if that lies within
    its own time; else today."""
    today = clock.today()
    return heir.since if heir is not None and one.since < heir.since <= today else today


def _next(request: Request, one: Organisation) -> str:
    """The next one to close in a merger, else the page of what was closed."""
    waiting = [uuid for part in request.GET.get("sedan", "").split(",") if (uuid := _uuid(part))]
    here = Organisation.objects.in_service().filter(uuid__in=waiting).exclude(pk=one.pk).first()
    if here is None:
        return reverse("accounts:organisation", args=[one.uuid])
    left = ",".join(str(uuid) for uuid in waiting if uuid != here.uuid)
    query = f"?till={request.GET.get('till', '')}&sedan={left}"
    return reverse("accounts:close_organisation", args=[here.uuid]) + query


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class MergeForm(OwnForm):
    """Two or more of a kind become one: either a new one, or one of those there already."""

    name = short_text(gettext_lazy("Vad heter den nya?"))
    on = day(gettext_lazy("Från och med"))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Organisation.objects.in_service().filter(kind=kind).order_by("name")
        self.fields["old"] = SeveralOf(
            rows,
            label=gettext_lazy("Vilka slås ihop?"),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": gettext_lazy("Välj minst två.")},
        )
        self.lead_to("old", f"{self['old'].auto_id}_0")
        self.initial.setdefault("on", clock.today())
        self.order_fields(["old", "name", "on"])

    def clean_on(self) -> date:
        """The old ones are closed at once, each with what it has open, and cannot wait for a day."""
        on: date = self.cleaned_data["on"]
        if on > clock.today():
            raise ValidationError(
                _("Välj senast i dag. En sammanslagning längre fram görs när dagen har kommit.")
            )
        return on

    def clean_old(self) -> Any:
        if len(self.cleaned_data["old"]) < 2:
            raise ValidationError(_("Välj minst två."))
        return self.cleaned_data["old"]


@require_http_methods(["GET", "POST"])
@administrators
def merge(request: Request, kind: str) -> HttpResponse:
    """Make the new one, then close the old ones one at a time, each with what it has open."""
    mergeable = (Kind.DISTRICT, Kind.TEAM, Kind.RECEIVER)
    if kind not in mergeable:
        raise Http404
    chosen = Kind(kind)
    form = MergeForm(request.POST or None, kind=chosen)
    if form.is_valid():
        old = list(form.cleaned_data["old"])
        try:
            new = register.create(
                _actor(request),
                kind=chosen,
                name=form.cleaned_data["name"],
                parent=old[0].parent,
                since=form.cleaned_data["on"],
                serves=Organisation.objects.filter(served_by__in=old).distinct(),
            )
        except ValidationError as error:
            form.blame(error)
        else:
            rest = ",".join(str(one.uuid) for one in old[1:])
            where = reverse("accounts:close_organisation", args=[old[0].uuid])
            return redirect(f"{where}?till={new.uuid}&sedan={rest}")
    context = {"form": form, "kind": chosen, "kinds": [(k.value, k.label) for k in mergeable]}
    return render(request, "accounts/merge.html", context)


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
        context["result"] = csv_import.load(content, _actor(request), only_look=look)
        context["only_look"] = look
    return render(request, "accounts/load_organisations.html", context)


def _one(uuid: UUID) -> Organisation:
    rows = Organisation.objects.select_related("parent", "provider", "successor")
    return get_object_or_404(rows, uuid=uuid)


def _actor(request: Request) -> Membership:
    return request.actor  # `administrators` has seen to it
