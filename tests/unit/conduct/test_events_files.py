"""Events as files: what is written is what is read, for every kind."""

import json
import subprocess
import sys
from datetime import date
from itertools import product

import pytest

from opmaat.conduct import kinds, read
from opmaat.conduct.read import read_events, write_events
from opmaat.core.errors import DataFileError

DAY = date(2018, 3, 1)
OF_EVERY_KIND = [
    kinds.Invited(),
    kinds.InformationMeeting(60),
    kinds.SignedUp(),
    kinds.Consented("register_linking", given=False),
    kinds.Drawn(),
    kinds.Disclosed("control"),
    kinds.Started(),
    kinds.CaseworkerAssigned("caseworker:3f09"),
    kinds.Chose("guidance"),
    kinds.PartnerJoined(),
    kinds.DisregardGranted(date(2020, 2, 29)),
    kinds.DisregardEnded(),
    kinds.DutyRestored("work"),
    kinds.DutyExempted("work", "trial", date(2020, 2, 29)),
    kinds.ContactHeld(45, "home"),
    kinds.ContactMissed(45, "office"),
    kinds.DebtHelp(30, 12_500),
    kinds.PlanMade(),
    kinds.LadderScored(4),
    kinds.Reviewed(True),
    kinds.NoticeGiven(),
    kinds.EarningsReported(40_000),
    kinds.BenefitPaid(99_212, set_off_cents=5_000),
    kinds.OverpaymentFound(5_000),
    kinds.Sanctioned("uniform", 10_000, 1),
    kinds.WaveSent("baseline"),
    kinds.Answered("baseline"),
    kinds.Complained("money", serious=True),
    kinds.ComplaintAnswered(),
    kinds.MovedAway(),
    kinds.ReachedPensionAge(),
    kinds.PartnerLeft(),
    kinds.Died(),
    kinds.Withdrew(),
    kinds.Removed("other"),
    kinds.Exited("11"),
    kinds.ReEntered(),
    kinds.Retracted("a typing error"),
]


def test_every_kind_is_written_and_read_again(happen, tmp_path):
    assert [type(payload) for payload in OF_EVERY_KIND] == list(kinds.KINDS)
    events = tuple(
        happen(DAY, payload, "p1" if payload.about == "person" else None, corrects="e0")
        for payload in OF_EVERY_KIND
    )
    file = tmp_path / "events.jsonl"
    write_events(file, events)
    assert read_events(file, today=DAY) == events


STRANGE = (None, "", " ", "x", 1, 1.0, True, [], {}, {"extra": 1}, "2018-03-01T00:00:00", "2018-03-01", 1e400)


@pytest.mark.parametrize("payload", OF_EVERY_KIND, ids=lambda payload: payload.kind)
def test_reading_in_one_go_takes_nothing_that_reading_step_by_step_refuses(happen, payload):
    line = happen(DAY, payload, "p1" if payload.about == "person" else None).as_dict()
    lines = [line, {**line, "extra": 1}, *({**line, key: value} for key, value in product(line, STRANGE))]
    lines += [{**line, "payload": {**line["payload"], key: x}} for key in line["payload"] for x in STRANGE]
    lines += [{name: value for name, value in line.items() if name != left_out} for left_out in line]
    for text in map(json.dumps, lines):
        at_once, step_by_step = read._event(text, "a:1"), read._told(text, "a:1")
        assert at_once == step_by_step
        assert type(at_once) is type(step_by_step)


def test_a_kind_says_whom_it_is_about_and_has_a_name_of_its_own():
    assert len(kinds.BY_NAME) == len(kinds.KINDS)
    for kind in kinds.KINDS:
        assert kind.about in ("household", "person", "either")
        assert kind.__doc__


@pytest.mark.parametrize(
    ("content", "code"),
    [(b'{"id": "\xff"}', "not-utf-8"), (b"[]\n", "wrong-value"), (None, "unreadable")],
)
def test_a_file_that_is_no_file_of_events(content, code, tmp_path):
    file = tmp_path / "events.jsonl"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DataFileError) as caught:
        read_events(file, today=DAY)
    assert [issue.code for issue in caught.value.issues] == [code]


def test_a_wrong_line_does_not_hide_the_next(happen, tmp_path):
    good = json.dumps(happen(DAY, kinds.Drawn()).as_dict())
    file = tmp_path / "events.jsonl"
    file.write_text(f"{good}\n\n{{}}\n{good[:-3]}\n", encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        read_events(file, today=DAY)
    assert {issue.where.rsplit(":", 1)[1] for issue in caught.value.issues} == {"3", "4"}


def test_the_page_of_states_is_fresh(root):
    script = root / "docs/explanation/generate.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
