"""Making accounts, and remembering failed sign-ins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction

from opmaat.web.accounts.models import Account, FailedSignIn
from opmaat.web.accounts.permissions import Role
from opmaat.web.accounts.policies import MINUTES
from opmaat.web.journal.actions import note_access
from opmaat.web.journal.models import Municipality

# Who runs a command on the machine of the website, as traces name it.
ADMINISTRATOR = "administrator:command"


@transaction.atomic
def make_staff_account(*, municipality: Municipality, role: Role, email: str, password: str) -> Account:
    """Make an account for a member of staff; raises ValueError for the role of a participant."""
    if role == Role.PARTICIPANT:
        raise ValueError("participants sign in with a letter code")
    account = Account(municipality=municipality, role=role, email=email)
    account.set_password(password)
    account.save()
    return account


@transaction.atomic
def reset_staff_account(*, email: str, password: str) -> None:
    """Give a member of staff another password and take the second factor away, which is then set up anew.

    Sessions end with the old password, and recovery codes with the factor. That it was done is written down.
    Raises Account.DoesNotExist for an address that nobody of the staff has.
    """
    account = Account.objects.select_for_update(of=("self",)).get(email=email)
    account.set_password(password)
    account.save(update_fields=["password"])
    Authenticator.objects.filter(user=account).delete()
    note_access(
        municipality=account.municipality,
        actor=ADMINISTRATOR,
        action="reset",
        thing="staff_account",
        about=account.pseudonym,
    )


@transaction.atomic
def make_participant_account(*, municipality: Municipality, person: str, letter_code: str) -> Account:
    """Make an account for a participant; ``letter_code`` is the code's keyed digest, never the code."""
    account = Account(
        municipality=municipality, role=Role.PARTICIPANT, person=person, letter_code=letter_code
    )
    account.set_unusable_password()
    account.save()
    return account


@transaction.atomic
def change_letter_code(*, municipality: Municipality, person: str, letter_code: str) -> bool:
    """Put another letter code's keyed digest in the place of a participant's; tell whether there was one."""
    found = Account.objects.filter(municipality=municipality, person=person, role=Role.PARTICIPANT)
    return bool(found.update(letter_code=letter_code))


@transaction.atomic
def note_failure(*, keys: tuple[str, ...]) -> None:
    """Remember a failed sign-in, and forget those that no longer count."""
    now = datetime.now(UTC)
    FailedSignIn.objects.filter(at__lt=now - timedelta(minutes=MINUTES)).delete()
    FailedSignIn.objects.bulk_create(FailedSignIn(key=key, at=now) for key in keys)
