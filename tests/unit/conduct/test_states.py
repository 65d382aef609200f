"""The tables of states: closed, reachable, and kept apart."""

import pytest

from opmaat.conduct import kinds
from opmaat.conduct.states import ADULT, BENEFIT, MACHINES, NEEDS, PARTICIPATION


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_state_is_reached_and_leads_to_a_state_of_the_table(machine):
    targets = {to for moves in machine.moves.values() for to in moves.values()}
    assert targets | {machine.first} == set(machine.moves)


def test_every_kind_but_four_is_the_business_of_some_table():
    governed = PARTICIPATION.governs | BENEFIT.governs | ADULT.governs
    assert set(kinds.KINDS) - governed == {
        kinds.BenefitPaid,
        kinds.CaseworkerAssigned,
        kinds.OverpaymentFound,
        kinds.Retracted,
    }


def test_adults_are_governed_by_their_own_table_and_households_by_theirs():
    for kind in ADULT.governs:
        assert kind.about in ("person", "either")
    for kind in BENEFIT.governs:
        assert kind.about == "household"


def test_nothing_after_withdrawal_or_death_belongs_to_the_trial():
    for kind in (kinds.ContactHeld, kinds.WaveSent, kinds.Answered, kinds.Reviewed, kinds.Disclosed):
        assert kind not in PARTICIPATION.moves["withdrawn"]
    assert ADULT.moves["died"] == {}


def test_consent_can_be_taken_back_after_withdrawal():
    assert kinds.Consented in ADULT.moves["withdrawn"]
    assert kinds.Consented not in PARTICIPATION.governs


def test_what_a_kind_needs_is_about_the_same_and_has_the_field():
    for kind, (needed, field) in NEEDS.items():
        assert kind.about == needed.about
        assert field is None or {field} <= set(kind.__slots__) & set(needed.__slots__)
