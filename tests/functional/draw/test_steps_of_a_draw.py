"""The steps of a draw: each once, in order, waiting for each other."""

import pytest

ROLLING = "{method: blocked, strata: [kind], block_sizes: [5, 10], timing: after_consent, intake: rolling}"


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
    study.reseal("opened", opened_on="2017-09-04")
    for verb in ("verify-draw", "verify-draw --published-only"):
        assert study.refused(verb) == (14, ["draw-differs"])


def test_signs_and_days_that_cannot_be_are_refused(make_study, make_register):
    study, register = make_study(ROLLING), make_register(25)
    study.succeed("caseload", register=register)
    named = {"due": "2017-11-01", "date": "2017-09-02"}
    assert study.refused("draw --commit", source="dice \udcff", **named) == (2, ["unprintable"])
    study.succeed("draw --commit", source="dice", **named)
    assert study.refused("draw", public_value="6\udcff") == (2, ["unprintable"])
    late = study.refused("caseload", register=register, reference_date="9999-12-31")
    assert late == (10, ["impossible-reference-date"])
    early = study.refused("caseload", register=register, reference_date="0001-01-01")
    assert early == (2, ["reference-date-too-early"])


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


def test_rolling_intake_is_one_sequence(make_study, make_register, made_up_people):
    rows, later = made_up_people(60), made_up_people(40, seed=2, first=60)
    study = make_study(ROLLING)
    study.hold(make_register(rows))
    first = study.arms()
    assert study.refused("draw --next") == (12, ["closed-list"])
    study.succeed("caseload", register=make_register([*later, *rows], "later.csv"))
    told = study.succeed("draw --next", date="2017-10-01")
    assert told["drawn"] == 100
    second = study.arms()
    assert {household: second[household] for household in first} == first
    study.succeed("verify-draw")
    study.succeed("draw --open", date="2017-11-01")
    assert study.refused("caseload", register=make_register(rows)) == (12, ["already-opened"])
    assert study.refused("draw --next", date="2017-11-02") == (12, ["already-opened"])
    study.succeed("verify-draw")
    study.succeed("verify-draw --published-only")
