"""A protocol with two waves, and a small questionnaire that is asked in both."""

import dataclasses
from pathlib import Path

import pytest

from opmaat.protocol.load import load_protocol
from opmaat.protocol.model import Wave
from opmaat.survey.load import load_questionnaire

QUESTIONNAIRE = Path(__file__).parents[2] / "spec/survey/questionnaire.yaml"


@pytest.fixture(scope="session")
def protocol(root):
    waves = (Wave(name="baseline", month=0), Wave(name="midline", month=12))
    return dataclasses.replace(load_protocol(root / "tests/spec/errors/study"), waves=waves)


@pytest.fixture
def questionnaire(protocol):
    return load_questionnaire(QUESTIONNAIRE, protocol)
