"""A protocol with two waves, and a small questionnaire that is asked in both."""

import dataclasses

import pytest

from opmaat.protocol.load import load_protocol
from opmaat.protocol.model import Wave
from opmaat.survey.load import load_questionnaire

QUESTIONNAIRE = """\
version: 1
id: made-up
title: {nl: Vragen over werk en leven, en: Questions about work and life}
waves:
  baseline: {opens: -14, days: 28, reminders: [7, 14]}
  midline: {days: 21, reminders: [10]}
items:
  welcome: {kind: note, text: {nl: U mag elke vraag overslaan., en: You may skip any question.}}
  happiness: {kind: scale}
  work:
    kind: choice
    text: {nl: Hebt u betaald werk?, en: Do you have paid work?}
    choices: {'yes': {nl: ja, en: 'yes'}, 'no': {nl: nee, en: 'no'}}
  hours:
    kind: number
    text: {nl: Hoeveel uur per week?, en: How many hours a week?}
    lowest: 0
    highest: 80
    ask_when: [{item: work, answers: ['yes']}]
  help:
    kind: several
    text: {nl: Wie helpt u?, en: Who helps you?}
    choices: {family: {nl: familie, en: family}, friends: {nl: vrienden, en: friends}}
  social_trust: {kind: scale, ask_when: [{item: help, answers: [family, friends]}]}
  wish: {kind: text, text: {nl: Wat wilt u kwijt?, en: What would you like to say?}}
"""


@pytest.fixture(scope="session")
def protocol(root):
    waves = (Wave(name="baseline", month=0), Wave(name="midline", month=12))
    return dataclasses.replace(load_protocol(root / "tests/spec/errors/study"), waves=waves)


@pytest.fixture
def write_questionnaire(tmp_path):
    def write(text=QUESTIONNAIRE):
        file = tmp_path / "questionnaire.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.fixture
def questionnaire(write_questionnaire, protocol):
    return load_questionnaire(write_questionnaire(), protocol)
