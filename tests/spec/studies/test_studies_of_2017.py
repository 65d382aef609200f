"""The experiments of 2017-2019 as protocols: what is found in them is in a file per study, breaches included.

A study is not changed so that it passes: a finding that goes or comes is a change to be read.
"""

import csv
import json
import random
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from opmaat import load_protocol
from opmaat.assign.draw import draw
from opmaat.caseload.build import build
from opmaat.caseload.layout import load_layout
from opmaat.caseload.read import read_register
from opmaat.catalogue.load import approaches
from opmaat.cli.main import opmaat
from opmaat.core.month import Month
from opmaat.design.limits.check import check_limits
from opmaat.design.plan import plan
from opmaat.protocol.freeze import read_frozen
from opmaat.rehearse.effects import read_effects
from opmaat.survey.load import load_questionnaire

HERE = Path(__file__).parent
STUDIES = HERE.parents[2] / "studies"
NAMES = sorted(file.stem for file in HERE.glob("*.yaml"))
LONGEST_SENTENCE = 15


@pytest.fixture(scope="module", params=NAMES)
def study(request):
    return STUDIES / request.param


@pytest.fixture(scope="module")
def protocol(study):
    return load_protocol(study)


def test_what_check_finds(study, protocol):
    expected = YAML(typ="safe").load(HERE / f"{study.name}.yaml")
    found = {severity: [] for severity in ("breach", "warning", "unverified")}
    for finding in check_limits(protocol):
        place = ".".join(map(str, finding.path))
        found[finding.severity].append({"rule": finding.rule.id, "at": place, "problem": finding.problem})
    assert found == expected["found"]
    result = CliRunner(catch_exceptions=False).invoke(opmaat, ["check", str(study), "--json"])
    assert result.exit_code == expected["exit"]
    codes = {issue["code"] for issue in json.loads(result.stdout)["issues"]}
    assert codes <= {"legal-breach", "legal-warning", "legal-unverified"}


def test_the_lock_is_that_of_the_protocol(study, protocol):
    assert read_frozen(study).digest == protocol.digest()


def test_there_is_a_plan_for_the_primary_estimands(protocol):
    planned = {item.estimand for item in plan(protocol).comparisons}
    assert {estimand.id for estimand in protocol.estimands if estimand.primary} <= planned


def test_the_questionnaire_asks_every_scale_that_is_an_outcome(study, protocol):
    asked = {scale.scale for scale in load_questionnaire(study, protocol).scales}
    definitions = [outcome.definition for outcome in protocol.outcomes.values()]
    assert {item.scale for item in definitions if item.rule == "scale"} <= asked


def test_effects_are_assumed_and_of_its_arms(study, protocol):
    assert read_effects(study, protocol).assumption is not None


def test_every_approach_of_the_study_in_the_catalogue_is_an_arm_with_its_elements(study, protocol):
    of_arms = {arm.elements for arm in protocol.arms.values()}
    for name, approach in approaches().items():
        if name.startswith(study.name) and name != "amsterdam-2018-premium":
            assert approach.elements in of_arms, name


def test_what_participants_read_is_short_and_says_u(study, protocol):
    welcome = load_questionnaire(study, protocol).items["welcome"].text.nl
    texts = [arm.description.nl for arm in protocol.arms.values()]
    for text in [*texts, welcome]:
        assert re.search(r"\b[uU]w?\b", text)
        for sentence in re.split(r"[.?!]", text):
            assert len(sentence.split()) <= LONGEST_SENTENCE, sentence


def test_documented_and_assumed_stand_apart_with_addresses(study):
    text = (study / "README.md").read_text(encoding="utf-8")
    documented, assumed = text.split("## Documented")[1].split("## Assumed")
    assert documented.count("](http") >= 5
    assert "persons or households is not known" in " ".join(assumed.split())


def test_its_register_can_be_read_and_drawn(study, protocol, tmp_path):
    day = protocol.population.reference_date
    file = tmp_path / "register.csv"
    write_register(file, load_layout("register.yaml", folder=study, month=Month.of(day)).layout)
    delivery = read_register(protocol, file, folder=study, day=day)
    caseload = build(protocol, delivery, key=bytes(32), day=day)
    assert caseload.totals.households == 300
    assert sum(why in protocol.population.reference for why in caseload.kept_out) > 0
    totals = draw(protocol, caseload, seed=bytes(32)).totals()
    assert sum(totals.values()) == caseload.totals.eligible > 100
    assert all(totals.values())


def write_register(file, layout):
    """Write 300 made-up households, a third of them couples, in the study's own layout."""
    chance = random.Random(1)
    columns = {name: field.column for name, field in layout.fields.items()}
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(columns.values()), delimiter=";")
        writer.writeheader()
        for household in range(300):
            shared = {
                "registration_number": f"R{household}",
                "statistics_code": "01",
                "household_kind": "3" if household % 3 == 0 else chance.choice("12"),
                "benefit_start": f"{chance.choice((2010, 2014, 2016))}0501",
                "signed_up": chance.choice("0111"),
            }
            if household % 10 == 0:
                shared["benefit_start"] = "20170801"
            for person in range(2 if household % 3 == 0 else 1):
                own = {
                    "citizen_service_number": str(990_000_000 + 2 * household + person),
                    "birth_date": f"{chance.randint(1960, 1988)}0715",
                    "sex": chance.choice("12"),
                    "migration_background": chance.choice("01"),
                }
                row = {columns[name]: value for name, value in {**shared, **own}.items() if name in columns}
                writer.writerow(row)
