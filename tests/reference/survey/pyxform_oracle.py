"""Read form.json as an XLSForm with pyxform, and store what it found.

Run with a Python that has pyxform 4.5: ``python pyxform_oracle.py``. It is not among the locked packages, so
the test compares with what is stored and does not run this.
"""

import json
import tempfile
from importlib.metadata import version
from pathlib import Path

import openpyxl
from pyxform.xls2json import parse_file_to_json

HERE = Path(__file__).parent


def main():
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "form.xlsx"
        write(file)
        found = parse_file_to_json(str(file))
    stored = {"pyxform": version("pyxform"), "items": list(flat(found["children"]))}
    text = json.dumps(stored, indent=1, ensure_ascii=False)
    (HERE / "expected_pyxform.json").write_text(text + "\n", encoding="utf-8")


def write(file):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in json.loads((HERE / "form.json").read_text(encoding="utf-8")).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(file)


def flat(children):
    """Yield what is asked, in order; the technical group at the end is left out."""
    for child in children:
        if child["name"] != "meta":
            yield {key: child[key] for key in ("name", "type", "label", "hint", "bind") if key in child} | {
                "choices": {choice["name"]: choice["label"] for choice in child.get("choices", [])}
            }
            yield from flat(child.get("children", []))


if __name__ == "__main__":
    main()
