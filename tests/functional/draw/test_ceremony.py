"""The ceremony from register to opening: once, concealed, and open to be redone by others."""

import json
import re
from pathlib import Path

import pytest

ARMS = [b"zebra_control", b"zebra_exemption", b"zebra_guidance", b"zebra_choice"]
ROLLING = "{method: blocked, strata: [kind], block_sizes: [5, 10], timing: after_consent, intake: rolling}"
ROUNDS = "{method: complete, timing: after_consent, rounds: [first, second]}"


def drawn_files(study):
    return [*(study.home / "draw").iterdir(), *(study.home / "private").iterdir()]


def test_draw_is_held_once_and_opened_when_due(make_study, make_register):
    study, register = make_study(), make_register(120)
    assert study.refused("draw", public_value="1") == (12, ["not-committed"])
    study.commit(register)
    mark = study.home / "private" / "in-use"
    mark.touch()
    assert study.refused("draw", public_value="613") == (12, ["in-use"])
    mark.unlink()
    study.succeed("draw", public_value="613", date="2017-09-10")
    assert not mark.exists()

    assert study.refused("draw", public_value="613") == (12, ["already-drawn"])
    assert study.refused("draw --commit", source="dice", due="2017-11-01") == (12, ["already-committed"])
    assert study.refused("caseload", register=register) == (12, ["closed-list"])
    assert study.refused("draw --next") == (12, ["closed-list"])
    assert study.refused("draw --open", date="2017-10-31") == (12, ["too-early"])
    assert study.refused("verify-draw --published-only") == (12, ["not-opened"])
    study.succeed("verify-draw")
    totals = study.succeed("draw --open", date="2017-11-01")["totals"]
    assert totals["zebra_control"] in range(44, 53)
    assert sum(totals.values()) == 120
    assert study.refused("draw --open", date="2017-11-02") == (12, ["already-opened"])
    study.succeed("verify-draw")
    study.succeed("verify-draw --published-only")
    for key in ("seal.key", "draw.key"):
        (study.home / "private" / key).unlink()
    told = study.succeed("verify-draw")
    assert "list 1: drawn again, the same arms" in told["checks"]


def test_every_altered_byte_of_every_file_is_found(make_study, make_register):
    """All but the balance, from which nothing follows."""
    study = make_study()
    study.hold(make_register(25))
    study.succeed("draw --open", date="2017-11-01")
    watched = [
        file for file in drawn_files(study) if file.suffix in {".json", ".bin"} and file.stem != "balance"
    ]
    assert len(watched) == 6
    for file in watched:
        good = file.read_bytes()
        for place in range(0, len(good), max(1, len(good) // 12)):
            altered = bytearray(good)
            altered[place] ^= 0x01
            file.write_bytes(altered)
            code, _ = study.run("verify-draw")
            assert code != 0, f"byte {place} of {file.name}"
        file.write_bytes(good)
    study.succeed("verify-draw")


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("joined", "613", ["6-1-3", "6 1 3", " 613", "6\u20131\u20133", "six", "\uff16\uff11\uff13"]),
        ("digits:6", "060103", ["613", "06-01-03", "0601030"]),
        ("words", "SIX ONE THREE", ["six one three", "SIX  ONE THREE", "613"]),
    ],
)
def test_public_value_has_one_spelling(make_study, make_register, form, good, bad):
    study = make_study()
    study.succeed("caseload", register=make_register(25))
    named = {"source": "dice", "due": "2017-11-01", "date": "2017-09-02"}
    assert study.refused("draw --commit", form="digits:0", **named) == (2, ["unknown-form"])
    study.succeed("draw --commit", form=form, **named)
    for value in bad:
        assert study.refused("draw", public_value=value) == (2, ["wrong-form"])
    study.succeed("draw", public_value=good, date="2017-09-10")
    study.succeed("verify-draw")


def test_days_are_in_order_and_not_to_come(make_study, make_register):
    study = make_study()
    study.succeed("caseload", register=make_register(25))
    for due, day, code in (
        ("2017-09-02", "2017-09-02", "wrong-order-of-days"),
        ("2199-01-01", "2198-01-01", "day-to-come"),
    ):
        assert study.refused("draw --commit", source="dice", due=due, date=day) == (2, [code])
    study.succeed("draw --commit", source="dice", due="2017-09-05", date="2017-09-02")
    assert study.refused("draw", public_value="6", date="2017-09-01") == (2, ["wrong-order-of-days"])
    study.succeed("draw", public_value="6", date="2017-09-10")
    assert study.refused("draw --open", date="2017-09-06") == (2, ["wrong-order-of-days"])
    assert study.refused("draw --open", date="2199-01-01") == (2, ["day-to-come"])
    study.succeed("draw --open", date="2017-09-10")
    reseal(study.home / "draw" / "opened.json", opened_on="2017-09-04")
    for verb in ("verify-draw", "verify-draw --published-only"):
        assert study.refused(verb) == (14, ["draw-differs"])


WRONG = [
    ("commitment", {"last_arm_due": 7}),
    ("commitment", {"committed_on": "2017-13-01"}),
    ("drawn", {"public_value": 7}),
    ("drawn", {"entries": []}),
    ("opened", {"nonce": "zz"}),
    ("opened", {"nonce": 7}),
    ("opened", {"totals": {"zebra_control": "x"}}),
    ("opened", {"totals": [1]}),
    ("opened", {"list": None}),
]


def test_resealed_fields_of_another_kind_are_damage(make_study, make_register):
    study = make_study()
    study.hold(make_register(25))
    study.succeed("draw --open", date="2017-11-01")
    for name, changes in WRONG:
        file = study.home / "draw" / f"{name}.json"
        good = file.read_bytes()
        reseal(file, **changes)
        for verb in ("verify-draw", "verify-draw --published-only"):
            assert study.refused(verb) == (14, ["damaged-publication"]), changes
        file.write_bytes(good)
    for name, code in (
        ("draw/drawn.json", "damaged-publication"),
        ("private/caseload.json", "damaged-caseload"),
    ):
        good = (study.home / name).read_bytes()
        for content in (b"[" * 100_000, b"[]", b'{"a": NaN}', b'{"study": "\\ud800"}', b""):
            (study.home / name).write_bytes(content)
            assert study.refused("verify-draw") == (14, [code])
        (study.home / name).write_bytes(good)
    (study.home / "private" / "sealed.bin").write_bytes(b"short")
    assert study.refused("verify-draw") == (12, ["wrong-key"])


def test_signs_and_days_that_cannot_be_are_refused(make_study, make_register):
    study, register = make_study(ROLLING), make_register(25)
    study.succeed("caseload", register=register)
    named = {"due": "2017-11-01", "date": "2017-09-02"}
    assert study.refused("draw --commit", source="dice \udcff", **named) == (2, ["unprintable"])
    study.succeed("draw --commit", source="dice", **named)
    assert study.refused("draw", public_value="6\udcff") == (2, ["unprintable"])
    for day in ("9999-12-31", "0001-01-01"):
        told = study.refused("caseload", register=register, reference_date=day)
        assert told == (10, ["impossible-reference-date"])


def reseal(file, **changes):
    """Change fields of a published file and seal it again, as a forger would."""
    from opmaat.core.digest import digest_value

    content = json.loads(file.read_bytes()) | changes
    content["seal"] = digest_value({name: value for name, value in content.items() if name != "seal"})
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@pytest.mark.parametrize("forged", ["commitment", "drawn"])
def test_resealed_forgery_is_found(make_study, make_register, forged):
    study = make_study()
    study.hold(make_register(25))
    reseal(study.home / "draw" / f"{forged}.json", public_value="ANOTHER")
    code, codes = study.refused("verify-draw")
    assert (code, set(codes)) == (14, {"draw-differs"})


def test_nothing_tells_an_arm_before_it_is_due(make_study, make_register, capfd, caplog):
    caplog.set_level("DEBUG")
    study = make_study()
    told = [study.hold(make_register(60)), study.succeed("verify-draw")]
    told += [study.run("draw", public_value="2"), study.run("draw --open", date="2017-09-11")]
    (study.home / "private" / "draw.key").write_text("00" * 32)
    code, wrong = study.run("verify-draw")
    assert (code, [issue["code"] for issue in wrong["issues"]]) == (12, ["wrong-key"])
    printed = json.dumps([told, wrong]).encode() + "".join(capfd.readouterr()).encode() + caplog.text.encode()
    for content in [printed, *(file.read_bytes() for file in drawn_files(study))]:
        assert not any(arm in content for arm in ARMS)


def test_record_is_the_same_whoever_is_drawn_where(make_study, make_register):
    """One household is alone of its kind; only digests, and one of two verdicts, may differ between draws."""
    rows = [
        ["01", f"R{at:05d}", "4" if at == 0 else "1", f"{100_000_000 + 10 * at}", "19700615", "20100301"]
        for at in range(30)
    ]
    pages = set()
    for number in range(6):
        study = make_study("{method: complete, timing: before_invitation, balance: [kind]}", f"study{number}")
        study.hold(make_register(rows))
        text = (study.home / "draw" / "record.html").read_text(encoding="utf-8")
        assert not any(shown in text for shown in ("other", "single", "leefvorm", "kind of household"))
        pages.add(re.sub("sha256:[0-9a-f]{64}", "", text))
        assert not (study.home / "private" / "balance.json").exists()
    assert len(pages) <= 2
    study.succeed("draw --open", date="2017-11-01")
    table = json.loads((study.home / "private" / "balance.json").read_bytes())
    assert [row["level"] for row in table["rows"]] == ["other", "single"]


def test_record_shows_no_small_count_nor_balance_of_rolling_intake(make_study, make_register, made_up_people):
    rows = made_up_people(40)
    for row in rows[:3]:
        row[4] = "19950615"
    study = make_study(ROLLING)
    study.hold(make_register(rows))
    text = (study.home / "draw" / "record.html").read_text(encoding="utf-8")
    shown = re.findall(r"kept out: ([^<]*)</th><td[^>]*>([^<]*)<", text)
    assert shown
    assert {count for _, count in shown} == {"not shown"}
    assert text.count("nothing is told of balance") == 1
    assert "5%" not in text


def test_files_have_the_same_size_whoever_is_drawn_where(make_study, make_register):
    """All but the record, which has one of two verdicts."""
    sizes = set()
    for number in range(3):
        study = make_study(name=f"study{number}")
        study.hold(make_register(60))
        files = [file for file in drawn_files(study) if file.suffix != ".html"]
        sizes.add(tuple(sorted((file.name, file.stat().st_size) for file in files)))
    assert len(sizes) == 1


def test_published_files_hold_nobody(make_study, make_register):
    study = make_study()
    study.hold(make_register(60))
    study.succeed("draw --open", date="2017-11-01")
    private = json.loads((study.home / "private" / "caseload.json").read_bytes())
    names = [*private["households"], *(name for names in private["persons"] for name in names)]
    strata = {
        f"{kind}, {years}" for kind, years in zip(*list(private["characteristics"].values())[1:], strict=True)
    }
    for file in (study.home / "draw").glob("*.json"):
        text = file.read_text(encoding="utf-8")
        assert not any(name in text for name in [*names, *strata, "10000000", "R000"])


def test_private_files_are_for_their_owner_only(make_study, make_register):
    study = make_study()
    study.hold(make_register(25))
    private = study.home / "private"
    assert private.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in private.iterdir() if file.name != ".gitignore")
    assert not any(b"10000000" in file.read_bytes() for file in private.glob("*.json"))
    private.chmod(0o755)
    other = make_study(name="other")
    (other.home / "private").mkdir(mode=0o755)
    assert other.refused("caseload", register=make_register(25)) == (12, ["folder-not-private"])
    private.chmod(0o700)
    (private / "seal.key").chmod(0o644)
    assert study.refused("verify-draw") == (12, ["key-not-private"])


def test_changed_list_is_refused(make_study, make_register, made_up_people):
    study = make_study()
    study.commit(make_register(40))
    other = make_study(name="other")
    (other.home / "private").mkdir(mode=0o700)
    key = study.home / "private" / "pseudonym.key"
    (other.home / "private" / key.name).write_bytes(key.read_bytes())
    (other.home / "private" / key.name).chmod(0o600)
    other.succeed("caseload", register=make_register(made_up_people(40)[1:], "less.csv"))
    Path(study.home / "private" / "caseload.json").write_bytes(
        (other.home / "private" / "caseload.json").read_bytes()
    )
    assert study.refused("draw", public_value="613") == (14, ["changed-list"])


def amend(study, before, after):
    protocol = study.home / "protocol.yaml"
    protocol.write_text(protocol.read_text().replace(before, after))
    study.succeed("amend", reason="seen since")


def test_another_way_of_drawing_needs_a_new_commitment(make_study, make_register):
    study = make_study()
    study.commit(make_register(40))
    amend(study, "share: 2", "share: 3")
    assert study.refused("draw", public_value="613") == (14, ["changed-procedure"])


def test_an_amendment_of_the_analysis_does_not_undo_a_draw(make_study, make_register):
    study = make_study()
    study.hold(make_register(40))
    amend(study, "estimands: [E1]}", "estimands: [E1], errors: hc3}")
    amend(study, "balance: [kind, duration, age]", "balance: [age]")
    study.succeed("verify-draw")
    study.succeed("draw --open", date="2017-11-01")
    study.succeed("verify-draw --published-only")


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


def test_rolling_intake_is_one_sequence(make_study, make_register, made_up_people):
    rows, later = made_up_people(60), made_up_people(40, seed=2, first=60)
    study = make_study(ROLLING)
    study.hold(make_register(rows))
    first = arms_of(study)
    assert study.refused("draw --next") == (12, ["closed-list"])
    study.succeed("caseload", register=make_register([*later, *rows], "later.csv"))
    told = study.succeed("draw --next", date="2017-10-01")
    assert told["drawn"] == 100
    second = arms_of(study)
    assert {household: second[household] for household in first} == first
    study.succeed("verify-draw")
    study.succeed("draw --open", date="2017-11-01")
    assert study.refused("caseload", register=make_register(rows)) == (12, ["already-opened"])
    assert study.refused("draw --next", date="2017-11-02") == (12, ["already-opened"])
    study.succeed("verify-draw")
    study.succeed("verify-draw --published-only")


def test_later_round_leaves_out_who_was_drawn_also_on_re_entry(make_study, make_register, made_up_people):
    study, rows = make_study(ROUNDS), made_up_people(50)
    late = study.refused("caseload", register=make_register(rows), round="first", reference_date="2018-03-01")
    assert late == (2, ["fixed-reference-date"])
    assert study.refused("caseload", register=make_register(rows)) == (2, ["unknown-round"])
    study.hold(make_register(rows), round="first")
    back = [[*row[:1], f"NEW{row[1]}", *row[2:]] for row in rows[:10]]
    register = make_register([*back, *made_up_people(30, seed=3, first=500)], "second.csv")
    told = study.succeed("caseload", register=register, round="second", reference_date="2018-03-01")
    assert told["kept_out"]["drawn_before"] == len({row[1] for row in back})
    assert told["eligible"] == 30
    study.hold(register, round="second")
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


def test_steps_wait_for_each_other(make_study, make_register):
    study, register = make_study(), make_register(25)
    study.succeed("caseload", register=register)
    mark, named = (
        study.home / "private" / "in-use",
        {"source": "dice", "due": "2017-11-01", "date": "2017-09-02"},
    )
    mark.touch()
    assert study.refused("caseload", register=register) == (12, ["in-use"])
    assert study.refused("draw --commit", **named) == (12, ["in-use"])
    mark.unlink()
    study.hold(register)
    mark.touch()
    assert study.refused("draw --open", date="2017-11-01") == (12, ["in-use"])


def arms_of(study):
    """Return the arm of every household, read household by household with the key."""
    from opmaat.assign.conceal import open_household
    from opmaat.core.secrets import read_secret

    private = study.home / "private"
    households = json.loads((private / "caseload.json").read_bytes())["households"]
    sealed, key = (private / "allocation.bin").read_bytes(), read_secret(private / "draw.key")
    return {name: open_household(sealed, key, household=name, study="made-up").arm for name in households}


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
