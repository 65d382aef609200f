"""What the sign-in of staff may not do."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class NoSignUp(DefaultAccountAdapter):
    """Nobody makes an account for themselves."""

    def is_open_for_signup(self, _: HttpRequest) -> bool:
        """Refuse."""
        return False
