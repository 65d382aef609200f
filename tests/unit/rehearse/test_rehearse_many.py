"""Diagnosis: any number of workers, any restart, the same answer; and a truth that nothing is read into."""

import json
from dataclasses import replace
from itertools import count

import pytest

from opmaat.core.errors import DataFileError, UsageError
from opmaat.rehearse.effects import ArmEffects, Effects
from opmaat.rehearse.lives.setting import setting
from opmaat.rehearse.many.diagnose import diagnose
from opmaat.rehearse.many.diagnosed import diagnosed
from opmaat.rehearse.many.kept import Kept
from opmaat.rehearse.many.replicate import drawn_frame, households_for
from opmaat.rehearse.many.truth import truths
from opmaat.rehearse.people.chance import Chance

PLANTED = Effects(version=1, arms={"guidance": ArmEffects(finding=3.0)})


def with_effects(study, effects=PLANTED):
    return replace(study, setting=setting(study.protocol, effects=effects))


def alone(study):
    return replace(study, setting=replace(study.setting, protocol=diagnosed(study.protocol).protocol))


def test_workers_and_restarts_change_nothing(before, tmp_path):
    study = with_effects(before)
    whole = tmp_path / "whole.jsonl"
    once = diagnose(study, 250, replications=12, seed=5, workers=1, kept=whole)
    broken = tmp_path / "broken.jsonl"
    lines = whole.read_text(encoding="utf-8").splitlines(keepends=True)
    broken.write_text("".join(lines[:5]) + lines[5][:40], encoding="utf-8")
    told = []
    again = diagnose(
        study,
        250,
        replications=12,
        seed=5,
        workers=2,
        kept=broken,
        progress=lambda done, total: told.append((done, total)),
    )
    assert repr(again) == repr(once)
    assert told[-1] == (20, 20)
    kept = [[json.loads(line) for line in file.read_text().splitlines()[1:]] for file in (whole, broken)]
    by_number = [sorted(rows, key=lambda row: (row["world"], row["number"])) for rows in kept]
    assert json.dumps(by_number[0]) == json.dumps(by_number[1])


def test_estimates_of_another_rehearsal_are_refused(before, tmp_path):
    kept = tmp_path / "kept.jsonl"
    diagnose(before, 100, replications=2, seed=5, workers=1, kept=kept)
    with pytest.raises(DataFileError) as caught:
        diagnose(before, 100, replications=2, seed=6, workers=1, kept=kept)
    assert [issue.code for issue in caught.value.issues] == ["other-rehearsal"]


def test_a_file_with_anything_else_is_told_and_left_as_it_is(tmp_path):
    good = b'{"rehearsal": "key"}\n{"world": "nothing", "number": 0, "estimates": [[1, 2]]}\n'
    cases = {
        b"hello": ["other-rehearsal"],
        b"\xff\x00": ["other-rehearsal"],
        b"[1]\n": ["other-rehearsal"],
        b"": ["other-rehearsal"],
        good + b'{"world": "nothing"}\nx\n': ["damaged-estimates", "damaged-estimates"],
        good.replace(b"2]", b'"x"]'): ["damaged-estimates"],
    }
    file = tmp_path / "kept.jsonl"
    for content, codes in cases.items():
        file.write_bytes(content)
        with pytest.raises(DataFileError) as caught:
            Kept(file, "key", (1, 2))
        assert [issue.code for issue in caught.value.issues] == codes
        assert file.read_bytes() == content
    file.write_bytes(good + b'{"world": "not')
    assert Kept(file, "key", (1, 2)).has("nothing", 0)
    assert file.read_bytes() == good
    with pytest.raises(UsageError, match="cannot be used"):
        Kept(tmp_path, "key", (1, 2))


def test_the_truth_is_nought_without_effects_and_found_with_them(before):
    nothing = truths(alone(before), 400, count(1), wanted=[0.01] * 12)
    assert [one.value for one in nothing] == [0.0] * 12
    found = truths(alone(with_effects(before)), 2000, count(1), wanted=[0.0] * 12, most=2)
    by_arm = dict(zip(["exemption", "guidance", "disregard", "choice"], found[:4], strict=True))
    assert by_arm["guidance"].value > 3 * by_arm["guidance"].std_error > 0
    assert by_arm["exemption"].value == 0.0
    assert 0 < by_arm["choice"].value < by_arm["guidance"].value


def test_the_truth_among_joiners_is_that_of_who_joins_under_the_arm(before):
    """Everybody who takes up has joined, so that the effect among all is that among joiners, diluted."""
    found = truths(alone(with_effects(before)), 3000, count(3), wanted=[0.0] * 12, most=2)
    among_all, among_joined = found[1], found[5]
    share = among_joined.people / among_all.people
    assert among_all.value == pytest.approx(among_joined.value * share, rel=1e-9)


def test_beside_the_plan_stand_the_analyses_that_mislead(before, after):
    assert list(diagnosed(before.protocol).sorts.values()) == ["planned", "joined only", "who answered"]
    assert list(diagnosed(after.protocol).sorts.values()) == ["planned", "who answered"]


def test_an_analysis_that_cannot_be_carried_out_is_counted(after):
    found = diagnose(after, 60, replications=6, seed=2, workers=1)
    planned = [one for one in found if one.sort == "planned"]
    assert all(one.failed > 0 for one in planned)
    assert all(one.replications == 6 for one in planned)


def test_the_register_is_as_large_as_the_plan_asks(before):
    eligible = drawn_frame(before, households_for(before), Chance(9)).people.households
    assert abs(eligible - before.protocol.planning.recruitment.invited) < 60
