"""Whether someone may sign in, and whether the sign-in is strong enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.utils import is_mfa_enabled

if TYPE_CHECKING:
    from opmaat.web.accounts.models import Account

MOST_FAILURES = 5
MOST_FAILURES_OF_ADDRESS = 30
MINUTES = 15


def has_second_factor(account: Account) -> bool:
    """Tell whether a member of staff has set up a second factor; signing in asks for it from then on."""
    return bool(is_mfa_enabled(account))


def may_try(failures_of_code: int, failures_of_address: int) -> bool:
    """Tell whether one more sign-in may be tried, given the failures of the last quarter of an hour.

    >>> may_try(4, 29), may_try(5, 0), may_try(0, 30)
    (True, False, False)
    """
    return failures_of_code < MOST_FAILURES and failures_of_address < MOST_FAILURES_OF_ADDRESS
