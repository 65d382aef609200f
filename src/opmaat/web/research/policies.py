"""Whether a researcher may see arms now: the table of permissions and the plan have to agree."""

from __future__ import annotations

from datetime import date

from opmaat.web.accounts.models import Account
from opmaat.web.accounts.permissions import Action, Thing, may
from opmaat.web.gateway.research import ShownAs, shown_as
from opmaat.web.gateway.studies import Protocol


def may_see_arms(account: Account | None, protocol: Protocol, on: date) -> bool:
    """Tell whether someone may have arms by name: an open account, the permission, and the planned look."""
    if account is None or not account.is_active:
        return False
    return may(account.role, Thing.ARMS, Action.READ) and shown_as(protocol, on=on) == ShownAs.NAMED


def shown_to(account: Account, protocol: Protocol, on: date) -> ShownAs:
    """Return how arms are shown to someone on the page of response."""
    found = shown_as(protocol, on=on)
    if found == ShownAs.NAMED and not may_see_arms(account, protocol, on):
        return ShownAs.POOLED
    return found
