"""Records of an encrypted allocation: of one length, for one household, of one draw."""

import numpy as np
import pytest

from opmaat.assign.conceal import open_household, same_allocation, sealed_allocation
from opmaat.assign.model import Allocation
from opmaat.assign.procedures.procedure import exact_chances
from opmaat.core.errors import NotPermittedError, ReceiptMismatchError
from opmaat.core.receipt import Receipt
from opmaat.protocol.assignment import Complete

HEAD = len(b"opmaat sealed allocation 1\n") + 4
KEY, OTHER = bytes(range(32)), bytes(32)
SEALED = {"study": "made-up", "round_name": "first"}


def allocation(labels=(0, 1, 1, 0)):
    return Allocation(
        study="made-up",
        round="first",
        arms=(
            "a",
            "an arm with a much longer name than the other, by some thirty signs and then a hundred more" * 2,
        ),
        households=tuple(f"{number:040x}" for number in range(4)),
        labels=np.array(labels, dtype=np.int8),
        strata=("x", "y" * 60, "x", "y"),
        chances=exact_chances(4, np.array([0.5, 0.5])),
        plan=Complete(method="complete"),
        receipt=Receipt(stage="draw", inputs={}, output="", protocol="", version="0"),
    )


def test_a_household_is_opened_alone():
    drawn = allocation()
    sealed = sealed_allocation(drawn, KEY)
    assert [open_household(sealed, KEY, household=row.household, **SEALED) for row in drawn] == list(drawn)


@pytest.mark.parametrize(
    ("key", "household", "study"),
    [(OTHER, f"{0:040x}", "made-up"), (KEY, f"{9:040x}", "made-up"), (KEY, f"{0:040x}", "another")],
    ids=["wrong key", "not on the list", "another draw"],
)
def test_what_does_not_open_does_not_say_why(key, household, study):
    sealed = sealed_allocation(allocation(), KEY)
    with pytest.raises(NotPermittedError) as caught:
        open_household(sealed, key, household=household, study=study, round_name="first")
    assert [issue.code for issue in caught.value.issues] == ["wrong-key"]
    assert household not in str(caught.value)


def test_length_and_order_tell_nothing():
    ours, theirs = (sealed_allocation(allocation(labels), KEY) for labels in ((0, 0, 0, 0), (1, 1, 1, 1)))
    assert len(ours) == len(theirs)
    size = (len(ours) - HEAD) // 4
    starts = range(HEAD, len(ours), size)
    assert [ours[at : at + 16] for at in starts] == [theirs[at : at + 16] for at in starts]
    assert len({ours[at + 16 :] for at in starts}) == 4


def test_a_household_has_one_record_and_records_have_one_order():
    sealed = sealed_allocation(allocation(), KEY)
    size = (len(sealed) - HEAD) // 4
    head, records = sealed[:HEAD], [sealed[at : at + size] for at in range(HEAD, len(sealed), size)]
    for changed in ([records[0], *records], records[::-1]):
        with pytest.raises(ReceiptMismatchError, match="damaged-allocation"):
            same_allocation(head + b"".join(changed), KEY, allocation())


def test_same_allocation_means_every_household():
    sealed = sealed_allocation(allocation(), KEY)
    assert same_allocation(sealed, KEY, allocation())
    assert not same_allocation(sealed, KEY, allocation((0, 1, 1, 1)))
    with pytest.raises(NotPermittedError):
        same_allocation(sealed, OTHER, allocation())
    with pytest.raises(ReceiptMismatchError, match="damaged-allocation"):
        same_allocation(sealed[:-1], KEY, allocation())
