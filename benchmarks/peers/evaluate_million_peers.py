"""Time a million rows from Parquet with every way that pyfixest has, each in a process of its own."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

COVARIATES = " + ".join(f"x{place}" for place in range(10))
WAYS = {
    "least squares": {"fml": f"y ~ C(arm) + {COVARIATES}"},
    "lean": {"fml": f"y ~ C(arm) + {COVARIATES}", "copy_data": False, "store_data": False, "lean": True},
    "compression": {
        "fml": f"y ~ C(arm) + {COVARIATES}",
        "use_compression": True,
        "lean": True,
        "copy_data": False,
    },
}


def one(folder, way):
    import pandas as pd
    import pyfixest as pf

    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        frame = pd.read_parquet(Path(folder) / "people.parquet")
        model = pf.feols(data=frame, vcov="HC1", ssc=pf.ssc(k_adj=True), **WAYS[way])
        points, errors = model.coef(), model.se()
        seconds.append(time.perf_counter() - start)
    arms = [name for name in points.index if "arm" in name]
    numbers = points[arms].tolist() + errors[arms].tolist()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": min(seconds), "peak_mb": peak, "numbers": numbers}))


def main():
    found = {}
    for way in WAYS:
        command = [sys.executable, __file__, sys.argv[1], way]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode == 0:
            found[way] = json.loads(result.stdout.splitlines()[-1])
        else:
            print(way, result.stderr.splitlines()[-1], file=sys.stderr)
    summary = {
        "seconds": {way: round(item["seconds"], 3) for way, item in found.items()},
        "peak_mb": {way: item["peak_mb"] for way, item in found.items()},
        "numbers": found["lean"]["numbers"],
    }
    print(json.dumps(summary))


if __name__ == "__main__":
    one(*sys.argv[1:]) if len(sys.argv) == 3 else main()
