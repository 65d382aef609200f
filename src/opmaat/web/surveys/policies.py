"""What stands on a sheet after a page was filled in: a pure function."""

from __future__ import annotations

from collections.abc import Mapping

from opmaat.web.gateway.questions import asked_of
from opmaat.web.gateway.studies import Questionnaire


def kept_answers(
    questionnaire: Questionnaire, before: Mapping[str, str], answers: Mapping[str, str]
) -> dict[str, str]:
    """Return all answers, without empty ones and without what is no longer asked."""
    filled = {item: value for item, value in {**before, **answers}.items() if value}
    asked = set(asked_of(questionnaire, filled))
    return {item: value for item, value in filled.items() if item in asked}
