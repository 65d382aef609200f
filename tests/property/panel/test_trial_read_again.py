"""A trial read again from the same facts, however they came: the same panel, scores and journal.

What is read is a small made-up trial of six months. A correction changes the months it touches and no other.
"""

import json
import random
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from opmaat.core.month import Month
from opmaat.panel.deliveries import FOLDER, Delivery, load_deliveries, write_deliveries
from opmaat.panel.read_trial import read_trial
from opmaat.protocol.freeze import read_frozen
from opmaat.rehearse.effects import NO_EFFECTS
from opmaat.rehearse.play.play import play

BENEFITS = ("on_benefit", "exit_code", "benefit_cents", "norm_cents")
WAGES = ("wage_cents", "hours", "permanent", "self_employed")
FEW = settings(  # reading a trial takes a second, so that nothing is made smaller after a failure
    max_examples=3,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Made:
    """A made-up trial: its folder, its lock, and what is read of it."""

    def __init__(self, folder):
        self.folder, self.lock = folder, read_frozen(folder)
        self.read = read_trial(self.lock, folder)
        self.known = max(item.delivered_on for item in load_deliveries(folder).deliveries)


@pytest.fixture(scope="module")
def made(root, tmp_path_factory):
    out = tmp_path_factory.mktemp("trial") / "made-up"
    play(root / "tests/unit/rehearse/before", out, effects=NO_EFFECTS, households=120, seed=5, to_month=6)
    return Made(out)


def read_changed(made, change, **when):
    """Read a copy of the trial in which a function changed the folder and the list of deliveries."""
    with tempfile.TemporaryDirectory() as place:
        study = shutil.copytree(made.folder, Path(place) / "made-up")
        deliveries = change(study / FOLDER, list(load_deliveries(study).deliveries))
        write_deliveries(study, deliveries, made_up=True)
        return read_trial(made.lock, study, **when)


def differing(one, other):
    """Return the names of what differs between two panels of months, each with the columns that do."""
    found = {}
    for name in (*BENEFITS, *WAGES, "benefit_known", "wages_known"):
        differ = np.atleast_2d(getattr(one, name) != getattr(other, name))
        if differ.any():
            found[name] = set(np.flatnonzero(differ.any(axis=0)).tolist())
    return found


def assert_same(found, expected):
    assert differing(found.months, expected.months) == {}
    assert found.journal.digest() == expected.journal.digest()
    now, then = found.enrolment, expected.enrolment
    assert np.array_equal(now.arm.codes, then.arm.codes)
    for name in ("household", "start_month", "joined"):
        assert np.array_equal(getattr(now, name), getattr(then, name))
    for given_now, given_then in zip(found.scores, expected.scores, strict=True):
        now, then = (
            dict(zip(scores.persons, scores.values.tolist(), strict=True))
            for scores in (given_now, given_then)
        )
        assert str(sorted(now.items())) == str(sorted(then.items()))


@FEW
@given(st.integers(0, 2**32))
def test_facts_in_any_order_and_any_files_are_the_same_panel(made, seed):
    rng = random.Random(seed)

    def change(folder, listed):
        """Shuffle rows and deliveries, deliver some events twice, and spread them over other files."""
        events = [item for item in listed if item.kind == "events"]
        others = [item for item in listed if item.kind != "events"]
        for item in others:
            head, *rows = (folder / item.file).read_text(encoding="utf-8").splitlines()
            text = "\n".join([head, *rng.sample(rows, len(rows)), ""])
            (folder / item.file).write_text(text, encoding="utf-8")
        lines = [line for item in events for line in (folder / item.file).read_text().splitlines()]
        lines += rng.sample(lines, len(lines) // 3)
        rng.shuffle(lines)
        for number in range(3):
            text = "\n".join([*lines[number::3], ""])
            (folder / f"events-{number}.jsonl").write_text(text, encoding="utf-8")
        last = max(item.delivered_on for item in listed)
        spread = [
            Delivery(name=f"events-{number}", kind="events", delivered_on=last, file=f"events-{number}.jsonl")
            for number in range(3)
        ]
        return rng.sample([*others, *spread], len(others) + 3)

    assert_same(read_changed(made, change), made.read)


@FEW
@given(st.integers(0, 2**32), st.sampled_from(["benefits", "wages"]))
def test_a_correction_changes_exactly_the_months_it_touches(made, seed, kind):
    rng = random.Random(seed)
    touched = set()

    def correct(folder, listed):
        """Leave rows out of one month, in a delivery that comes after all others."""
        old = rng.choice([item for item in listed if item.kind == kind])
        head, *rows = (folder / old.file).read_text(encoding="utf-8").splitlines()
        kept = [row for row in rows if rng.random() > 0.3]
        touched.add(old.of_month)
        if kind == "wages":
            begin = head.split(";").index("aanvang periode")
            days = [row.split(";")[begin] for row in rows if row not in kept]
            touched.update(Month(int(day[:4]), int(day[4:6])) for day in days)
        (folder / "better.csv").write_text("\n".join([head, *kept, ""]), encoding="utf-8")
        later = made.known + timedelta(days=40)
        better = Delivery(
            name="better", kind=kind, month=old.month, delivered_on=later, file="better.csv", rows=len(kept)
        )
        return [better, *listed]

    after = read_changed(made, correct)
    expected = made.read
    found = differing(after.months, expected.months)
    columns = {month - expected.months.first_month for month in touched}
    assert found.keys() <= set(BENEFITS if kind == "benefits" else WAGES)
    assert set().union(*found.values()) <= columns
    assert found
    assert after.journal.digest() == expected.journal.digest()


@FEW
@given(st.integers(0, 2**32))
def test_what_was_known_before_a_correction_stays_known(made, seed):
    """Corrected deliveries and events of later days change nothing in what was known."""
    rng = random.Random(seed)

    def later(folder, listed):
        old = rng.choice([item for item in listed if item.kind == "benefits"])
        head, *_ = (folder / old.file).read_text(encoding="utf-8").splitlines()
        (folder / "empty.csv").write_text(f"{head}\n", encoding="utf-8")
        events = next(item for item in listed if item.kind == "events")
        first = json.loads((folder / events.file).read_text(encoding="utf-8").splitlines()[0])
        day = made.known + timedelta(days=rng.randint(1, 99))
        retracted = {
            "id": "later",
            "household": first["household"],
            "person": first["person"],
            "kind": "retracted",
            "valid_from": first["valid_from"],
            "recorded_at": f"{day}T12:00:00Z",
            "actor": "project_lead:0b05",
            "payload": {},
            "corrects": first["id"],
        }
        (folder / "later.jsonl").write_text(json.dumps(retracted) + "\n", encoding="utf-8")
        return [
            Delivery(name="empty", kind="benefits", month=old.month, delivered_on=day, file="empty.csv"),
            Delivery(name="later", kind="events", delivered_on=day, file="later.jsonl"),
            *listed,
        ]

    found = read_changed(made, later, known_at=made.known)
    assert_same(found, made.read)
    assert found.sources == made.read.sources
