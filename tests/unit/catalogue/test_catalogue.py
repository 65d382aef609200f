"""The catalogue: every file is well formed, every element is known, and what was not read is not there."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from opmaat.catalogue import load
from opmaat.catalogue.load import approach, approaches, elements
from opmaat.cli.main import opmaat
from opmaat.core.errors import UsageError

PACKAGE = Path(load.__file__).parent
SEVEN = {
    "opleiden-in-de-zorg",
    "buurt-mv",
    "energiebox",
    "fip",
    "app",
    "aandacht-doet-bewegen",
    "top-vrouwen",
}


def test_every_shelf_follows_the_schema():
    schema = json.loads((PACKAGE / "schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    for shelf in PACKAGE.glob("entries/*.yaml"):
        content = YAML(typ="safe", pure=True).load(shelf.read_text(encoding="utf-8"))
        assert [error.message for error in validator.iter_errors(content)] == [], shelf.name


def test_elements_of_entries_are_known_and_every_element_is_used():
    used = {name for entry in approaches().values() for name in entry.elements}
    assert used == set(elements())


def test_the_seven_approaches_are_there_without_an_effect_that_nobody_read():
    shelf = {name.removeprefix("succesvol-2019-") for name in approaches() if name.startswith("succesvol")}
    assert shelf == SEVEN
    for name in SEVEN:
        entry = approach(f"succesvol-2019-{name}")
        assert (entry.grade, entry.found) == ("unknown", None)


def test_every_city_has_its_arms():
    arms = {}
    for name in approaches():
        city = name.split("-")[0]
        arms[city] = arms.get(city, 0) + 1
    del arms["succesvol"]
    cities = {"groningen": 4, "wageningen": 3, "utrecht": 3, "nijmegen": 2, "deventer": 3, "tilburg": 3}
    assert arms == {**cities, "amsterdam": 3}


def test_an_unknown_name_is_told_with_the_nearest():
    with pytest.raises(UsageError, match="Did you mean 'utrecht-2018-guidance'"):
        approach("utrecht-2018-guidence")


def test_the_verb_lists_all_and_shows_one():
    listed = CliRunner().invoke(opmaat, ["catalogue", "--json"])
    assert len(json.loads(listed.stdout)["approaches"]) == len(approaches())
    shown = CliRunner().invoke(opmaat, ["catalogue", "succesvol-2019-energiebox"])
    assert "evidence  unknown: Nothing was read about its effect." in shown.stdout
    assert CliRunner().invoke(opmaat, ["catalogue", "nothing"]).exit_code == 2
