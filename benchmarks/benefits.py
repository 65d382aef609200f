"""Settlements beside OpenFisca-Core on the same toy rules, and a million households by the full rules."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
OPENFISCA = HERE.parent / ".venv-openfisca/bin/python"
ONE_GB_IN_MB = 1000


def measure():
    """Return the rows of this file."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        toy = HERE / "peers/benefits_ours.py"
        ours = child(sys.executable, toy, folder)
        theirs = child(OPENFISCA, HERE / "peers/benefits_openfisca.py", folder)
        again = child(sys.executable, toy, folder)
        differing, months = other_cents(folder)
        million = child(sys.executable, HERE / "peers/benefits_million.py", folder)
    seconds = min(ours["seconds"], again["seconds"])
    return [
        {
            "what": "a million persons, 12 months, toy rules: time of ours / OpenFisca's calculation",
            "ratio": round(seconds / theirs["seconds"], 2),
            "aim": 1,
            "better": "lower",
            "detail": f"{seconds:.2f} s in exact cents, {theirs['seconds']:.2f} s in float32, "
            f"which rounds to other cents in {differing:,} of {months:,} months",
        },
        {
            "what": "a million households, 24 months, full rules, to Parquet: peak memory / 1 GB",
            "ratio": round(million["peak_mb"] / ONE_GB_IN_MB, 2),
            "aim": 1,
            "better": "lower",
            "detail": f"{million['peak_mb']:.0f} MB, {million['seconds']:.1f} s for {million['rows']:,} rows",
        },
    ]


def child(python, script, folder):
    """Run a script in a process of its own, and return the JSON object it prints."""
    result = subprocess.run([python, script, folder], capture_output=True, text=True, check=True)
    return json.loads(result.stdout.splitlines()[-1])


def other_cents(folder):
    """Return in how many months theirs, rounded to cents, is not ours, and how many months there are.

    A difference of more than rounding would mean that the rules are not the same, and ends the benchmark.
    """
    ours, theirs = np.load(folder / "ours.npy"), np.load(folder / "openfisca.npy").astype(np.float64)
    cents = np.rint(100 * theirs)
    assert np.abs(cents - ours).max() <= 2
    return int((cents != ours).sum()), ours.size
