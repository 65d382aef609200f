"""Documents are true: examples run, generated pages are fresh, words are known, links lead somewhere."""

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import opmaat
from opmaat.protocol.load import json_schema

ROOT = Path(__file__).parents[2]
MODULES = sorted(module.name for module in pkgutil.walk_packages(opmaat.__path__, "opmaat."))
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("studies/*/README.md")])


@pytest.mark.parametrize("name", ["opmaat", *MODULES])
def test_examples_in_docstrings(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_in_documents_runs(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    names = {}
    for code in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(code, str(page), "exec"), names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / target).exists(), target


def test_generated_pages_are_fresh():
    result = subprocess.run(
        [sys.executable, ROOT / "docs/reference/generate.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def test_every_value_of_the_protocol_is_in_the_glossary():
    words = set()
    for row in (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines():
        if row.startswith("| "):
            words |= {word.strip() for word in row.split("|")[1].split(",")}
    settings = {
        "none",
        "experiments-2017",
        "ordinary-act",
        "utf-8",
        "windows-1252",
        "log",
        "square",
        "higher",
        "lower",
    }
    values = set(all_values(json_schema())) - settings
    assert {value for value in values if re.fullmatch(r"[\w-]+", value)} <= words


def all_values(node):
    """Yield every text that an enumeration of the schema allows."""
    if isinstance(node, dict):
        allowed = node.get("enum", []) + ([node["const"]] if "const" in node else [])
        yield from (value for value in allowed if isinstance(value, str))
        for child in node.values():
            yield from all_values(child)
    elif isinstance(node, list):
        for child in node:
            yield from all_values(child)


@pytest.mark.parametrize("name", opmaat.__all__)
def test_every_public_name_is_shown_in_an_example(name):
    assert ">>> " in getattr(opmaat, name).__doc__


def test_few_names_are_public():
    assert len(opmaat.__all__) <= 30


def test_pages_for_who_writes_yaml_show_no_python():
    for page in (ROOT / "docs/reference/_generated").glob("[!c]*.md"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"\bNone\b|:\w+:`|``|>>> |^Examples$", text, re.MULTILINE), page
