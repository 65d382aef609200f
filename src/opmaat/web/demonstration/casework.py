"""Made-up caseworkers: households that were told their arm, or wait for it, are divided over two of them."""

from __future__ import annotations

from itertools import cycle
from secrets import token_hex

from django.db import transaction

from opmaat.web.accounts.actions import make_staff_account
from opmaat.web.accounts.models import Account
from opmaat.web.accounts.permissions import Role
from opmaat.web.casework.actions import By, assign
from opmaat.web.demonstration.people import SignIn
from opmaat.web.journal.models import Municipality
from opmaat.web.trial.models import Standing, Study

_FILES_OF_EACH = 40
_PASSWORD_BYTES = 9
_EMAIL = "caseworker-2@made-up.example"
_WITH_A_CASEWORKER = ("to_be_told", "told", "taking_part")


@transaction.atomic
def give_caseloads(*, municipality: Municipality, study: Study) -> list[SignIn]:
    """Give the caseworker forty files at most, and a colleague as many; return how the colleague signs in.

    Of six households one is the colleague's, so that a small demonstration has a full desk.
    """
    password = token_hex(_PASSWORD_BYTES)
    colleague = make_staff_account(
        municipality=municipality, role=Role.CASEWORKER, email=_EMAIL, password=password
    )
    first = Account.objects.filter(municipality=municipality, role=Role.CASEWORKER).earliest("pk")
    rows = Standing.objects.of(municipality).filter(participation__in=_WITH_A_CASEWORKER).order_by("pk")
    whose = cycle((first, first, first, first, first, colleague))
    given = {first: 0, colleague: 0}
    for row in rows[: 6 * _FILES_OF_EACH]:
        worker = next(whose)
        worker = colleague if given[worker] >= _FILES_OF_EACH else worker
        if given[worker] < _FILES_OF_EACH:
            given[worker] += 1
            by = By(actor="system:0000", request_key=token_hex(16))
            assign(
                municipality=municipality,
                study=study.name,
                household=row.household,
                worker=worker.actor,
                by=by,
            )
    return [SignIn("caseworker, colleague", _EMAIL, password)]
