"""Readable cases of events: each file asks one question about what follows from them.

`households` take part from a day, in an arm, with every letter and consent before it. `events` come on top:
one line each, with the day, the kind and its payload; the household is h1 and the adult p1 unless it says
otherwise, and it became known at noon of the same day. `lines` are put into the file as they stand. What is
expected is listed in full: every issue, every thing that is due.
"""

import json
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from opmaat.conduct.dose import contamination
from opmaat.conduct.due import due
from opmaat.conduct.flow import flows, together
from opmaat.conduct.fold import fold
from opmaat.conduct.households import lifted_duties
from opmaat.conduct.kinds import BY_NAME
from opmaat.conduct.read import read_events
from opmaat.core.errors import DataFileError
from opmaat.protocol.load import load_protocol

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*.yaml"))
ENVELOPE = ("id", "household", "person", "recorded", "actor", "corrects")


def written(day, kind, *, name, household="h1", **given):
    """Return one event as the file has it."""
    payload = {key: value for key, value in given.items() if key not in ENVELOPE}
    about = BY_NAME[kind].about if kind in BY_NAME else "household"
    recorded = given.get("recorded", day)
    return {
        "id": given.get("id", name),
        "household": household,
        "person": given.get("person", "p1" if about == "person" else None),
        "kind": kind,
        "valid_from": str(day),
        "recorded_at": f"{recorded}T12:00:00Z" if isinstance(recorded, date) else recorded,
        "actor": given.get("actor", "caseworker:3f09"),
        "payload": {key: str(value) if isinstance(value, date) else value for key, value in payload.items()},
        "corrects": given.get("corrects"),
    }


def joining(household, *, arm, start, adults=("p1",)):
    """Return the events by which a household comes to take part, in the order of the letters."""
    days = [start - timedelta(days=back) for back in (60, 50, 40, 30, 10)]
    yield days[0], "drawn", {}
    yield days[1], "invited", {}
    yield days[2], "signed_up", {}
    for adult in adults:
        yield days[3], "consented", {"purpose": "questionnaires", "person": adult}
    yield days[4], "disclosed", {"arm": arm}
    yield start, "started", {}


def events_of(case):
    numbers = count(1)
    for household, given in case.get("households", {}).items():
        for day, kind, payload in joining(household, **given):
            yield written(day, kind, name=f"j{next(numbers)}", household=household, **payload)
    for number, event in enumerate(case.get("events", ()), start=1):
        yield written(event.pop("on"), event.pop("kind"), name=f"e{number}", **event)


def file_of(case, folder):
    lines = [json.dumps(event) for event in events_of(case)] + case.get("lines", [])
    path = folder / "events.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(case, folder):
    """Return the journal of a case and the issues told on the way."""
    known = case.get("known_at")
    try:
        events = read_events(file_of(case, folder), today=case.get("today", date(2021, 1, 1)))
    except DataFileError as error:
        return None, error.issues
    known_at = None if known is None else datetime.fromisoformat(f"{known}T23:59:59+00:00")
    journal = fold(events, known_at=known_at)
    return journal, journal.issues


def shown(one):
    return " ".join(filter(None, [str(one.on), one.what.value, one.detail, one.household, one.person]))


def states(history, on):
    adults = {person: track.on(on) for person, track in history.adults.items()}
    return {"participation": history.participation.on(on), "benefit": history.benefit.on(on), **adults}


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case(file, tmp_path):
    case = YAML(typ="safe").load(file)
    journal, issues = read(case, tmp_path)
    protocol = load_protocol(HERE / "trial")

    told = [f"{Path(issue.where).name}: {issue.problem} [{issue.code}]" for issue in issues]
    assert told == case.get("issues", [])
    for expected in case.get("states", ()):
        on, household = expected.pop("on"), expected.pop("household", "h1")
        assert states(journal.histories[household], on) == expected
    for on, expected in case.get("due", {}).items():
        assert [shown(one) for one in due(journal, protocol, on=on)] == expected
    for on, expected in case.get("contamination", {}).items():
        found = contamination(journal, protocol, on=on)
        assert [f"{one.what}: {one.who} since {one.since}, {one.detail}" for one in found] == expected
    for on, expected in case.get("flow", {}).items():
        arms = {household: given["arm"] for household, given in case["households"].items()}
        whole = together(flows(journal, arms, on=on), "all arms")
        assert {name: getattr(whole, name) for name in expected} == expected
    if "lifted" in case:
        lifted = lifted_duties(journal.histories["h1"], "p1")
        assert [f"{one.duty} {one.first_day} {one.last_day}" for one in lifted] == case["lifted"]
