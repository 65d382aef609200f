"""A made-up municipality: a protocol, a register in the layout of the BUS, and a way to run the verbs."""

import csv
import json
import random
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from opmaat.assign.conceal import open_household
from opmaat.cli.main import opmaat
from opmaat.core.digest import digest_value
from opmaat.core.secrets import read_secret

PROTOCOL = """
version: 1
id: made-up
title: {nl: Verzonnen, en: Made up}
legal_framework: none
population:
  unit: household
  description: {nl: huishoudens met bijstand, en: households on assistance}
  reference_date: 2017-09-01
  register: {layout: bus, only: {statistics_code: ['01']}}
  characteristics:
    kind:
      kind: coded
      field: household_kind
      label: {nl: leefvorm, en: kind of household}
      values: {'1': single, '2': single parent, '3': couple, '4': other}
    duration:
      kind: years_since
      field: benefit_start
      of: earliest
      bands: [2, 5]
      label: {nl: duur, en: duration}
    age: {kind: years_since, field: birth_date, of: earliest, label: {nl: leeftijd, en: age}}
  exclude:
    - {id: pension, rule: pension_age_within, months: 24, reason: {nl: AOW, en: pension age}}
    - {id: young, rule: younger_than, years: 27, reason: {nl: te jong, en: too young}}
    - id: just_started
      rule: started_within
      months: 6
      field: benefit_start
      reason: {nl: pas begonnen, en: just started}
  reference: [just_started]
arms:
  zebra_control: {kind: control, share: 2, label: {nl: gewoon, en: ordinary}}
  zebra_exemption: {kind: exemption, share: 1, duties: [work], months: 24, label: {nl: vrij, en: free}}
  zebra_guidance: {kind: guidance, share: 1, contacts_per_month: 1, label: {nl: hulp, en: help}}
  zebra_choice:
    kind: choice
    share: 1
    options: [zebra_exemption, zebra_guidance]
    label: {nl: keuze, en: choice}
assignment: ASSIGNMENT
outcomes:
  working: {kind: binary, label: {nl: werkt, en: works}, unit: {nl: aandeel, en: share}}
estimands:
  - {id: E1, outcome: working, contrast: [zebra_guidance, zebra_control], primary: true}
analyses:
  - {id: A1, method: difference_in_means, estimands: [E1]}
"""
BLOCKED = (
    "{method: blocked, strata: [kind, duration], timing: before_invitation, balance: [kind, duration, age]}"
)
HEADS = [
    "statistiekcode",
    "registratienummer uitkering",
    "leefvorm",
    "burgerservicenummer",
    "geboortedatum",
    "aanvangsdatum uitkering persoon",
]


@dataclass(frozen=True)
class Study:
    """A study in a folder of its own."""

    home: Path

    def run(self, command, **options):
        """Run a verb; returns its exit code and what it printed as JSON."""
        named = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
        verb, *flags = command.split()
        arguments = [verb, str(self.home), *flags, *map(str, named), "--json"]
        result = CliRunner(catch_exceptions=False).invoke(opmaat, arguments)
        return result.exit_code, json.loads(result.stdout)

    def succeed(self, command, **options):
        """Run a verb that must succeed."""
        code, told = self.run(command, **options)
        assert code == 0, told
        return told

    def refused(self, command, **options):
        """Run a verb that must be refused; returns its exit code and the codes of the issues."""
        code, told = self.run(command, **options)
        return code, [issue["code"] for issue in told["issues"]]

    def commit(self, register, **options):
        """Read the register and commit to its list."""
        self.succeed("caseload", register=register, **options)
        return self.succeed("draw --commit", source="dice", due="2017-11-01", date="2017-09-02", **options)

    def hold(self, register, **options):
        """Read the register, commit and draw."""
        self.commit(register, **options)
        return self.succeed("draw", public_value="613", date="2017-09-10", **options)

    def amend(self, before, after):
        """Change the protocol and amend the lock."""
        protocol = self.home / "protocol.yaml"
        protocol.write_text(protocol.read_text().replace(before, after))
        self.succeed("amend", reason="seen since")

    def files(self):
        """Return what is published of the draw and what is private."""
        return [*(self.home / "draw").iterdir(), *(self.home / "private").iterdir()]

    def reseal(self, name, **changes):
        """Change fields of a published file and seal it again, as a forger would."""
        file = self.home / "draw" / f"{name}.json"
        content = json.loads(file.read_bytes()) | changes
        content["seal"] = digest_value({name: value for name, value in content.items() if name != "seal"})
        file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def arms(self):
        """Return the arm of every household, read household by household with the key."""
        private = self.home / "private"
        households = json.loads((private / "caseload.json").read_bytes())["households"]
        sealed, key = (private / "allocation.bin").read_bytes(), read_secret(private / "draw.key")
        return {name: open_household(sealed, key, household=name, study="made-up").arm for name in households}


def people(households, *, seed=1, first=0):
    """Return rows of a made-up register, of which nobody is kept out when everyone is of middle age."""
    chance = random.Random(seed)
    rows = []
    for household in range(first, first + households):
        kind = chance.choices("1234", [60, 15, 20, 5])[0]
        start = f"{chance.randint(2005, 2016)}0301"
        for person in range(2 if kind == "3" else 1):
            number = f"{100_000_000 + 10 * household + person}"
            rows.append(["01", f"R{household:05d}", kind, number, f"{chance.randint(1960, 1988)}0615", start])
    return rows


def write_register(path, rows, heads=HEADS):
    """Write rows as a register."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=";").writerows([heads, *rows])
    return path


@pytest.fixture
def make_study(tmp_path):
    """Return a function that makes a frozen study with an assignment plan."""

    def make(assignment=BLOCKED, name="study", register="bus"):
        home = tmp_path / name
        home.mkdir()
        text = PROTOCOL.replace("ASSIGNMENT", assignment).replace("layout: bus", f"layout: {register}")
        (home / "protocol.yaml").write_text(text, encoding="utf-8")
        study = Study(home)
        study.succeed("freeze", date="2017-08-01")
        return study

    return make


@pytest.fixture
def make_register(tmp_path):
    """Return a function that writes a register of so many households, or of given rows."""

    def make(rows, name="bus.csv"):
        return write_register(tmp_path / name, people(rows) if isinstance(rows, int) else rows)

    return make


@pytest.fixture
def made_up_people():
    """Return the function that makes up rows of a register."""
    return people
