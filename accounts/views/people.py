"""People: who may sign in, in which roles, and what an administrator can do about it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock, people
from accounts.forms import OneOf, OwnForm, day, pick, short_text
from accounts.http import Request, typed
from accounts.models import Kind, Membership, Organisation, Role, User
from accounts.views.asking import administrators

ONLY = (
    ("", gettext_lazy("Alla")),
    ("invited", gettext_lazy("Inbjudna som inte har loggat in")),
    ("no_second", gettext_lazy("Utan tvåfaktor")),
    ("closed", gettext_lazy("Stängda")),
)


def mail(label: Any, hint: Any = "") -> forms.EmailField:
    return forms.EmailField(
        label=label,
        help_text=hint,
        max_length=254,
        error_messages={
            "required": gettext_lazy("Skriv en e-postadress."),
            "invalid": gettext_lazy("Skriv en hel e-postadress, till exempel namn@kommun.se."),
            "max_length": gettext_lazy("Adressen är för lång."),
        },
    )


class InviteForm(OwnForm):
    first_name = short_text(gettext_lazy("Förnamn"), limit=150)
    last_name = short_text(gettext_lazy("Efternamn"), limit=150)
    email = mail(
        gettext_lazy("E-post i tjänsten"),
        gettext_lazy("Dit går en länk som gäller i sju dagar. Där väljer personen sitt lösenord."),
    )
    language = pick(gettext_lazy("Språk"), settings.LANGUAGES)


class PersonForm(OwnForm):
    first_name = short_text(gettext_lazy("Förnamn"), limit=150)
    last_name = short_text(gettext_lazy("Efternamn"), limit=150)
    email = mail(gettext_lazy("E-post i tjänsten"))
    language = pick(gettext_lazy("Språk"), settings.LANGUAGES)
    sso_id = short_text(
        gettext_lazy("Identitet i inloggningstjänsten"),
        required=False,
        limit=255,
        hint=gettext_lazy(
            "Den oföränderliga koden från kommunens gemensamma inloggning. "
            "Utan den kan personen bara logga in med lösenord."
        ),
    )


class PlaceField(OneOf):
    """One of the organisations in service, told apart by kind and by where it lies."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Organisation.objects.none(),
            empty_label=gettext_lazy("Välj"),
            error_messages={
                "required": gettext_lazy("Välj en organisation."),
                "invalid_choice": gettext_lazy("Välj en organisation i listan."),
            },
            **kwargs,
        )

    def label_from_instance(self, obj: Any) -> str:
        inside = f", {obj.parent.name}" if obj.parent else ""
        return f"{obj.name} ({obj.get_kind_display()}{inside})"


class MembershipForm(OwnForm):
    organisation = PlaceField(label=gettext_lazy("Var?"))
    role = pick(gettext_lazy("Roll"), Role.choices)
    profession = short_text(
        gettext_lazy("Yrke"), required=False, limit=100, hint=gettext_lazy("Till exempel kurator.")
    )
    since = day(gettext_lazy("Från och med"))
    last = day(
        gettext_lazy("Till och med"),
        required=False,
        hint=gettext_lazy("Lämna tomt om rollen gäller tills vidare."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at_work = Organisation.objects.at_work().exclude(kind=Kind.PROVIDER)
        self.among("organisation", at_work.select_related("parent").order_by("kind", "name"))
        self.initial.setdefault("since", clock.today())


class EndForm(OwnForm):
    last = day(gettext_lazy("Sista dag"), hint=gettext_lazy("I dag eller senare."))


@require_http_methods(["GET", "POST"])
@administrators
def index(request: Request) -> HttpResponse:
    """Everyone with a sign-in. A search for a name is posted, so that no name stands in an address."""
    words = typed(request.POST, "sok") if request.method == "POST" else ""
    only = request.GET.get("visa", "")
    only = only if only in dict(ONLY) else ""
    rows, more = people.page(words, only, request.GET.get("efter", ""))
    context = {"rows": rows, "more": more, "words": words, "only": only, "choices": ONLY}
    return render(request, "accounts/people.html", context)


@require_http_methods(["GET", "POST"])
@administrators
def invite(request: Request) -> HttpResponse:
    form = InviteForm(request.POST or None, initial={"language": "sv"})
    if form.is_valid():
        try:
            user = people.invite(_actor(request), **form.cleaned_data)
        except ValidationError as error:
            form.blame(error)
        else:
            messages.success(request, _("Inbjudan skickas. Ge personen en roll också."))
            return redirect("accounts:add_membership", user.uuid)
    return render(request, "accounts/invite.html", {"form": form})


@require_GET
@administrators
def person(request: Request, uuid: UUID) -> HttpResponse:
    """Everything about one person's access, and what can be done about it."""
    user = _person(uuid)
    today = clock.today()
    rows = user.memberships.select_related("organisation__parent", "stands_in_for__user")
    memberships = sorted(rows, key=lambda m: (not _open(m, today), m.since, m.pk))
    context = {
        "person": user,
        "memberships": [(m, _state(m, user, today), _last(m.until)) for m in memberships],
        "second": Authenticator.objects.filter(user=user, type="totp").exists(),
        "sessions": UserSession.objects.filter(user=user).count(),
        "own": user.pk == request.user.pk,
    }
    return render(request, "accounts/person.html", context)


def _open(membership: Membership, today: date) -> bool:
    """It holds or is to hold; one that was ended before its first day never does."""
    return membership.until is None or membership.until > max(today, membership.since)


def _state(membership: Membership, user: User, today: date) -> str:
    if not _open(membership, today) or not user.is_active:
        return "over"
    return "coming" if membership.since > today else "now"


def _last(until: date | None) -> date | None:
    """The last day a role holds; the table says the first day it does not."""
    return until - timedelta(days=1) if until else None


@require_http_methods(["GET", "POST"])
@administrators
def change(request: Request, uuid: UUID) -> HttpResponse:
    user = _person(uuid)
    names = tuple(PersonForm.base_fields)
    form = PersonForm(request.POST or None, initial={name: getattr(user, name) for name in names})
    if form.is_valid():
        try:
            people.change_person(_actor(request), user, **form.cleaned_data)
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect("accounts:person", uuid)
    return render(request, "accounts/change_person.html", {"form": form, "person": _person(uuid)})


@require_http_methods(["GET", "POST"])
@administrators
def add_membership(request: Request, uuid: UUID) -> HttpResponse:
    user = _person(uuid)
    form = MembershipForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        last = given.pop("last")
        try:
            until = people.day_after(last) if last else None
            people.add_membership(_actor(request), user, until=until, **given)
        except ValidationError as error:
            form.blame(_renamed(error))
        else:
            return redirect("accounts:person", uuid)
    return render(request, "accounts/add_membership.html", {"form": form, "person": user})


def _renamed(error: ValidationError) -> ValidationError:
    """The form asks for the last day, the table for the day after."""
    named = getattr(error, "error_dict", None)
    if named and "until" in named:
        named["last"] = named.pop("until")
    return error


@require_http_methods(["GET", "POST"])
@administrators
def end_membership(request: Request, uuid: UUID) -> HttpResponse:
    rows = Membership.objects.select_related("user", "organisation")
    membership = get_object_or_404(rows, uuid=uuid)
    form = EndForm(request.POST or None, initial={"last": clock.today()})
    if form.is_valid():
        try:
            until = people.day_after(form.cleaned_data["last"])
            people.end_membership(_actor(request), membership, until=until)
        except ValidationError as error:
            form.blame(_renamed(error))
        else:
            return redirect("accounts:person", membership.user.uuid)
    context = {"form": form, "membership": membership, "person": membership.user}
    return render(request, "accounts/end_membership.html", context)


# What is done to an account by one press of a button, after a page that says what it means.
DEEDS = {
    "stang": people.deactivate,
    "oppna": people.reactivate,
    "logga-ut": people.sign_out_everywhere,
    "tvafaktor": people.forget_second_factor,
    "lank": people.send_link,
}


@require_http_methods(["GET", "POST"])
@administrators
def deed(request: Request, uuid: UUID, what: str) -> HttpResponse:
    """Say what it means, then do it."""
    user = _person(uuid)
    if what not in DEEDS:
        raise Http404
    context: dict[str, Any] = {"person": user, "what": what}
    if request.method == "POST":
        try:
            DEEDS[what](_actor(request), user)
        except ValidationError as error:
            context["fault"] = error.messages[0]
        else:
            messages.success(request, _("Klart."))
            return redirect("accounts:person", uuid)
    return render(request, "accounts/deed.html", context)


def _person(uuid: UUID) -> User:
    return get_object_or_404(User, uuid=uuid)


def _actor(request: Request) -> Membership:
    return request.actor  # `administrators` has seen to it
