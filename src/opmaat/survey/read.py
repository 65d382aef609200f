"""Read a delivery of answers: any table file that Opmaat knows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from opmaat.formats.layout import Layout
from opmaat.formats.read import read_table
from opmaat.survey.check import RESERVED
from opmaat.survey.collect import collect
from opmaat.survey.model import Answers, Questionnaire
from opmaat.survey.schedule import Window

_PLAIN = Layout()


def read_answers(
    path: Path,
    questionnaire: Questionnaire,
    sent: Mapping[tuple[str, str], Window],
    *,
    layout: Layout = _PLAIN,
) -> tuple[Answers, ...]:
    """Read the answers in a file; see :func:`opmaat.survey.collect.collect` for its columns and its checks.

    Only the columns of the questionnaire are read: an arm or a name that stands in the file goes nowhere.

    Raises
    ------
    DataFileError
        When the file cannot be read or lacks an item, or with everything that is wrong in it.
    """
    table = read_table(path, [*RESERVED, *questionnaire.asked], layout)
    return collect(questionnaire, table, sent)
