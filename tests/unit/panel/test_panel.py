"""Prepared files become a panel: formats agree, periods are placed, the start is read at the start."""

import duckdb
import numpy as np
import pyreadstat
import pytest

from opmaat.panel.read import read_panel

TEXT = {"nl": "tekst", "en": "text"}


@pytest.fixture
def protocol(build_protocol):
    def make(path, *, month=None, outcomes=None, **data):
        """A protocol with a data file."""
        return build_protocol(
            data={
                "file": {"path": path, **data.pop("file", {})},
                "participant": "id",
                "arm": {"column": "arm", "values": {0: "control", 1: "guidance"}},
                **data,
            },
            covariates={
                "age": {"kind": "continuous", "label": TEXT},
                "city": {"kind": "categorical", "label": TEXT},
            },
            outcomes=outcomes or {"hours": {"kind": "continuous", "label": TEXT, "unit": TEXT}},
            estimands=[{"id": "E", "outcome": "hours", "contrast": "against_control", "month": month}],
        )

    return make


PEOPLE = "id,arm,age,city,hours\na,0,41,Waterstad,10\nb,1,,Molendorp,12.5\nc,1,30,,\n"


def test_csv_and_parquet_give_the_same_panel(protocol, tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE)
    duckdb.read_csv(str(tmp_path / "people.csv")).write_parquet(str(tmp_path / "people.parquet"))
    by_csv = read_panel(protocol("people.csv"), tmp_path / "protocol.yaml")
    by_parquet = read_panel(protocol("people.parquet"), tmp_path / "protocol.yaml")
    for panel in (by_csv, by_parquet):
        assert panel.arm.codes.tolist() == [0, 1, 1]
        np.testing.assert_array_equal(panel.outcomes["hours"][None], [10, 12.5, np.nan])
        np.testing.assert_array_equal(panel.covariates["age"].values, [41, np.nan, 30])
        assert panel.covariates["city"].values.names == ("Molendorp", "Waterstad")
        assert panel.covariates["city"].values.codes.tolist() == [1, 0, -1]
    assert list(by_csv.sources) == ["data: people.csv"]


def test_decimal_commas(protocol, tmp_path):
    (tmp_path / "people.csv").write_text("id;arm;age;city;hours\na;0;41,5;W;10\nb;1;30;W;12,25\n")
    spec = protocol("people.csv", file={"separator": ";", "decimal": ","})
    panel = read_panel(spec, tmp_path / "protocol.yaml")
    assert panel.outcomes["hours"][None].tolist() == [10, 12.25]


def test_scale_and_logarithm(protocol, tmp_path):
    (tmp_path / "people.csv").write_text("id,arm,age,city,hours\na,0,41,W,1\nb,1,30,W,2\n")
    outcomes = {
        "hours": {"kind": "continuous", "label": TEXT, "unit": TEXT, "scale": 1000, "transform": "log"}
    }
    panel = read_panel(protocol("people.csv", outcomes=outcomes), tmp_path / "protocol.yaml")
    np.testing.assert_allclose(panel.outcomes["hours"][None], np.log([1000, 2000]))


def test_periods_are_placed_whatever_the_order_of_rows(protocol, tmp_path):
    lines = ["id,month,arm,age,city,hours,took", "a,0,0,41,W,1,0", "a,12,0,42,W,2,0", "b,0,1,30,M,3,0"]
    lines += ["b,12,1,31,M,4,1", "c,0,1,50,W,5,0"]
    outcomes = {
        "hours": {"kind": "continuous", "label": TEXT, "unit": TEXT, "baseline": {"month": 0}},
    }
    spec = protocol(
        "people.csv", month=12, outcomes=outcomes, period="month", take_up="took", strata=["city"]
    )
    for order in ([0, 1, 2, 3, 4], [4, 2, 0, 3, 1]):
        rows = [lines[1:][place] for place in order]
        (tmp_path / "people.csv").write_text("\n".join([lines[0], *rows]) + "\n")
        panel = read_panel(spec, tmp_path / "protocol.yaml")
        people = list(dict.fromkeys(row[0] for row in rows))
        at = {name: people.index(name) for name in "abc"}
        np.testing.assert_array_equal(
            panel.outcomes["hours"][12][[at["a"], at["b"], at["c"]]], [2, 4, np.nan]
        )
        assert panel.baselines["hours"][[at["a"], at["b"], at["c"]]].tolist() == [1, 3, 5]
        assert panel.covariates["age"].values[[at["a"], at["b"], at["c"]]].tolist() == [41, 30, 50]
        assert panel.take_up[[at["a"], at["b"], at["c"]]].tolist() == [0, 1, 0]
        assert panel.stratum.names == ("M", "W")


def test_inclusion_keeps_rows_and_counts_the_others(protocol, tmp_path):
    (tmp_path / "people.csv").write_text(
        "id,arm,age,city,hours,sample\na,0,41,W,1,1\nb,1,30,W,2,1.0\nc,1,9,W,2,0\n"
    )
    spec = protocol("people.csv", include=[{"column": "sample", "values": [1], "reason": TEXT}])
    panel = read_panel(spec, tmp_path / "protocol.yaml")
    assert panel.participants == 2
    assert [item.rows for item in panel.excluded] == [1]


def test_another_file_or_folder_can_be_given(protocol, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/people.csv").write_text(PEOPLE)
    for data in (tmp_path / "elsewhere", tmp_path / "elsewhere/people.csv"):
        assert read_panel(protocol("people.csv"), tmp_path / "protocol.yaml", data).participants == 3


@pytest.mark.parametrize("value", ["1_000", "0x10", "1e400", "nan"])
def test_what_python_reads_as_a_number_and_people_do_not(protocol, tmp_path, value):
    from opmaat.core.errors import DataFileError

    (tmp_path / "people.csv").write_text(PEOPLE.replace("12.5", value))
    with pytest.raises(DataFileError) as caught:
        read_panel(protocol("people.csv"), tmp_path / "protocol.yaml")
    assert caught.value.issues[0].code in {"not-a-number", "infinite"}


def issues_of(tmp_path, text, spec):
    from opmaat.core.errors import DataFileError

    (tmp_path / "people.csv").write_text(text)
    with pytest.raises(DataFileError) as caught:
        read_panel(spec, tmp_path / "protocol.yaml")
    return caught.value.issues


def test_a_point_beside_decimal_commas_is_refused(protocol, tmp_path):
    """'1.250' is a thousand and a bit to who writes commas, and one and a quarter to who does not."""
    spec = protocol("people.csv", file={"separator": ";", "decimal": ","})
    (issue,) = issues_of(tmp_path, "id;arm;age;city;hours\na;0;41;W;1.250\nb;1;30;W;12\n", spec)
    assert (issue.code, "1250,50" in issue.fix) == ("not-a-number", True)


def test_a_value_of_an_arm_is_a_text_before_it_is_a_number(protocol, tmp_path):
    arm = {"column": "arm", "values": {"1": "control", "01": "guidance"}}
    (tmp_path / "people.csv").write_text("id,arm,age,city,hours\na,1,41,W,1\nb,01,30,W,2\nc,1.0,30,W,2\n")
    assert read_panel(protocol("people.csv", arm=arm), tmp_path).arm.codes.tolist()[:2] == [0, 1]


def test_months_are_numbers(protocol, tmp_path):
    outcomes = {"hours": {"kind": "continuous", "label": TEXT, "unit": TEXT}}
    spec = protocol("people.csv", month=12, outcomes=outcomes, period="month")
    head = "id,month,arm,age,city,hours\n"
    rows = "a,12,0,41,W,1\na,012,0,41,W,2\nb,12,1,30,W,3\n"
    assert [issue.code for issue in issues_of(tmp_path, head + rows, spec)] == ["duplicate-participant"]
    rows = "a,12,0,41,W,1\na,12.5,0,41,W,2\nb,12,1,30,W,3\n"
    assert [issue.code for issue in issues_of(tmp_path, head + rows, spec)] == ["not-a-month"]


def test_who_has_no_row_at_the_start_misses_what_was_known_then(protocol, tmp_path):
    outcomes = {"hours": {"kind": "continuous", "label": TEXT, "unit": TEXT}}
    spec = protocol("people.csv", month=12, outcomes=outcomes, period="month")
    (tmp_path / "people.csv").write_text(
        "id,month,arm,age,city,hours\na,0,0,41,W,1\na,12,0,42,X,2\nb,12,1,30,W,3\n"
    )
    panel = read_panel(spec, tmp_path / "protocol.yaml")
    np.testing.assert_array_equal(panel.covariates["age"].values, [41, np.nan])
    assert panel.covariates["city"].values.codes.tolist() == [0, -1]


def test_numbers_that_cannot_be_squared_are_refused(protocol, tmp_path):
    text = PEOPLE.replace("12.5", "1e155")
    assert [issue.code for issue in issues_of(tmp_path, text, protocol("people.csv"))] == ["too-large"]


def test_infinite_cells_of_parquet_are_issues(protocol, tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE)
    duckdb.sql(
        f"select id, arm, 'infinity'::double as age, city, hours from '{tmp_path / 'people.csv'}'"
    ).write_parquet(str(tmp_path / "people.parquet"))
    with pytest.raises(Exception, match="not a finite number") as caught:
        read_panel(protocol("people.parquet"), tmp_path / "protocol.yaml")
    assert len(caught.value.issues) == 3


def test_levels_have_the_labels_of_the_file(protocol, tmp_path):
    import warnings

    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {
            "id": ["a", "b", "c"],
            "arm": [0, 1, 1],
            "age": [41, 30, 20],
            "city": [2.0, 1, 3],
            "hours": [1, 2, 3],
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyreadstat.write_sav(
            frame,
            str(tmp_path / "people.sav"),
            variable_value_labels={"city": {1: "Waterstad", 2: "Zanddijk"}},
        )
    city = read_panel(protocol("people.sav"), tmp_path / "protocol.yaml").covariates["city"].values
    assert [city.names[code] for code in city.codes] == ["Zanddijk", "Waterstad", "3"]


@pytest.mark.parametrize("package", ["nopkg.sub", "os.path.nope", ".foo", "opmaat.core.tables.x"])
def test_a_package_that_is_not_there_is_an_issue(protocol, tmp_path, package):
    (issue,) = issues_of(tmp_path, PEOPLE, protocol("people.csv", file={"package": package}))
    assert issue.code == "no-package"


def test_a_cell_that_must_be_there_tells_which_code_it_has(protocol, tmp_path):
    (issue,) = issues_of(
        tmp_path, PEOPLE.replace("b,1", "b,9"), protocol("people.csv", file={"missing": {"9": "refused"}})
    )
    assert (issue.code, "'refused'" in issue.problem) == ("missing-cell", True)
