"""The protocol: what its digest is of, what an amendment remembers, and arms of every kind."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from opmaat.core.digest import digest_value
from opmaat.core.errors import ProtocolError, ReceiptMismatchError
from opmaat.protocol.freeze import amend, freeze, lock_file, read_frozen, read_lock, write_lock
from opmaat.protocol.load import load_protocol

STUDY = Path(__file__).parents[2] / "spec/errors/study/protocol.yaml"


def written(folder, text):
    file = folder / "protocol.yaml"
    file.write_text(text, encoding="utf-8")
    return load_protocol(file)


def test_order_comments_and_defaults_do_not_matter_for_the_digest(tmp_path):
    text = STUDY.read_text(encoding="utf-8")
    same = text.replace("version: 1\n", "") + "version: 1\n# a comment\n"
    same = same.replace(
        "method: difference_in_means,", "method: difference_in_means, errors: hc2, confidence: 0.95,"
    )
    assert written(tmp_path, same).digest() == written(tmp_path, text).digest()


def test_one_value_changes_the_digest(tmp_path):
    text = STUDY.read_text(encoding="utf-8")
    other = text.replace("primary: true", "primary: false")
    assert written(tmp_path, other).digest() != written(tmp_path, text).digest()


def test_a_lock_reads_back_as_it_was_written(tmp_path):
    lock = freeze(written(tmp_path, STUDY.read_text(encoding="utf-8")), today=date(2026, 1, 31))
    write_lock(lock, tmp_path)
    assert read_frozen(tmp_path) == lock


def test_an_amendment_remembers_every_value_and_the_chain_of_digests(tmp_path):
    text = STUDY.read_text(encoding="utf-8")
    lock = freeze(written(tmp_path, text), today=date(2026, 1, 31))
    text = text.replace("primary: true", "primary: false").replace("nl: leeftijd", "nl: jaren")
    first = amend(lock, written(tmp_path, text), reason="a", today=date(2026, 2, 1))
    text = text.replace("version: 1", "version: 1\nmunicipality: Molendorp")
    second = amend(first, written(tmp_path, text), reason="b", today=date(2026, 3, 1))
    changes = {change.path: (change.before, change.after) for change in second.amendments[0].changes}
    assert changes == {
        "estimands[0].primary": (True, None),
        "covariates.age.label.nl": ("leeftijd", "jaren"),
    }
    assert [change.path for change in second.amendments[1].changes] == ["municipality"]
    assert second.amendments[0].digest_before == lock.digest
    assert second.amendments[1].digest_before == second.amendments[0].digest_after
    assert second.digest == second.amendments[1].digest_after
    write_lock(second, tmp_path)
    assert read_frozen(tmp_path) == second


def other_digest(content):
    content["digest"] = content["amendments"][-1]["digest_after"] = "sha256:0"


def other_protocol(content):
    content["protocol"]["municipality"] = "Molenstad"


def amendment_left_out(content):
    del content["amendments"][0]


def amendments_turned(content):
    content["amendments"].reverse()


def break_in_the_chain(content):
    content["amendments"][1]["digest_before"] = "sha256:0"


def no_day(content):
    content["frozen_on"] = "some day"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (other_digest, "digest in the lock"),
        (other_protocol, "digest in the lock"),
        (amendment_left_out, "do not follow"),
        (amendments_turned, "do not follow"),
        (break_in_the_chain, "do not follow"),
        (no_day, "does not know"),
    ],
)
def test_a_lock_that_was_changed_and_sealed_again_is_refused(tmp_path, change, told):
    lock = freeze(written(tmp_path, STUDY.read_text(encoding="utf-8")), today=date(2026, 1, 31))
    for place, name in enumerate(("Molendorp", "Nieuw-Molendorp"), start=1):
        changed = replace(lock.protocol, municipality=name)
        lock = amend(lock, changed, reason="renamed", today=date(2026, 2, place))
    file = write_lock(lock, tmp_path)
    assert read_lock(tmp_path) == lock
    content = json.loads(file.read_text(encoding="utf-8"))
    del content["seal"]
    change(content)
    file.write_text(json.dumps({**content, "seal": digest_value(content)}), encoding="utf-8")
    with pytest.raises(ReceiptMismatchError, match=told):
        read_lock(tmp_path)


def test_a_lock_without_its_protocol_file_is_enough(tmp_path):
    lock = freeze(written(tmp_path, STUDY.read_text(encoding="utf-8")), today=date(2026, 1, 31))
    lock_file(tmp_path).with_name("protocol.yaml").unlink()
    write_lock(lock, tmp_path)
    assert read_frozen(tmp_path) == lock


@pytest.mark.parametrize("share", ["0", "-1", ".inf", ".nan"])
def test_shares_above_zero(tmp_path, share):
    text = STUDY.read_text(encoding="utf-8").replace("kind: other, share: 1", f"kind: other, share: {share}")
    with pytest.raises(ProtocolError) as caught:
        written(tmp_path, text)
    assert [issue.code for issue in caught.value.issues] == ["share-not-positive"]


def test_the_arms_of_the_experiments_of_2017_can_be_written(tmp_path):
    arms = """arms:
  control: {kind: control, share: 1, label: {nl: a, en: a}}
  exemption: {kind: exemption, share: 1, duties: [work, reintegration], months: 24, label: {nl: a, en: a}}
  guidance: {kind: guidance, share: 1, contacts_per_month: 1, fixed_caseworker: true, label: {nl: a, en: a}}
  disregard: {kind: disregard, share: 1, rate: 50%, cap: exp_disregard_cap, months: 24, label: {nl: a, en: a}}
  choice: {kind: choice, share: 1, options: [exemption, guidance, disregard], label: {nl: a, en: a}}
  both: {kind: combined, share: 1, label: {nl: a, en: a}, rules: {guidance: {contacts_per_month: 2}}}
"""
    text = STUDY.read_text(encoding="utf-8")
    start, end = text.index("arms:"), text.index("assignment:")
    values = "{c: control, g: guidance, e: exemption, d: disregard, h: choice, b: both}"
    text = text[:start] + arms + text[end:].replace("{c: control, g: guidance}", values)
    protocol = written(tmp_path, text)
    assert protocol.arms["disregard"].rate == 5000
    assert written(tmp_path, text).digest() == protocol.digest()
    lock = freeze(protocol, today=date(2026, 1, 31))
    write_lock(lock, tmp_path)
    assert read_frozen(tmp_path) == lock


def test_a_protocol_whose_lock_would_lose_a_key_has_no_digest(tmp_path):
    protocol = written(tmp_path, STUDY.read_text(encoding="utf-8"))
    arm = replace(protocol.data.arm, values={1: "control", "1": "guidance"})
    with pytest.raises(ValueError, match="same text"):
        replace(protocol, data=replace(protocol.data, arm=arm)).digest()
