"""Made-up, well-conditioned data for comparisons with outside implementations.

Run as ``python designs.py SEED FILE.csv``, or call :func:`make_design`. The same seed gives the same data.
"""

import sys
from pathlib import Path

import numpy as np

ARMS = 4


def make_design(seed):
    """Return columns by name: several arms, strata, clusters, households, weights, take-up and outcomes."""
    generator = np.random.default_rng(seed)
    n = 420
    # clusters of 2 to 70 rows, so that small and large ones take the path meant for them
    cluster = np.repeat(np.arange(14), [2, 3, 5, 8, 13, 21, 26, 31, 36, 41, 48, 55, 61, 70])
    household = np.repeat(np.arange(n), generator.integers(1, 4, n))[:n]
    # every stratum holds every arm at least five times
    stratum = generator.permutation(np.arange(n) % 5)
    arm = np.empty(n, dtype=np.int64)
    for code in range(5):
        rows = np.flatnonzero(stratum == code)
        arm[rows] = generator.permutation(np.arange(len(rows)) % (ARMS if code else ARMS + 2)) % ARMS
    x1 = generator.normal(size=n) + 0.3 * stratum
    x2 = generator.integers(0, 2, n).astype(float)
    weight = generator.uniform(0.5, 3.0, n)
    z2 = generator.normal(size=n)
    hidden = generator.normal(size=n)
    took = ((arm > 0) * 1.2 + 0.5 * z2 + 0.6 * hidden + generator.normal(size=n) > 0.8).astype(float)
    y = (
        2.0
        + 0.4 * arm
        + 0.8 * x1
        - 0.5 * x2
        + 0.7 * took
        + 0.6 * hidden
        + generator.normal(size=14)[cluster] * 0.5
        + generator.normal(size=n) * (0.5 + 0.5 * arm)
    )
    columns = {
        "y": y, "arm": arm, "x1": x1, "x2": x2, "stratum": stratum, "cluster": cluster,
        "household": household, "weight": weight, "drawn": (arm > 0).astype(float), "took": took, "z2": z2,
    }  # fmt: skip
    # missing answers, handled as a complete-case analysis does
    answered = generator.uniform(size=n) > 0.05
    return {name: values[answered] for name, values in columns.items()}


def write_csv(columns, path):
    """Write columns so that reading them gives the same floating-point numbers."""
    rows = zip(*(values.tolist() for values in columns.values()), strict=True)
    lines = [",".join(columns), *(",".join(map(repr, row)) for row in rows)]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_csv(make_design(int(sys.argv[1])), sys.argv[2])
