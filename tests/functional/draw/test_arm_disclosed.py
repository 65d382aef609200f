"""One arm is disclosed when it is due: to who has the key, for one household, and never without a trace."""

import json

import pytest

BY = {"by": "project lead", "date": "2017-09-12"}


@pytest.fixture
def drawn(make_study, make_register):
    """Return a study that was drawn, with the arm of every household."""
    study = make_study()
    study.hold(make_register(25))
    return study, study.arms()


def lines(study):
    """Return the record of disclosures."""
    text = (study.home / "private" / "disclosed.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_an_arm_is_disclosed_with_its_chances_and_a_trace(drawn):
    study, arms = drawn
    first, second = list(arms)[:2]
    for household in (first, second, first):
        told = study.succeed(f"disclose-arm {household}", **BY)
        assert told["arm"] == arms[household]
        assert told["probability"]["zebra_control"] == pytest.approx(0.4)
        assert sum(told["probability"].values()) == pytest.approx(1)
        assert "stratum" not in told
    assert [line["household"] for line in lines(study)] == [first, second, first]
    assert {(line["disclosed_by"], line["disclosed_on"]) for line in lines(study)} == {
        ("project lead", "2017-09-12")
    }
    record = study.home / "private" / "disclosed.jsonl"
    assert b"zebra" not in record.read_bytes()
    assert record.stat().st_mode & 0o077 == 0
    told = study.succeed("verify-draw")
    assert "disclosures: each follows on the one before it" in told["checks"]


def test_a_choice_arm_is_disclosed_as_such_and_not_as_what_will_be_chosen(drawn):
    study, arms = drawn
    household = next(name for name, arm in arms.items() if arm == "zebra_choice")
    assert study.succeed(f"disclose-arm {household}", **BY)["arm"] == "zebra_choice"


def test_nothing_is_disclosed_before_the_draw_or_without_the_key(make_study, make_register):
    study = make_study()
    assert study.refused("disclose-arm x", **BY) == (12, ["not-committed"])
    study.commit(make_register(25))
    assert study.refused("disclose-arm x", **BY) == (12, ["not-drawn"])
    study.succeed("draw", public_value="613", date="2017-09-10")
    household = next(iter(study.arms()))
    early = {**BY, "date": "2017-09-09"}
    assert study.refused(f"disclose-arm {household}", **early) == (2, ["wrong-order-of-days"])
    assert study.refused(f"disclose-arm {household}", by=" ") == (2, ["unprintable"])
    assert study.refused("disclose-arm x", **BY) == (12, ["wrong-key"])
    (study.home / "private" / "draw.key").write_text("00" * 32)
    assert study.refused(f"disclose-arm {household}", **BY) == (12, ["wrong-key"])
    assert not (study.home / "private" / "disclosed.jsonl").exists()


def test_a_record_of_disclosures_that_was_changed_is_refused(drawn):
    study, arms = drawn
    for household in list(arms)[:3]:
        study.succeed(f"disclose-arm {household}", **BY)
    record = study.home / "private" / "disclosed.jsonl"
    good = record.read_bytes()
    kept = good.splitlines(keepends=True)
    for content in (
        good.replace(b"project lead", b"project lad"),
        b"".join([kept[0], kept[2]]),
        b"".join(kept[1:]),
        b"".join([kept[1], kept[0], kept[2]]),
        good[:-1],
        good + b"\n",
        good + b"\xff\n",
        good + kept[2],
    ):
        record.write_bytes(content)
        assert study.refused("verify-draw") == (14, ["damaged-disclosures"])
        assert study.refused(f"disclose-arm {next(iter(arms))}", **BY) == (14, ["damaged-disclosures"])
    record.write_bytes(good)
    study.succeed("verify-draw")
