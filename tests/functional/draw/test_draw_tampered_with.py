"""What was changed after it was written is found."""

import pytest


def test_every_altered_byte_of_every_file_is_found(make_study, make_register):
    study = make_study()
    study.hold(make_register(25))
    study.succeed("draw --open", date="2017-11-01")
    watched = [file for file in study.files() if file.suffix in {".json", ".bin", ".html"}]
    assert len(watched) == 10
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
        study.reseal(name, **changes)
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


@pytest.mark.parametrize("forged", ["commitment", "drawn"])
def test_resealed_forgery_is_found(make_study, make_register, forged):
    study = make_study()
    study.hold(make_register(25))
    study.reseal(forged, public_value="ANOTHER")
    code, codes = study.refused("verify-draw")
    assert (code, set(codes)) == (14, {"draw-differs"})


def test_another_record_is_found_also_without_a_list(make_study, make_register):
    study = make_study()
    study.hold(make_register(25))
    study.succeed("draw --open", date="2017-11-01")
    record = study.home / "draw" / "record.html"
    record.write_text(record.read_text(encoding="utf-8").replace("613", "316"), encoding="utf-8")
    for verb in ("verify-draw", "verify-draw --published-only"):
        assert study.refused(verb) == (14, ["draw-differs"])
    record.unlink()
    assert study.refused("verify-draw") == (14, ["draw-differs"])


def test_what_was_drawn_is_not_drawn_again_with_another_value(make_study, make_register):
    study = make_study()
    study.hold(make_register(25))
    file, note = study.home / "draw" / "drawn.json", study.home / "private" / "begun.json"
    first, arms, begun = file.read_bytes(), study.arms(), note.read_bytes()
    file.unlink()
    assert study.refused("draw", public_value="614", date="2017-09-12") == (12, ["already-begun"])
    assert study.refused("draw --open", date="2017-11-01") == (12, ["not-drawn"])
    assert study.succeed("draw", public_value="613", date="2017-09-12")["drawn_on"] == "2017-09-10"
    assert file.read_bytes() == first
    assert study.arms() == arms
    file.unlink()
    promise = study.home / "draw" / "commitment.json"
    promised = promise.read_bytes()
    promise.unlink()
    anew = {"source": "dice", "due": "2017-11-01", "date": "2017-09-02"}
    assert study.refused("draw --commit", **anew) == (12, ["already-drawn"])
    promise.write_bytes(promised)
    note.unlink()
    assert study.refused("draw", public_value="614", date="2017-09-12") == (12, ["already-drawn"])
    file.write_bytes(first)
    study.succeed("verify-draw")
    note.write_bytes(begun.replace(b"613", b"614"))
    assert study.refused("verify-draw") == (14, ["damaged-publication"])


def test_changed_list_is_refused(make_study, make_register, made_up_people):
    study = make_study()
    study.commit(make_register(40))
    other = make_study(name="other")
    (other.home / "private").mkdir(mode=0o700)
    key = study.home / "private" / "pseudonym.key"
    (other.home / "private" / key.name).write_bytes(key.read_bytes())
    (other.home / "private" / key.name).chmod(0o600)
    other.succeed("caseload", register=make_register(made_up_people(40)[1:], "less.csv"))
    for name in ("caseload.json", "reference-population.json"):
        (study.home / "private" / name).write_bytes((other.home / "private" / name).read_bytes())
    assert study.refused("draw", public_value="613") == (14, ["changed-list"])


def test_another_way_of_drawing_needs_a_new_commitment(make_study, make_register):
    study = make_study()
    study.commit(make_register(40))
    study.amend("share: 2", "share: 3")
    assert study.refused("draw", public_value="613") == (14, ["changed-procedure"])


def test_an_amendment_of_the_analysis_does_not_undo_a_draw(make_study, make_register):
    study = make_study()
    study.hold(make_register(40))
    study.amend("estimands: [E1]}", "estimands: [E1], errors: hc3}")
    study.amend("balance: [kind, duration, age]", "balance: [age]")
    study.succeed("verify-draw")
    study.succeed("draw --open", date="2017-11-01")
    study.succeed("verify-draw --published-only")
