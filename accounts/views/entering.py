"""Coming in without a password: by invitation, or because it was forgotten."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import links, people
from accounts.forms import OwnForm
from accounts.models import Signatory, User
from accounts.views.people import mail


class PasswordForm(OwnForm):
    """Twice, so that nobody locks themselves out with a slip of the finger."""

    password = forms.CharField(
        label=gettext_lazy("Nytt lösenord"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=gettext_lazy("Minst tolv tecken. Gärna några ord i rad."),
        error_messages={"required": gettext_lazy("Skriv ett lösenord.")},
    )
    again = forms.CharField(
        label=gettext_lazy("Skriv lösenordet igen"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("Skriv lösenordet igen.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        password, again = given.get("password"), given.get("again")
        if password and again and password != again:
            self.add_error("again", _("Lösenorden är inte lika."))
        elif password:
            try:
                validate_password(password, self.user)
            except ValidationError as error:
                self.add_error("password", error)
        return given


class ForgottenForm(OwnForm):
    email = mail(gettext_lazy("E-post i tjänsten"))


@login_not_required
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password by a one-time link. It signs nobody in: the second factor still follows."""
    link = links.by_token(token)
    user = _whose(link)
    if link is None or user is None:
        return render(request, "accounts/link_gone.html", status=404)
    form = PasswordForm(request.POST or None, user=user)
    if form.is_valid():
        if not people.choose_password(link, user, form.cleaned_data["password"]):
            return render(request, "accounts/link_gone.html", status=404)
        messages.success(request, _("Lösenordet är valt. Nu kan du logga in."))
        return redirect("account_login")
    return render(request, "accounts/invitation.html", {"form": form, "person": user})


def _whose(link: Signatory | None) -> User | None:
    if link is None or link.purpose != people.LINK:
        return None
    return User.objects.filter(uuid=link.opens, is_active=True).first()


@login_not_required
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """The same answer whether there is such an account or not."""
    form = ForgottenForm(request.POST or None)
    if form.is_valid():
        address = form.cleaned_data["email"]
        user = User.objects.filter(email__iexact=address, is_active=True).first()
        often = not ratelimit.consume(request, action="reset_password", key=address.casefold())
        if user is not None and not often:
            people.send_link(None, user)
        return render(request, "accounts/link_sent.html")
    return render(request, "accounts/forgotten.html", {"form": form})
