"""A step that is killed, at whatever moment, is taken again and ends as if nothing had happened."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROLLING = "{method: blocked, strata: [kind], block_sizes: [5, 10], timing: after_consent, intake: rolling}"
DRIVER = Path(__file__).with_name("killed.py")
DONE = {
    "commit": "already-committed",
    "draw": "already-drawn",
    "next": "closed-list",
    "open": "already-opened",
}
STEPS = {
    "commit": "draw --commit --source dice --due 2017-11-01 --date 2017-09-02",
    "draw": "draw --public-value 613 --date 2017-09-10",
    "next": "draw --next --date 2017-10-01",
    "open": "draw --open --date 2017-11-01",
}


def killed(study, step):
    """Return what came of killing a step at its every change; the last one came through."""
    command = [sys.executable, str(DRIVER), str(study.home), *STEPS[step].split()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def at_step(make_study, make_register, made_up_people):
    """Return a function that brings a study to just before a step."""

    def bring(step):
        study = make_study(ROLLING)
        study.succeed("caseload", register=make_register(8))
        if step != "commit":
            study.succeed(STEPS["commit"])
        if step in ("next", "open"):
            study.succeed(STEPS["draw"])
        if step == "next":
            rows = [*made_up_people(8), *made_up_people(4, seed=2, first=60)]
            study.succeed("caseload", register=make_register(rows, "later.csv"))
        return study

    return bring


@pytest.mark.parametrize(
    "step",
    [pytest.param(step, marks=[pytest.mark.slow] if step in ("commit", "open") else []) for step in STEPS],
)
def test_a_killed_step_is_completed_by_the_same_command(at_step, step):
    *broken_off, through = killed(at_step(step), step)
    assert len(broken_off) > 8
    for ending in broken_off:
        assert ending["told"] in (
            [],
            ["already-committed"],
            ["already-drawn"],
            ["already-opened"],
            ["closed-list"],
        )
        assert ending["left"] == []
        assert ending["open"] == []
        assert ending["published"].keys() == through["published"].keys()
        if step != "commit":
            assert ending["published"] == through["published"]
    completed = [ending["told"] for ending in broken_off].count([])
    assert completed > len(broken_off) / 2
