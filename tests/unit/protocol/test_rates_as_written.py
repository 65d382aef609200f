"""A rate is a percentage in the file that people write, and whole basis points in the lock."""

from datetime import date

import pytest

from opmaat.core.errors import ProtocolError
from opmaat.protocol.freeze import freeze, read_lock, write_lock
from opmaat.protocol.load import load_protocol

PROTOCOL = """
version: 1
id: made-up
title: {nl: verzonnen, en: made up}
legal_framework: none
population: {unit: household, description: {nl: verzonnen, en: made up}}
arms:
  usual: {kind: control, share: 1, label: {nl: gewoon, en: usual}}
  more: {kind: disregard, share: 1, label: {nl: meer, en: more}, rate: RATE, cap: '250.00', months: 24}
assignment: {method: complete}
outcomes: {work: {kind: binary, label: {nl: werk, en: work}, unit: {nl: deel, en: share}}}
estimands: [{id: E1, outcome: work, contrast: against_control}]
analyses: [{id: A1, method: difference_in_means, estimands: [E1]}]
"""


def written(folder, rate):
    (folder / "protocol.yaml").write_text(PROTOCOL.replace("RATE", rate), encoding="utf-8")
    return folder


@pytest.mark.parametrize(("rate", "basis_points"), [("50%", 5000), ("12.5%", 1250), ("0.25%", 25)])
def test_a_lock_holds_basis_points_and_is_read_as_it_was_frozen(tmp_path, rate, basis_points):
    protocol = load_protocol(written(tmp_path, rate))
    assert protocol.arms["more"].rate == basis_points
    write_lock(freeze(protocol, today=date(2026, 3, 1)), tmp_path)
    assert f'"rate": {basis_points}' in (tmp_path / "protocol.lock").read_text(encoding="utf-8")
    assert read_lock(tmp_path).protocol == protocol


@pytest.mark.parametrize(
    "rate", ["50", "5000", "0.5", "true", "'50'", "²%", "-5%", "12.345%", "101%", ".nan"]
)
def test_what_is_no_percentage_is_refused(tmp_path, rate):
    with pytest.raises(ProtocolError) as caught:
        load_protocol(written(tmp_path, rate))
    assert [(issue.code, issue.where.rsplit(":", 1)[1]) for issue in caught.value.issues] == [
        ("wrong-value", "9")
    ]
