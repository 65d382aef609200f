"""Questionnaires page by page: what stands on which page, and what is asked of whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from opmaat.conduct import kinds
from opmaat.conduct.model import History
from opmaat.core.texts import Language
from opmaat.survey.items import (
    Choice,
    Item,
    Note,
    Number,
    OpenText,
    Rating,
    SeveralChoices,
)
from opmaat.survey.model import Questionnaire
from opmaat.survey.schedule import window

__all__ = [
    "Choice",
    "Item",
    "Note",
    "Number",
    "OpenText",
    "Rating",
    "SentWave",
    "SeveralChoices",
    "asked_of",
    "pages_of",
    "sent_waves",
    "told_answer",
]

_MOST_ON_A_PAGE = 5
Answers = Mapping[str, str]


def pages_of(questionnaire: Questionnaire) -> tuple[tuple[str, ...], ...]:
    """Return the names of the items of every page.

    A page has at most five items besides notes; a note begins one, and so does an item that is asked only
    after an answer on the page before, because without scripts a page cannot change while it is filled in.

    >>> from pathlib import Path
    >>> from opmaat.web.gateway.studies import questionnaire_of
    >>> pages_of(questionnaire_of(Path("studies/groningen-2017")))[0][:2]
    ('welcome', 'job_search_1')
    """
    pages: list[list[str]] = []
    for name, item in questionnaire.items.items():
        page = pages[-1] if pages else []
        asked = [other for other in page if not isinstance(questionnaire.items[other], Note)]
        begins = isinstance(item, Note) and bool(asked)
        depends = any(rule.item in page for rule in item.ask_when)
        if not pages or begins or depends or len(asked) >= _MOST_ON_A_PAGE:
            pages.append([])
        pages[-1].append(name)
    return tuple(map(tuple, pages))


def asked_of(questionnaire: Questionnaire, answers: Answers) -> tuple[str, ...]:
    """Return the items that are asked of someone who gave some answers, in order.

    An item whose rule looks at an item that is itself not asked is not asked either.
    """
    asked: dict[str, None] = {}
    for name, item in questionnaire.items.items():
        if all(
            rule.item in asked and set(rule.answers) & set(answers.get(rule.item, "").split(" "))
            for rule in item.ask_when
        ):
            asked[name] = None
    return tuple(asked)


def told_answer(item: Item, answer: str, language: Language) -> str:
    """Return a stored answer in the words of its item.

    >>> from opmaat.core.texts import Text
    >>> good = {2: Text("goed", "good")}
    >>> mood = Rating(kind="rating", text=Text("?", "?"), lowest=1, highest=2, labels=good)
    >>> told_answer(mood, "2", "nl"), told_answer(mood, "1", "nl")
    ('2 · goed', '1')
    """
    if isinstance(item, Rating) and int(answer) in item.labels:
        return f"{answer} · {item.labels[int(answer)].in_language(language)}"
    if isinstance(item, Choice | SeveralChoices):
        return ", ".join(item.choices[name].in_language(language) for name in answer.split())
    return answer


@dataclass(frozen=True, slots=True)
class SentWave:
    """A wave that was sent to an adult: until when it is open, and whether it is now, or was answered."""

    wave: str
    last_day: date
    is_open: bool
    is_answered: bool


def sent_waves(
    history: History, questionnaire: Questionnaire, person: str, *, on: date
) -> tuple[SentWave, ...]:
    """Return the waves that were sent to an adult, in the order of the waves."""
    start = history.started_on
    if start is None:
        return ()
    sent = {payload.wave for _, payload in history.of(kinds.WaveSent, person)}
    answered = {payload.wave for _, payload in history.of(kinds.Answered, person)}
    found = []
    for wave in questionnaire.waves:
        if wave.name in sent:
            days, done = window(start, wave), wave.name in answered
            is_open = days.opens <= on <= days.closes and not done
            found.append(SentWave(wave.name, days.closes, is_open, done))
    return tuple(found)
