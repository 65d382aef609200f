"""Studies: their protocol and questionnaire, read once for every version of the files."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from opmaat.protocol.arms import Arm, ChoiceArm
from opmaat.protocol.load import load_protocol
from opmaat.protocol.model import Protocol
from opmaat.survey.load import load_questionnaire
from opmaat.survey.model import Questionnaire, SurveyWave

__all__ = [
    "Arm",
    "ChoiceArm",
    "Protocol",
    "Questionnaire",
    "SurveyWave",
    "protocol_of",
    "questionnaire_of",
]


def protocol_of(folder: Path) -> Protocol:
    """Return the protocol of a study's folder; raises ProtocolError when it is not right.

    >>> protocol_of(Path("studies/groningen-2017")).id
    'groningen-2017'
    """
    return _protocol(folder, _version(folder / "protocol.yaml"))


def questionnaire_of(folder: Path) -> Questionnaire | None:
    """Return the questionnaire of a study's folder; None where it has none.

    >>> [wave.name for wave in questionnaire_of(Path("studies/groningen-2017")).waves]
    ['baseline', 'midline', 'endline']
    """
    file = folder / "questionnaire.yaml"
    return _questionnaire(folder, _version(file)) if file.exists() else None


def _version(file: Path) -> int:
    """Return what changes when a file changes."""
    return file.stat().st_mtime_ns


@lru_cache(maxsize=64)
def _protocol(folder: Path, _: int) -> Protocol:
    return load_protocol(folder)


@lru_cache(maxsize=64)
def _questionnaire(folder: Path, _: int) -> Questionnaire:
    return load_questionnaire(folder, protocol_of(folder))
