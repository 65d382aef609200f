"""The degrees of freedom of clusters that lie in several cells: held by cells, as with a column per cell."""

import numpy as np
import pytest

from opmaat.stats.covariance import contrasts
from opmaat.stats.design_matrix import DesignMatrix
from opmaat.stats.ols import fit_ols
from opmaat.stats.stratified import fit_saturated


@pytest.mark.parametrize(("clusters", "case"), [(70, "few cells of each meet"), (6, "all cells meet")])
@pytest.mark.parametrize("weighted", [False, True])
def test_cells_give_the_same_as_a_column_per_cell(clusters, case, weighted):
    rng = np.random.default_rng(5)
    group, stratum, cluster = rng.integers(0, [3, 4, clusters], (210, 3)).T
    outcome, weights = rng.normal(size=210), rng.integers(0, 4, 210) if weighted else None
    by_cells = fit_saturated(outcome, group, stratum, weights=weights)
    columns = np.stack([(group == one) & (stratum == two) for one, two in by_cells.cells], axis=1)
    design = DesignMatrix(tuple(map(str, by_cells.cells)), columns * 1.0)
    contrast = rng.normal(size=(2, by_cells.rank))
    found, expected = (
        contrasts(fit, contrast, errors="cr2", clusters=cluster)
        for fit in (by_cells, fit_ols(outcome, design, weights=weights))
    )
    assert found.df == pytest.approx(expected.df, rel=1e-9), case
    assert found.std_error == pytest.approx(expected.std_error, rel=1e-9)
