"""The lists that are drawn: the same from every file, and nobody on two of them."""

import json
from pathlib import Path

import pytest

from opmaat.assign.conceal import open_household
from opmaat.core.errors import OpmaatError
from opmaat.core.secrets import read_secret

ROLLING = "{method: blocked, strata: [kind], block_sizes: [5, 10], timing: after_consent, intake: rolling}"


ROUNDS = "{method: complete, timing: after_consent, rounds: [first, second]}"


def test_row_order_and_format_do_not_change_the_list(make_study, make_register, made_up_people, tmp_path):
    duckdb = pytest.importorskip("duckdb")
    study, rows = make_study(), made_up_people(80)
    plain = make_register(rows)
    parquet, sheet = tmp_path / "bus.parquet", tmp_path / "bus.xlsx"
    duckdb.sql(f"copy (from read_csv('{plain}', delim=';')) to '{parquet}' (format parquet)")
    write_sheet(sheet, [plain.read_text().splitlines()[0].split(";"), *rows])
    registers = [plain, make_register(rows[::-1], "turned.csv"), parquet, sheet]
    digests = {study.succeed("caseload", register=register)["digest"] for register in registers}
    assert len(digests) == 1


def write_sheet(path, rows):
    """Write a spreadsheet with nothing but cells of text."""
    from xml.sax.saxutils import escape
    from zipfile import ZipFile

    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    with ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_later_round_leaves_out_who_was_drawn_also_on_re_entry(make_study, make_register, made_up_people):
    study, rows = make_study(ROUNDS), made_up_people(50)
    for verb in ("draw --next", "draw --open", "disclose-arm x --by y", "verify-draw"):
        assert study.refused(verb, round="third") == (2, ["unknown-round"])
    late = study.refused("caseload", register=make_register(rows), round="first", reference_date="2018-03-01")
    assert late == (2, ["fixed-reference-date"])
    assert study.refused("caseload", register=make_register(rows)) == (2, ["unknown-round"])
    study.hold(make_register(rows), round="first")
    back = [[*row[:1], f"NEW{row[1]}", *row[2:]] for row in rows[:10]]
    register = make_register([*back, *made_up_people(30, seed=3, first=500)], "second.csv")
    early = study.refused("caseload", register=register, round="second", reference_date="2017-08-31")
    assert early == (2, ["reference-date-too-early"])
    told = study.succeed("caseload", register=register, round="second", reference_date="2018-03-01")
    assert told["kept_out"]["drawn_before"] == len({row[1] for row in back})
    assert told["eligible"] == 30
    study.commit(register, round="second")
    assert study.refused("draw", public_value="7", round="first") == (12, ["already-drawn"])
    study.succeed("draw", public_value="7", date="2017-09-10", round="second")
    study.succeed("verify-draw", round="first")
    study.succeed("verify-draw", round="second")


def test_nobody_is_on_two_lists_whatever_the_order(make_study, make_register):
    register, named = make_register(30), {"source": "dice", "due": "2017-11-01", "date": "2017-09-02"}
    study = make_study(ROUNDS)
    study.hold(register, round="second")
    assert study.refused("caseload", register=register, round="first") == (11, ["nobody-eligible"])

    study = make_study(ROUNDS, "both-made-first")
    for name in ("first", "second"):
        study.succeed("caseload", register=register, round=name)
    study.succeed("draw --commit", round="first", **named)
    assert study.refused("draw --commit", round="second", **named) == (12, ["drawn-elsewhere"])


@pytest.mark.parametrize("assignment", [ROUNDS, ROLLING], ids=["rounds", "rolling"])
def test_a_list_is_not_made_with_another_key(make_study, make_register, assignment):
    study, register = make_study(assignment), make_register(30)
    one, other = ({"round": "first"}, {"round": "second"}) if assignment == ROUNDS else ({}, {})
    study.hold(register, **one)
    key = study.home / "private" / "pseudonym.key"
    kept = key.read_text()
    key.unlink()
    assert study.refused("caseload", register=register, **other) == (12, ["no-key"])
    key.write_text("11" * 32)
    key.chmod(0o600)
    assert study.refused("caseload", register=register, **other) == (12, ["wrong-key"])
    key.write_text(kept)
    study.succeed("verify-draw", **one)


def test_who_had_just_started_is_drawn_later_and_followed_till_then(make_study, make_register):
    rows = [
        ["01", f"R{at:03d}", "1", f"{100_000_000 + at}", "19700615", "20170701" if at < 10 else "20100101"]
        for at in range(40)
    ]
    study, register = make_study(ROLLING), make_register(rows)
    study.hold(register)
    waiting = followed(study)
    assert len(waiting) == 10
    assert not any(has_arm(study, household) for household in waiting)
    told = study.succeed("caseload", register=register, reference_date="2018-02-01")
    assert (told["eligible"], told["kept_out"]["just_started"]) == (40, 0)
    assert study.succeed("draw --next", date="2018-02-02")["drawn"] == 40
    assert followed(study) == set()
    assert all(has_arm(study, household) for household in waiting)
    study.succeed("verify-draw")


def followed(study):
    """Return the households of the reference population."""
    file = study.home / "private" / "reference-population.json"
    return {one["household"] for one in json.loads(file.read_bytes())["households"]}


def has_arm(study, household):
    """Tell whether the encrypted arms hold one for a household."""
    private = study.home / "private"
    sealed, key = (private / "allocation.bin").read_bytes(), read_secret(private / "draw.key")
    try:
        return bool(open_household(sealed, key, household=household, study="made-up").arm)
    except OpmaatError:
        return False


def test_a_mapping_that_was_changed_after_a_commitment_is_found(make_study, make_register, made_up_people):
    from opmaat.caseload import layout

    study = make_study(ROLLING, register="own.yaml")
    bus = next((Path(layout.__file__).parent / "layouts").glob("bus-*.yaml")).read_text(encoding="utf-8")
    own = study.home / "own.yaml"
    own.write_text(bus.replace("layout: bus", "layout: own"), encoding="utf-8")
    register = make_register(30)
    study.hold(register)
    own.write_text(own.read_text(encoding="utf-8").replace("alleenstaande ouder", "ouder"), encoding="utf-8")
    assert study.refused("caseload", register=register) == (10, ["changed-layout"])
