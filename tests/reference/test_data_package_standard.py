"""A data package is valid to the reference implementation of the standard (frictionless)."""

import json
import subprocess
from datetime import date

import pytest

from opmaat.core.texts import Text
from opmaat.formats.data_package.model import Field, Package, Resource, csv_pieces
from opmaat.formats.data_package.write import write_data_package

WORD = Text("woord", "word")
VALIDATE = """
import json, sys
from frictionless import Package, validate
report = validate(sys.argv[1])
rows = [row.to_dict() for row in Package(sys.argv[1]).resources[0].read_rows()]
print(json.dumps([report.valid, report.flatten(["type", "message"]), rows], default=str))
"""


@pytest.mark.needs("oracles")
def test_frictionless_reads_the_package_and_finds_nothing_wrong(tmp_path, oracle_python):
    fields = (
        Field(name="person", kind="string", title=WORD),
        Field(name="waves", kind="integer", title=WORD, labels={"0": WORD, "1": WORD}),
        Field(name="score", kind="number", title=WORD, unit="points"),
        Field(name="joined", kind="boolean", title=WORD),
        Field(name="since", kind="date", title=WORD),
    )
    rows = [("a", 1, 0.5, True, date(2018, 3, 1)), ('b, "c"', None, None, False, None)]
    missing = {"": WORD, "-9": Text("geweigerd", "refused")}
    table = Resource(
        name="people", title=WORD, fields=fields, key=("person",), rows=csv_pieces(rows), missing=missing
    )
    package = Package(
        name="made-up",
        title=WORD,
        description=WORD,
        resources=(table,),
        made_of={"x": "sha256:1"},
        protocol="sha256:2",
    )
    write_data_package(package, tmp_path / "out")
    run = subprocess.run(
        [oracle_python, "-c", VALIDATE, tmp_path / "out/datapackage.json"],
        capture_output=True,
        text=True,
        check=True,
    )
    valid, errors, found = json.loads(run.stdout)
    assert (valid, errors) == (True, [])
    assert [tuple(row.values()) for row in found] == [
        ("a", 1, "0.5", True, "2018-03-01"),
        ('b, "c"', None, None, False, None),
    ]
