"""Signing in with the code of a letter and a date of birth."""

from __future__ import annotations

from datetime import date
from hmac import compare_digest

from django.http import HttpRequest

from opmaat.web.accounts.actions import note_failure
from opmaat.web.accounts.models import Account
from opmaat.web.accounts.policies import may_try
from opmaat.web.accounts.queries import recent_failures
from opmaat.web.people.codes import digest_of_code
from opmaat.web.people.queries import identity_of
from opmaat.web.people.sealing import Identity, lookup, seal, unseal

_NOBODY = Identity(name="", born=date.min, number="", address="")


class LetterCode:
    """Knows participants by letter code and date of birth; never tells which of the two is wrong."""

    def authenticate(self, request: HttpRequest, *, letter_code: str, birth_date: date) -> Account | None:
        """Return the participant; None for a wrong code, a wrong date, or too many tries."""
        code = digest_of_code(letter_code)
        address = lookup("address", request.META.get("REMOTE_ADDR", ""))
        allowed = may_try(recent_failures(code), recent_failures(address))
        account = Account.objects.filter(letter_code=code).select_related("municipality").first()
        born = _birth_date(account)
        right = compare_digest(born.isoformat(), birth_date.isoformat())
        if allowed and right and account is not None and account.is_active:
            return account
        note_failure(keys=(code, address))
        return None

    def get_user(self, key: int) -> Account | None:
        """Return the account of a session."""
        return Account.objects.filter(pk=key, is_active=True).select_related("municipality").first()


def _birth_date(account: Account | None) -> date:
    """Return when someone was born; nobody's takes as long to find out."""
    if account is None:
        sealed = seal(_NOBODY, municipality="", pseudonym="")
        return unseal(sealed, municipality="", pseudonym="").born
    return identity_of(account.municipality, account.person).born
