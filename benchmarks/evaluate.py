"""Estimates beside pyfixest and statsmodels, on the same numbers."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np

HERE = Path(__file__).parent
ORACLES = HERE.parent / ".venv-oracles/bin/python"
ARMS = ("control", "exemption", "guidance", "disregard", "choice")

PROTOCOL = """
version: 1
id: million
title: {{nl: een miljoen, en: a million}}
legal_framework: none
population: {{unit: person, description: {{nl: verzonnen, en: made up}}}}
arms:
  control: {{kind: control, label: {{nl: a, en: a}}}}
{arms}
assignment: {{method: recorded, description: {{nl: verzonnen, en: made up}}}}
data:
  file: {{path: people.parquet}}
  arm: {{column: arm, values: {{0: control, 1: exemption, 2: guidance, 3: disregard, 4: choice}}}}
covariates:
{covariates}
outcomes:
  y: {{kind: continuous, label: {{nl: y, en: y}}, unit: {{nl: euro, en: euro}}}}
estimands:
  - {{id: E1, outcome: y, contrast: against_control}}
analyses:
  - {{id: A1, method: regression, estimands: [E1], errors: hc1, adjust: {{covariates: [{names}]}}}}
"""


def measure():
    """Return the rows of this file."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_small(folder)
        write_million(folder)
        ours = child(sys.executable, HERE / "peers/evaluate_ours.py", folder)
        million = child(sys.executable, HERE / "peers/evaluate_million.py", folder)
        peers = child(ORACLES, HERE / "peers/evaluate_small_peers.py", folder)
        compared = child(ORACLES, HERE / "peers/evaluate_million_peers.py", folder)
        ours_again = child(sys.executable, HERE / "peers/evaluate_ours.py", folder)
    agree(ours["numbers"], peers["numbers"])
    agree(million["numbers"], compared["numbers"])
    stats = min(ours["stats"], ours_again["stats"])
    way = min(compared["seconds"], key=compared["seconds"].get)
    seconds, peak = compared["seconds"][way], compared["peak_mb"][way]
    small = "n=890, 5 arms, 10 covariates, 30 outcomes, 4 contrasts, HC2"
    large = "a million rows from Parquet, HC1"
    ways = ", ".join(f"{name} {value:.2f} s" for name, value in compared["seconds"].items())
    return [
        row(
            f"{small}: pyfixest / ours",
            peers["pyfixest"] / stats,
            100,
            f"{ms(peers['pyfixest'])}, {ms(stats)}",
        ),
        row(
            f"{small}: statsmodels on matrices / ours",
            peers["statsmodels"] / stats,
            20,
            f"{ms(peers['statsmodels'])}, {ms(stats)}",
        ),
        row(
            f"{small}: pyfixest / the whole estimate from a panel",
            peers["pyfixest"] / ours["estimate"],
            1,
            f"{ms(peers['pyfixest'])}, {ms(ours['estimate'])}",
        ),
        row(
            f"{large}: time of pyfixest / ours",
            seconds / million["seconds"],
            4,
            f"{ways}; ours {million['seconds']:.2f} s",
        ),
        row(
            f"{large}: memory of pyfixest / ours",
            peak / million["peak_mb"],
            4,
            f"pyfixest ({way}) {peak:.0f} MB, ours {million['peak_mb']:.0f} MB",
        ),
    ]


def ms(seconds):
    return f"{1e3 * seconds:.2f} ms"


def row(what, ratio, aim, detail):
    return {"what": what, "ratio": round(ratio, 2), "aim": aim, "better": "higher", "detail": detail}


def child(python, script, folder):
    """Run a script in a process of its own, and return the JSON object it prints."""
    result = subprocess.run([python, script, folder], capture_output=True, text=True, check=True)
    return json.loads(result.stdout.splitlines()[-1])


def agree(ours, theirs):
    """Both must have computed the same numbers, or the timing means nothing."""
    np.testing.assert_allclose(ours, theirs, rtol=1e-7)


def write_small(folder):
    rng = np.random.default_rng(1)
    arm = np.arange(890) % 5
    covariates = rng.normal(size=(890, 10))
    outcomes = covariates @ rng.normal(size=(10, 30)) + arm[:, None] * 0.1 + rng.normal(size=(890, 30))
    np.savez(folder / "small.npz", arm=arm, covariates=covariates, outcomes=outcomes)


def write_million(folder):
    """Ten covariates with two to four values, as a register has them."""
    names = [f"x{place}" for place in range(10)]
    levels = [2, 2, 2, 2, 2, 2, 3, 3, 3, 4]
    drawn = ", ".join(
        f"cast(floor(random() * {count}) as tinyint) as {name}"
        for name, count in zip(names, levels, strict=True)
    )
    with duckdb.connect() as engine:
        engine.execute("set threads = 1")
        engine.execute("select setseed(0.5)")
        engine.execute(
            f"create table people as select cast(floor(random() * 5) as tinyint) as arm, {drawn}, "
            "random() + random() + random() as noise from range(1000000)"
        )
        score = " + ".join(f"{place + 1} * {name}" for place, name in enumerate(names))
        engine.execute(
            "copy (select arm, "
            + ", ".join(names)
            + f", 1000 + 20 * arm + {score} + 100 * noise as y from people) "
            f"to '{folder / 'people.parquet'}' (format parquet)"
        )
    arms = "\n".join(f"  {arm}: {{kind: other, label: {{nl: a, en: a}}}}" for arm in ARMS[1:])
    covariates = "\n".join(f"  {name}: {{kind: continuous, label: {{nl: x, en: x}}}}" for name in names)
    text = PROTOCOL.format(arms=arms, covariates=covariates, names=", ".join(names))
    (folder / "protocol.yaml").write_text(text, encoding="utf-8")
