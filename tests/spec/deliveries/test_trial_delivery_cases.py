"""What can go wrong between a municipality and its trial, each a file here: what changed, and what is said.

Every case starts from the first months of a made-up trial that can be read. `events` come in a delivery of
their own, of the household `{household}` with the adult `{person}`, who take part; `{answerer}` answered
before. All is said at once, with a place and with what to do, and nothing is written.
"""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from opmaat.cli.main import opmaat
from opmaat.rehearse.effects import NO_EFFECTS
from opmaat.rehearse.play.play import play

CASES = sorted((Path(__file__).parent / "trial").glob("*.yaml"))
ENVELOPE = ("on", "recorded", "person", "kind")
LEFT = ("exited", "withdrew", "moved_away", "removed", "died", "partner_left")


@pytest.fixture(scope="module")
def played(root, tmp_path_factory):
    out = tmp_path_factory.mktemp("trial") / "made-up"
    play(root / "tests/unit/rehearse/before", out, effects=NO_EFFECTS, households=150, seed=3, to_month=6)
    return out


def names_in(folder):
    """Return a household that takes part to the end, an adult of it who did not answer, and who did first."""
    files = sorted(folder.glob("events-*.jsonl"))
    events = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    gone = {event["household"] for event in events if event["kind"] in LEFT}
    answered = {event["person"] for event in events if event["kind"] == "answered"}
    adults = {
        event["household"]: event["person"]
        for event in events
        if event["person"] and event["kind"] == "consented"
    }
    started = {event["household"] for event in events if event["kind"] == "started"} - gone
    household = min(name for name in started if adults.get(name, "") not in {"", *answered})
    answerer = (folder / "answers-baseline.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    return {"household": household, "person": adults[household], "answerer": answerer}


def filled(text, names):
    for name, value in names.items():
        text = text.replace("{" + name + "}", value)
    return text


def written(number, event, names):
    """Return one event as the file has it."""
    return {
        "id": f"new{number}",
        "household": names["household"],
        "person": filled(event["person"], names) if "person" in event else None,
        "kind": event["kind"],
        "valid_from": str(event["on"]),
        "recorded_at": f"{event.get('recorded', event['on'])}T12:00:00Z",
        "actor": "caseworker:3f09",
        "payload": {key: value for key, value in event.items() if key not in ENVELOPE},
        "corrects": None,
    }


def change_files(case, folder, names):
    for name, cell in case.get("replace", {}).items():
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        cells = lines[cell["line"] - 1].split(",")
        cells[cell["column"] - 1] = cell["cell"]
        lines[cell["line"] - 1] = ",".join(cells)
        (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
    for name, count in case.get("cut", {}).items():
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        (folder / name).write_text("\n".join([*lines[:-count], ""]), encoding="utf-8")
    for name, rows in case.get("append", {}).items():
        with (folder / name).open("a", encoding="utf-8") as stream:
            stream.writelines(f"{filled(row, names)}\n" for row in rows)


def change_list(case, study, names):
    """Change the list of deliveries, and add the one of the case's events; appended rows are counted."""
    yaml = YAML(typ="safe")
    content = yaml.load(study / "deliveries.yaml")
    for item in content["deliveries"]:
        item.update(case.get("list", {}).get(item["name"], {}))
        item["rows"] += len(case.get("append", {}).get(item["file"], ()))
    lines = [
        json.dumps(written(number, event, names))
        for number, event in enumerate(case.get("events", ()), start=1)
    ]
    lines += case.get("lines", [])
    if lines:
        (study / "deliveries" / "new.jsonl").write_text("\n".join([*lines, ""]), encoding="utf-8")
        last = max(item["delivered_on"] for item in content["deliveries"])
        new = {"name": "new", "kind": "events", "delivered_on": last, "file": "new.jsonl"}
        content["deliveries"].append(new)
    with (study / "deliveries.yaml").open("w", encoding="utf-8") as stream:
        yaml.dump(content, stream)


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case_of_a_trial(file, played, tmp_path):
    case = YAML(typ="safe").load(file)
    study = shutil.copytree(played, tmp_path / "made-up")
    names = names_in(study / "deliveries")
    change_files(case, study / "deliveries", names)
    change_list(case, study, names)
    before = sorted(study.rglob("*"))

    result = CliRunner(catch_exceptions=False).invoke(opmaat, ["estimate", str(study), "--json"])

    assert result.exit_code != 0
    assert sorted(study.rglob("*")) == before
    issues = json.loads(result.stdout)["issues"]
    assert [issue["code"] for issue in issues] == [issue["code"] for issue in case["issues"]]
    for issue, expected in zip(issues, case["issues"], strict=True):
        assert issue["where"]
        assert issue["fix"]
        for field in ("where", "problem", "fix"):
            assert filled(expected.get(field, ""), names) in issue[field]
