"""Rules of the house that a tool can see."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked_files():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    files = [ROOT / name for name in listed if name and (ROOT / name).is_file()]
    assert Path(__file__) in files
    return files


def test_no_address_of_a_package_registry_and_no_place_of_a_machine():
    """Assembled from parts, so that this file does not hold what it looks for."""
    wrong = re.compile(
        "|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.org", r"/home/\w", "/ro" + "ot/"])
    )
    for file in tracked_files():
        if file.suffix in {".parquet", ".sav", ".woff2", ".mo"}:
            continue
        assert not wrong.search(file.read_text(encoding="utf-8", errors="replace")), file


def test_locks_have_hashes():
    for lock in (ROOT / "requirements").glob("*.lock"):
        lines = lock.read_text(encoding="utf-8").splitlines()
        names = [line for line in lines if re.match(r"\S+==", line)]
        assert names
        for name in names:
            assert "--hash=sha256:" in lines[lines.index(name) + 1], name


def test_a_function_does_one_thing():
    for file in (ROOT / "src/opmaat").rglob("*.py"):
        for name in re.findall(r"def (\w+)\(", file.read_text(encoding="utf-8")):
            assert "and" not in name.split("_"), f"{file}: {name}"
