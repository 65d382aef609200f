"""Making accounts, and remembering failed sign-ins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction

from opmaat.web.accounts.models import Account, FailedSignIn
from opmaat.web.accounts.permissions import Role
from opmaat.web.accounts.policies import MINUTES
from opmaat.web.journal.models import Municipality


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
