from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ByInvitation(DefaultAccountAdapter):
    """Nobody signs up: an administrator invites, and the invitation is a one-time link."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
