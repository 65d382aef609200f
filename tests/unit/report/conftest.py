"""Made-up studies for the tests of the report; importlib mode has no folder to import them from."""

import importlib.util
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("made_up_studies.py")
KINDS = ("two_arms", "many_arms", "late", "months")


@pytest.fixture(scope="session")
def made_up():
    spec = importlib.util.spec_from_file_location("made_up_studies", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session", params=KINDS)
def kind(request):
    return request.param


@pytest.fixture(scope="session")
def study(kind, made_up):
    return made_up.STUDIES[kind]()


@pytest.fixture(scope="session")
def rendered(made_up):
    from opmaat.report.sources import Sources
    from opmaat.report.write import render_report

    return cache(lambda kind: render_report(Sources(*made_up.STUDIES[kind]())))


@pytest.fixture(scope="session")
def html(kind, rendered):
    return rendered(kind)
