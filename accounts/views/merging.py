"""An organisation is closed, replaced or merged: each thing it has open is decided about."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import clock, register, standing
from accounts.forms import OwnForm, SeveralOf, SplitDateField, day, short_text, yes
from accounts.http import Request
from accounts.models import Kind, Organisation
from accounts.views.asking import administrators
from accounts.views.organisations import NewForm, acting, address, found


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

    def blame(self, error: ValidationError) -> None:
        """On top each line is named, for they all miss the same."""
        super().blame(error)
        for kind, _n in self.still:
            if kind.key in self.errors:
                cast(Any, self[kind.key]).in_short = f"{kind.label}: {self.errors[kind.key][0]}"

    def decided(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "on": given["on"],
            "successor": given["successor"],
            "follows": [kind.key for kind, _n in self.still if given.get(f"goes_{kind.key}")],
            "reasons": {kind.key: given.get(kind.key, "") for kind, _n in self.still},
        }


@require_http_methods(["GET", "POST"])
@administrators
def close(request: Request, uuid: UUID) -> HttpResponse:
    """Close it, or let another take over; `?till=` chooses whom, `?sedan=` what is closed next."""
    one = found(uuid)
    if not one.in_service:
        return redirect(_next(request, one))
    still = standing.to_settle(one)
    chosen = _uuid(request.GET.get("till", ""))
    heir = Organisation.objects.filter(uuid=chosen).first() if chosen else None
    initial = {"successor": heir, "on": _ends(one, heir)}
    form = CloseForm(request.POST or None, one=one, still=still, initial=initial)
    if form.is_valid():
        try:
            register.close(acting(request), one, **form.decided())
        except ValidationError as error:
            form.blame(error)
        else:
            stays = standing.winding(one)
            words = _(
                "%s har upphört. Det som rör elever är kvar hos samma personer tills det är klart."
            )
            words = words if stays else _("%s finns inte längre.")
            messages.success(request, words % one.name)
            return redirect(_next(request, one))
    context = {"form": form, "one": one, "still": still, "winding": standing.winding(one)}
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


class MergeForm(NewForm):
    """Two or more of a kind become one: either a new one, or one of those there already."""

    name = short_text(gettext_lazy("Vad heter den nya?"))
    function_address = address(required=True)
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
        if kind != Kind.RECEIVER:
            del self.fields["function_address"]
        self.initial.setdefault("on", clock.today())
        self.order_fields(["old", "name", "function_address", "on"])

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
        given = form.cleaned_data
        create = partial(
            register.create,
            acting(request),
            kind=chosen,
            name=given["name"],
            parent=old[0].parent,
            function_address=given.get("function_address", ""),
            since=given["on"],
            serves=Organisation.objects.filter(served_by__in=old).distinct(),
        )
        if new := form.make(create):
            rest = ",".join(str(one.uuid) for one in old[1:])
            where = reverse("accounts:close_organisation", args=[old[0].uuid])
            return redirect(f"{where}?till={new.uuid}&sedan={rest}")
    context = {"form": form, "kind": chosen, "kinds": [(k.value, k.label) for k in mergeable]}
    return render(request, "accounts/merge.html", context)
