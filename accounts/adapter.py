"""Where the sign-in library asks us: nobody signs up, and single sign-on knows people by one sign."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render

from accounts.changes import refused
from accounts.models import User


class ByInvitation(DefaultAccountAdapter):
    """Nobody signs up: an administrator invites, and the invitation is a one-time link."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password is on record: which account, if there is one, never what was typed."""
        named = credentials.get("email") or credentials.get("username") or ""
        found = User.objects.filter(email__iexact=named).first() if named else None
        found = found or User.objects.filter(username__iexact=named).first()
        refused.send(sender=None, what="sign_in", subject=found.uuid if found else None)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The library's own letters are not sent: ours go through the outbox and name nobody."""


class ByIdentity(DefaultSocialAccountAdapter):
    """Single sign-on: the one an administrator has put the identity on, never somebody with the
    same mail."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        uid = str(sociallogin.account.uid)
        user = User.objects.filter(sso_id=uid, is_active=True).first() if uid else None
        if user is None or not _strong_enough(sociallogin):
            refused.send(sender=None, what="sign_in.sso", subject=user.uuid if user else None)
            answer = render(request, "accounts/sso_refused.html", status=403)
            raise ImmediateHttpResponse(answer)
        known = sociallogin.user if sociallogin.is_existing else None
        if known is not None and known.pk != user.pk:
            # The administrator has moved the identity to somebody else since the last time.
            SocialAccount.objects.filter(provider=sociallogin.account.provider, uid=uid).delete()
            sociallogin.account.pk = None
        if sociallogin.account.pk is None:
            sociallogin.connect(request, user)


def _strong_enough(sociallogin: SocialLogin) -> bool:
    """Whether the sign-in there was at the level asked for, where one is."""
    data = sociallogin.account.extra_data
    said = (data.get("id_token") or data).get("acr", "")
    return not settings.OIDC_ACR or said in settings.OIDC_ACR.split()
