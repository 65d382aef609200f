"""Time what Opmaat does beside named peers, in one run, and keep the ratios in results.json.

Every file in this folder but this one has `measure() -> list[Row]`. Timings are the best of several runs in a
process of their own; only ratios in one run mean something. `run.py evaluate` runs one file.
"""

import importlib.util
import json
import platform
import sys
from pathlib import Path

HERE = Path(__file__).parent


def load(name):
    """Import one file of this folder by its name."""
    spec = importlib.util.spec_from_file_location(f"benchmarks_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    """Run the files that are named, or all, and keep what was measured."""
    file = HERE / "results.json"
    results = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    names = sys.argv[1:] or sorted(path.stem for path in HERE.glob("*.py") if path.stem != "run")
    failed = False
    for name in names:
        rows = load(name).measure()
        results[name] = {"python": platform.python_version(), "rows": rows}
        for row in rows:
            reached = row["ratio"] >= row["aim"] if row["better"] == "higher" else row["ratio"] <= row["aim"]
            failed |= not reached
            print(f"{name}: {row['what']}: {row['ratio']:.2f} (aim {row['aim']}, {row['better']} is better)")
            print(f"    {row['detail']}")
    file.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print("some aims were not reached" if failed else "every aim was reached")


if __name__ == "__main__":
    main()
