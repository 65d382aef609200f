"""Legal amounts: every file is well formed, and what is not known is said, never guessed."""

import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from opmaat.core.errors import ProtocolError
from opmaat.core.month import Month
from opmaat.params import load
from opmaat.params.load import amount_from_text, names, parameter
from opmaat.params.model import Gap, MissingValueError, Value

PACKAGE = Path(load.__file__).parent
HALF_YEARS = [Month(year, month) for year in range(2015, 2027) for month in (1, 7)]


def amounts(name: str) -> dict[Month, int]:
    return {value.since: value.amount for value in parameter(name).values if isinstance(value, Value)}


def test_every_file_follows_the_schema():
    schema = json.loads((PACKAGE / "schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    wrong = {
        f"{path.stem}: {error.message}"
        for path in PACKAGE.glob("nl/*/*.yaml")
        for error in validator.iter_errors(YAML(typ="safe", pure=True).load(path.read_text()))
    }
    assert not wrong


def test_a_file_that_was_changed_is_read_itself(tmp_path, monkeypatch):
    """Also where nobody wrote ``read.json`` again."""
    source = next(PACKAGE.glob("nl/*/exp_disregard_cap.yaml"))
    changed = tmp_path / "participation-act" / source.name
    changed.parent.mkdir()
    changed.write_text(source.read_text(encoding="utf-8").replace("'199.00'", "'201.00'"), encoding="utf-8")
    month, loaded = Month(2018, 1), parameter.__wrapped__
    assert loaded("exp_disregard_cap").at(month).amount == 19900
    monkeypatch.setattr(load, "_files", lambda: {"exp_disregard_cap": changed})
    assert loaded("exp_disregard_cap").at(month).amount == 20100


def test_every_value_is_readable_in_order_of_time_without_repetition_of_dates():
    for name in names():
        dates = [value.since for value in parameter(name).values]
        assert dates == sorted(set(dates)), name
        assert dates[-1] <= parameter(name).known_until, name


def test_no_value_without_a_source_is_more_than_uncertain():
    for name in names():
        for value in parameter(name).values:
            if isinstance(value, Value) and "no source" in value.reference.title:
                assert value.uncertain, f"{name} {value.since}"


@pytest.mark.parametrize("month", HALF_YEARS, ids=str)
def test_the_identities_between_the_norms_hold_to_the_cent(month):
    def norm(name: str) -> int:
        return parameter(name).at(month).amount

    young, couple = norm("norm_art20_1a_18_20_single"), norm("norm_art21b_couple_21plus")
    half_up = (couple + 1) // 2
    # Published to one cent: the law takes 70% of an amount with more decimals than the published one.
    assert abs(norm("norm_art21a_single_21plus") - (couple * 70 + 50) // 100) <= 1
    assert norm("norm_art20_1b_couple_both_18_20") == 2 * young
    assert norm("norm_art20_1c_couple_one_21plus") == young + half_up
    assert norm("norm_art20_2a_18_20_single_parent") == young
    assert norm("norm_art22a_3_spouse_18_20_no_children") == young
    spouse = norm("norm_art22a_3_spouse_18_20_children")
    assert norm("norm_art20_2b_couple_both_18_20_children") == spouse + young
    assert norm("norm_art20_2c_couple_one_21plus_children") == spouse + half_up


@pytest.mark.parametrize(
    ("name", "month", "says"),
    [
        ("norm_art21a_single_21plus", Month(2014, 12), "known from 2015-01"),
        ("norm_art21a_single_21plus", Month(2027, 1), "known until 2026-12"),
        ("premium_art31_2j_max_per_year", Month(2022, 2), "not read"),
        ("minimum_wage_gross_month", Month(2024, 1), "abolished"),
        ("exp_disregard_cap", Month(2021, 4), "known until 2021-03"),
    ],
)
def test_what_is_not_known_is_said(name, month, says):
    with pytest.raises(MissingValueError, match=says) as caught:
        parameter(name).at(month)
    assert caught.value.exit_code == 10
    assert name in caught.value.issues[0].where


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(ProtocolError, match="exp_disregard_cap"):
        parameter("exp_disregard_kap")


@pytest.mark.parametrize("name", ["../participation-act/disregard_n_rate", "a\0b", "", "x" * 300])
def test_a_name_is_never_a_path(name):
    with pytest.raises(ProtocolError, match="no legal amount"):
        parameter(name)


def test_uncertain_values_say_so_in_both_languages():
    value = parameter("topup_art23_2_institution_couple").at(Month(2021, 9))
    assert value.uncertain
    assert "uncertain" in value.doubt("en")
    assert "onzeker" in value.doubt("nl")


def test_the_word_release_is_not_used():
    assert not [name for name in names() if "release" in name]


def test_a_gap_within_known_values_is_a_gap_and_not_the_value_before():
    values = parameter("premium_art31_2j_max_per_year").values
    assert any(isinstance(value, Gap) for value in values)


@pytest.mark.parametrize("text", ["66 jaar", "twelve"])
def test_a_badly_written_value_is_refused(text):
    with pytest.raises(ValueError, match=r"not an age|invalid"):
        amount_from_text(text, "age" if "6" in text else "years")
