"""No arm shows before it is disclosed: not in a file, its size, a line of text or an error."""

import json
import re

ARMS = [b"zebra_control", b"zebra_exemption", b"zebra_guidance", b"zebra_choice"]


ROLLING = "{method: blocked, strata: [kind], block_sizes: [5, 10], timing: after_consent, intake: rolling}"


def test_nothing_tells_an_arm_before_it_is_due(make_study, make_register, capfd, caplog):
    caplog.set_level("DEBUG")
    study = make_study()
    told = [study.hold(make_register(60)), study.succeed("verify-draw")]
    told += [study.run("draw", public_value="2"), study.run("draw --open", date="2017-09-11")]
    (study.home / "private" / "draw.key").write_text("00" * 32)
    code, wrong = study.run("verify-draw")
    assert (code, [issue["code"] for issue in wrong["issues"]]) == (12, ["wrong-key"])
    printed = json.dumps([told, wrong]).encode() + "".join(capfd.readouterr()).encode() + caplog.text.encode()
    for content in [printed, *(file.read_bytes() for file in study.files())]:
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
    shown = re.findall(r"kept out: ([^<]*)</th>\s*<td[^>]*>([^<]*)<", text)
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
        files = [file for file in study.files() if file.suffix != ".html"]
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
