"""How the sign-in of staff differs from what allauth does by itself."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from opmaat.web.accounts.policies import has_second_factor


class StaffSignIn(DefaultAccountAdapter):
    """Nobody makes an account for themselves; a first second factor is set up right after the password."""

    def is_open_for_signup(self, _: HttpRequest) -> bool:
        """Refuse."""
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ask for the password or the factor again, once there is a factor to protect."""
        account = self.request.user
        return not account.is_authenticated or has_second_factor(account)
