"""add_staff: make an account for a member of staff, and the municipality where it is the first."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from opmaat.web.accounts.actions import make_staff_account
from opmaat.web.accounts.permissions import Role
from opmaat.web.journal.models import Municipality

_PASSWORD_BYTES = 15


class Command(BaseCommand):
    """Prints a first password once; the second factor is set up at the first sign-in."""

    help = "Make an account for a member of staff; prints its password, once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take municipality, role and address."""
        parser.add_argument("municipality", help="Code of the municipality, such as groningen.")
        parser.add_argument("role", choices=[role.value for role in Role if role != Role.PARTICIPANT])
        parser.add_argument("email")
        parser.add_argument("--name", help="Name of the municipality, where it is not there yet.")

    def handle(self, *_: Any, **asked: Any) -> None:  # noqa: ANN401
        """Make the account; raises CommandError for an unknown municipality or an address that is taken."""
        password = token_urlsafe(_PASSWORD_BYTES)
        try:
            with transaction.atomic():
                make_staff_account(
                    municipality=_municipality(asked["municipality"], asked["name"]),
                    role=Role(asked["role"]),
                    email=asked["email"],
                    password=password,
                )
        except IntegrityError:
            raise CommandError("There is an account with this address already.") from None
        self.stdout.write(f"{asked['email']}: {password}")


def _municipality(code: str, name: str | None) -> Municipality:
    """Return the municipality, made where it is not there and has a name."""
    found = Municipality.objects.filter(code=code).first()
    if found is None and name is None:
        raise CommandError(f"There is no municipality '{code}'; give its --name to make it.")
    return found or Municipality.objects.create(code=code, name=name)
