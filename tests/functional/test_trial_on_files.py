"""A trial on files: what was known on a day is told again byte for byte, whatever came since."""

import json
import random
import shutil

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from opmaat.cli.main import opmaat
from opmaat.protocol.load import load_protocol
from opmaat.rehearse.effects import NO_EFFECTS
from opmaat.rehearse.play.play import play

KNOWN_AT = "2018-03-15"


@pytest.fixture(scope="module")
def rehearsed(root, tmp_path_factory):
    """The first six months of a made-up trial, with late and wrong deliveries that are corrected later."""
    out = tmp_path_factory.mktemp("trial") / "made-up"
    play(root / "tests/unit/rehearse/before", out, effects=NO_EFFECTS, households=150, seed=3, to_month=6)
    return out


@pytest.fixture
def study(rehearsed, tmp_path):
    return shutil.copytree(rehearsed, tmp_path / "made-up")


def estimate(study, *options):
    arguments = ["estimate", str(study), "--json", *options]
    return CliRunner(catch_exceptions=False).invoke(opmaat, arguments)


def course_of(study, *options):
    result = estimate(study, *options)
    assert result.exit_code == 0, result.stdout
    return (study / "results" / "course.json").read_bytes()


def read_list(study):
    return YAML(typ="safe").load(study / "deliveries.yaml")


def change_list(study, change):
    content = read_list(study)
    content["deliveries"] = change(content["deliveries"])
    with (study / "deliveries.yaml").open("w", encoding="utf-8") as stream:
        YAML(typ="safe").dump(content, stream)


def test_what_was_known_on_a_day_is_told_again_byte_for_byte(study):
    """Whether later deliveries are there or not, in another order, and with events delivered again."""
    course_of(study)
    then = course_of(study, "--known-at", KNOWN_AT)
    days = [str(item["delivered_on"]) for item in read_list(study)["deliveries"]]
    assert min(days) < KNOWN_AT < max(days)

    again = study / "deliveries" / "again.jsonl"
    events = sorted((study / "deliveries").glob("events-*.jsonl"))
    lines = events[0].read_text(encoding="utf-8").splitlines(keepends=True)
    random.Random(1).shuffle(lines)
    again.write_text("".join(lines), encoding="utf-8")

    def later(listed):
        last = max(item["delivered_on"] for item in listed)
        repeated = {"name": "again", "kind": "events", "delivered_on": last, "file": again.name}
        return [*reversed(listed), repeated]

    change_list(study, later)
    assert course_of(study, "--known-at", KNOWN_AT) == then
    change_list(study, lambda listed: [item for item in listed if str(item["delivered_on"]) <= KNOWN_AT])
    assert course_of(study, "--known-at", KNOWN_AT) == then


def verify(study):
    words = ["verify", str(study / "results" / "progress.html"), "--json"]
    return CliRunner(catch_exceptions=False).invoke(opmaat, words)


def issues_of(result):
    return [(issue["code"], issue["where"]) for issue in json.loads(result.stdout)["issues"]]


def test_a_delivery_that_changed_after_the_report_is_found(study):
    """Of a report of the course too; what came in later changes nothing."""
    course_of(study, "--known-at", KNOWN_AT)
    assert CliRunner().invoke(opmaat, ["report", str(study), "--kind", "progress"]).exit_code == 0
    verified = verify(study)
    assert verified.exit_code == 0, verified.stdout
    assert "deliveries: as they were read" in verified.stdout
    assert "drawn again" in verified.stdout

    early, late = (
        [item for item in read_list(study)["deliveries"] if (str(item["delivered_on"]) <= KNOWN_AT) == early]
        for early in (True, False)
    )
    for item in (early[0], late[0]):
        with (study / "deliveries" / item["file"]).open("a", encoding="utf-8") as stream:
            stream.write("\n")
    (study / "deliveries" / early[1]["file"]).unlink()
    assert issues_of(verify(study)) == [
        ("changed-delivery", early[0]["file"]),
        ("no-delivery", early[1]["file"]),
    ]


def test_a_delivery_dated_back_after_the_report_is_found(study):
    course_of(study, "--known-at", KNOWN_AT)
    assert CliRunner().invoke(opmaat, ["report", str(study), "--kind", "progress"]).exit_code == 0

    def backdated(listed):
        latest = listed[-1]
        return [*listed[1:-1], {**latest, "delivered_on": listed[0]["delivered_on"]}]

    change_list(study, backdated)
    assert [code for code, _ in issues_of(verify(study))] == ["no-delivery", "other-deliveries"]


def test_before_the_last_month_nothing_is_estimated(study):
    told = json.loads(estimate(study, "--month", "3").stdout)
    protocol = load_protocol(study)
    course = told["result"]["course"] if "result" in told else told["course"]
    assert [arm["name"] for arm in course["arms"]] == list(protocol.arms)
    assert [exits["month"] for exits in course["arms"][0]["exits"]] == [1, 2, 3]
    assert course["reference"] is None or course["reference"]["flow"] is None
    assert not (study / "results" / "estimates.json").exists()
    assert all(arm["flow"]["drawn"] == arm["households"] for arm in course["arms"])


def test_sealed_arms_are_refused_with_what_to_do(study):
    (study / "private" / "seal.key").unlink()
    result = estimate(study)
    assert result.exit_code != 0
    (issue,) = json.loads(result.stdout)["issues"]
    assert issue["code"] == "not-opened"
    assert "opmaat draw --open" in issue["fix"]
