"""Bad deliveries, each a file here: what came, and everything that must be said of it, at once.

Nothing that is said may show a citizen service number, or what stands in a cell.
"""

from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from opmaat.caseload.pseudonym import KEY_FILE, pseudonyms
from opmaat.core.errors import DataFileError, ProtocolError
from opmaat.core.secrets import private_folder, write_secret
from opmaat.panel.deliveries import FILE_NAME, FOLDER, WAGES, load_deliveries
from opmaat.panel.read_registers import read_registers

CASES = sorted(Path(__file__).parent.glob("*.yaml"))
KEY = bytes(range(32))
KNOWN = ["999000001", "999000002", "999000003"]
TEXT = {"nl": "tekst", "en": "text"}


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_bad_delivery(file, tmp_path, build_protocol):
    case = YAML().load(file)
    register = {"layout": "bus", "only": {"statistics_code": ["01"]}}
    protocol = build_protocol(population={"unit": "household", "description": TEXT, "register": register})
    with (tmp_path / FILE_NAME).open("w", encoding="utf-8") as stream:
        yaml = YAML()
        yaml.dump({"version": 1, "deliveries": [dict(item) for item in case["deliveries"]]}, stream)
    (tmp_path / FOLDER).mkdir()
    for name, content in case["files"].items():
        (tmp_path / FOLDER / name).write_text(content, encoding="utf-8")
    write_secret(private_folder(tmp_path / "private") / KEY_FILE, KEY)

    with pytest.raises((DataFileError, ProtocolError)) as raised:
        read_registers(
            protocol,
            tmp_path,
            load_deliveries(tmp_path).deliveries,
            wages=WAGES,
            persons=tuple(pseudonyms(KEY, "person", KNOWN)),
            household=np.arange(3),
        )

    issues = raised.value.issues
    assert [issue.code for issue in issues] == [issue["code"] for issue in case["issues"]]
    for issue, expected in zip(issues, case["issues"], strict=True):
        for field in ("where", "problem", "fix"):
            assert expected.get(field, "") in getattr(issue, field)
    assert "99900000" not in str(raised.value)
    assert "nobody" not in str(raised.value)
