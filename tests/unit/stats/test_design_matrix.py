import numpy as np
import pytest

from opmaat.stats.design_matrix import DesignMatrix, Dropped, contrast_matrix, keep_independent
from opmaat.stats.errors import NotEstimableError


def design(**columns):
    return DesignMatrix(tuple(columns), np.column_stack(list(columns.values())).astype(float))


def test_the_first_of_two_collinear_columns_stays():
    a, b = np.array([0, 1, 0, 1, 0]), np.array([1, 2, 3, 4, 6])
    kept, dropped = keep_independent(design(one=np.ones(5), a=a, b=b, a_plus_b=a + b))
    assert kept.names == ("one", "a", "b")
    assert dropped == (Dropped("a_plus_b", "collinear"),)
    kept, dropped = keep_independent(design(one=np.ones(5), a_plus_b=a + b, a=a, b=b))
    assert kept.names == ("one", "a_plus_b", "a")
    assert dropped == (Dropped("b", "collinear"),)


def test_a_column_with_one_value_is_constant_after_an_intercept_and_kept_without():
    _, dropped = keep_independent(design(one=np.ones(4), seven=np.full(4, 7), zero=np.zeros(4)))
    assert dropped == (Dropped("seven", "constant"), Dropped("zero", "constant"))
    kept, _ = keep_independent(design(seven=np.full(4, 7), a=np.arange(4)))
    assert kept.names == ("seven", "a")


@pytest.mark.parametrize(("size", "count"), [(1e-5, 0), (1e-9, 1)])
def test_the_tolerance_is_relative_to_the_length_of_the_column(size, count):
    a = np.linspace(0, 1, 50)
    wiggle = np.where(np.arange(50) % 2, 1.0, -1.0)
    for scale in (1.0, 1e6, 1e-6):
        _, dropped = keep_independent(design(one=np.ones(50), a=a, b=scale * (a + size * wiggle)))
        assert len(dropped) == count


def test_rows_of_weight_zero_do_not_make_columns_independent():
    a, b = np.array([0, 1, 0, 1, 5]), np.array([0, 1, 0, 1, 9])
    assert keep_independent(design(one=np.ones(5), a=a, b=b))[1] == ()
    _, dropped = keep_independent(design(one=np.ones(5), a=a, b=b), weights=[1, 1, 2, 2, 0])
    assert dropped == (Dropped("b", "collinear"),)


def test_more_columns_than_rows_keep_as_many_as_rows():
    values = np.random.default_rng(1).normal(size=(3, 5))
    kept, dropped = keep_independent(DesignMatrix(tuple("abcde"), values))
    assert kept.names == ("a", "b", "c")
    assert [item.name for item in dropped] == ["d", "e"]


def test_a_contrast_of_a_dropped_column_is_refused():
    with pytest.raises(NotEstimableError, match="collinear-contrast: column arm"):
        contrast_matrix(("intercept",), [{"arm": 1.0}])


def test_a_missing_value_is_refused_with_the_name_of_its_column():
    with pytest.raises(NotEstimableError, match="not-finite: column b"):
        design(a=[1.0, 2.0], b=[np.nan, 1.0])
