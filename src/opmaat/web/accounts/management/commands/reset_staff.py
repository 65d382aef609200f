"""reset_staff: let a member of staff sign in again who lost the password, or the phone of the second step."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from opmaat.web.accounts.actions import reset_staff_account
from opmaat.web.accounts.models import Account

_PASSWORD_BYTES = 15


class Command(BaseCommand):
    """Prints another first password once; the second factor is set up anew at the next sign-in."""

    help = "Give a member of staff a new first password without a second step; prints the password, once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address."""
        parser.add_argument("email")

    def handle(self, *_: Any, **asked: Any) -> None:  # noqa: ANN401
        """Reset the account; raises CommandError for an address that nobody of the staff has."""
        password = token_urlsafe(_PASSWORD_BYTES)
        try:
            reset_staff_account(email=asked["email"], password=password)
        except Account.DoesNotExist:
            raise CommandError("There is no account with this address; add_staff makes one.") from None
        self.stdout.write(f"{asked['email']}: {password}")
