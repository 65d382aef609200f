"""Read everything that a trial left in its folder: lists, arms, deliveries, answers and events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from opmaat.conduct.fold import fold
from opmaat.conduct.kinds import WaveSent
from opmaat.conduct.model import Event, Journal
from opmaat.conduct.read import read_events
from opmaat.core.beside import beside
from opmaat.core.collector import collector_at_rest
from opmaat.core.digest import digest_file, digest_value
from opmaat.core.errors import DataFileError, Issue, ProtocolError
from opmaat.panel.deliveries import FOLDER, MADE_UP, Delivery, DeliveryList, load_deliveries, standing
from opmaat.panel.engine import load_engine
from opmaat.panel.enrol import Drawn, Round, drawn_persons, enrol
from opmaat.panel.lots import read_rounds
from opmaat.panel.months import PersonMonths
from opmaat.panel.read_registers import Registers, read_registers
from opmaat.panel.trace import round_sources
from opmaat.panel.trial import Enrolment
from opmaat.panel.whole import cut_short, uncounted
from opmaat.protocol.freeze import Lock
from opmaat.protocol.load import protocol_file
from opmaat.protocol.model import Protocol
from opmaat.survey.load import load_questionnaire
from opmaat.survey.model import Answers, Questionnaire
from opmaat.survey.read import read_answers
from opmaat.survey.scale import Scale
from opmaat.survey.schedule import Window, window
from opmaat.survey.score import Scores, score

_END_OF_DAY = time(23, 59, 59, tzinfo=UTC)
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Everything known of a trial at the end of a day.

    ``reference`` is what registers know of the reference population, whom nobody drew. ``unknown_persons``
    counts persons in the registers who are in neither. ``uncounted`` names the deliveries as text of which no
    number of rows is known, so that one which broke off between two lines went unnoticed. ``sources`` has the
    digest of everything by its name.
    """

    known_at: date
    rounds: tuple[Round, ...]
    drawn: Drawn
    enrolment: Enrolment
    months: PersonMonths
    reference: PersonMonths | None
    journal: Journal
    scores: tuple[Scores, ...]
    unknown_persons: int
    uncounted: tuple[str, ...]
    sources: Mapping[str, str]


def end_of(day: date) -> datetime:
    """Return the last second of a day, in UTC.

    >>> end_of(date(2018, 6, 30)).isoformat()
    '2018-06-30T23:59:59+00:00'
    """
    return datetime.combine(day, _END_OF_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What is known of a trial while its registers are still read; nothing is wrong in its events.

    ``listed`` are the deliveries that stand, ``followed`` the number of persons of the reference population.
    """

    protocol: Protocol
    home: Path
    known_at: date
    listed: DeliveryList
    rounds: tuple[Round, ...]
    drawn: Drawn
    followed: int
    journal: Journal
    scores: tuple[Scores, ...]
    registers: Callable[[], Registers]

    def trial(self) -> Trial:
        """Wait for the registers; raises DataFileError with everything that is wrong in them."""
        registers = _registers(self.registers, [])
        sources = _sources(self.home, self.rounds, self.listed.deliveries, registers.months)
        if self.listed.made_up:
            sources[MADE_UP] = digest_value(MADE_UP)
        count = len(self.drawn.persons)
        months, others = (
            registers.months.taken(np.arange(first, last))
            for first, last in ((0, count), (count, count + self.followed))
        )
        enrolment = enrol(
            self.protocol,
            self.rounds,
            self.drawn,
            journal=self.journal,
            months=months,
            traits={name: values[:count] for name, values in registers.traits.items()},
            sources=sources,
        )
        return Trial(
            known_at=self.known_at,
            rounds=self.rounds,
            drawn=self.drawn,
            enrolment=enrolment,
            months=months,
            reference=others if self.followed else None,
            journal=self.journal,
            scores=self.scores,
            unknown_persons=registers.unknown_persons,
            uncounted=uncounted(self.listed.deliveries),
            sources=sources,
        )


def read_trial(lock: Lock, study: Path, *, known_at: date | None = None) -> Trial:
    """Read a trial from its folder.

    Parameters
    ----------
    lock
        The frozen protocol.
    study
        The folder: ``deliveries.yaml``, ``deliveries/``, ``draw/``, ``private/`` and ``questionnaire.yaml``.
    known_at
        Leave out what was delivered or recorded after this day; without it the day of the last delivery.

    Raises
    ------
    ProtocolError
        When there is no list of deliveries, or with everything wrong in it or in a layout.
    NotPermittedError
        When nobody was drawn, or the arms may not be known yet.
    DataFileError
        With everything that is wrong in the deliveries, events and answers.
    """
    with begin_trial(lock, study, known_at=known_at) as begun:
        return begun.trial()


@contextmanager
def begin_trial(lock: Lock, study: Path, *, known_at: date | None = None) -> Iterator[Begun]:
    """Begin to read a trial as :func:`read_trial` does: registers are read beside what is done meanwhile.

    Raises what :func:`read_trial` raises; where events or answers are wrong that waits for the registers, to
    tell everything at once.
    """
    home = protocol_file(study).parent
    with collector_at_rest(), beside(partial(_lots, lock, home)) as lots:
        listed = load_deliveries(home)
        load_engine()
        rounds, drawn, followed = lots()
    day = known_at or max(delivery.delivered_on for delivery in listed.deliveries)
    stand = standing(listed.deliveries, known_at=day)
    read = partial(
        read_registers,
        lock.protocol,
        home,
        stand,
        wages=listed.wages,
        persons=(*drawn.persons, *followed),
        household=np.concatenate([drawn.household, np.array(list(followed.values()), dtype=np.int64)]),
    )
    with collector_at_rest(), beside(read) as registers:
        journal, scores = _happened(lock.protocol, home, stand, day=day, registers=registers)
        yield Begun(
            protocol=lock.protocol,
            home=home,
            known_at=day,
            listed=replace(listed, deliveries=stand),
            rounds=rounds,
            drawn=drawn,
            followed=len(followed),
            journal=journal,
            scores=scores,
            registers=registers,
        )


def _happened(
    protocol: Protocol,
    home: Path,
    stand: Sequence[Delivery],
    *,
    day: date,
    registers: Callable[[], Registers],
) -> tuple[Journal, tuple[Scores, ...]]:
    """Return the journal and the scores; raises DataFileError with all that is wrong, in registers too."""
    issues: list[Issue] = []
    journal = _journal(home, stand, day, issues)
    questionnaire = load_questionnaire(home, protocol) if _of(stand, "answers") else None
    answers = [] if questionnaire is None else _answers(home, stand, journal, questionnaire, issues)
    if issues:
        _registers(registers, issues)
    return journal, tuple(score(given, scale) for given in answers for scale in _scales(questionnaire))


def _registers(call: Callable[[], Registers], issues: list[Issue]) -> Registers:
    """Return the registers; raises DataFileError when something is wrong in them, or was elsewhere."""
    registers = _attempt(issues, call)
    if issues or registers is None:
        raise DataFileError(issues)
    return registers


def _attempt(issues: list[Issue], call: Callable[[], _Found]) -> _Found | None:
    """Return what a call gives, or keep what it found wrong and return nothing."""
    try:
        return call()
    except (DataFileError, ProtocolError) as error:
        issues.extend(error.issues)
        return None


def _of(deliveries: Iterable[Delivery], kind: str) -> list[Delivery]:
    """Return the deliveries of a kind."""
    return [delivery for delivery in deliveries if delivery.kind == kind]


def _journal(home: Path, stand: Sequence[Delivery], day: date, issues: list[Issue]) -> Journal:
    """Return the journal of the events that were known by a day; contradictions are issues."""
    events: list[Event] = []
    issues.extend(cut_short(home, _of(stand, "events")))
    for delivery in _of(stand, "events"):
        read = partial(read_events, home / FOLDER / delivery.file, today=delivery.delivered_on)
        events.extend(_attempt(issues, read) or ())
    journal = fold(events, known_at=end_of(day))
    issues.extend(journal.issues)
    return journal


def _answers(
    home: Path,
    stand: Sequence[Delivery],
    journal: Journal,
    questionnaire: Questionnaire,
    issues: list[Issue],
) -> list[Answers]:
    """Return the answers to every wave that was delivered."""
    sent = dict(_sent(journal, questionnaire))
    found: list[Answers] = []
    issues.extend(cut_short(home, _of(stand, "answers")))
    for delivery in _of(stand, "answers"):
        file = home / FOLDER / delivery.file
        for given in _attempt(issues, partial(read_answers, file, questionnaire, sent)) or ():
            if given.wave != delivery.wave:
                problem = f"The delivery is of the wave '{delivery.wave}', and has answers to '{given.wave}'."
                issues.append(Issue("wrong-wave", file.name, problem, "Deliver each wave by itself."))
            found.append(given)
    return found


def _sent(journal: Journal, questionnaire: Questionnaire) -> Iterator[tuple[tuple[str, str], Window]]:
    """Yield the window of every person and wave to whom it was sent."""
    waves = {wave.name: wave for wave in questionnaire.waves}
    open_days = cache(lambda start, name: window(start, waves[name]))
    for history in journal:
        for event, payload in history.of(WaveSent):
            if payload.wave in waves:
                start = history.started_on or event.valid_from
                yield (event.person or "", payload.wave), open_days(start, payload.wave)


def _scales(questionnaire: Questionnaire | None) -> tuple[Scale, ...]:
    """Return the scales that are scored."""
    return () if questionnaire is None else questionnaire.scales


def _lots(lock: Lock, home: Path) -> tuple[tuple[Round, ...], Drawn, dict[str, int]]:
    """Return the rounds, who was drawn in them, and the persons of the reference population."""
    rounds = read_rounds(lock, home)
    drawn = drawn_persons(rounds)
    return rounds, drawn, _reference_persons(rounds, drawn)


def _reference_persons(rounds: Sequence[Round], drawn: Drawn) -> dict[str, int]:
    """Return the persons of the reference population, who were drawn in no round, with their households."""
    reference = {name for one in rounds for name in one.caseload.reference_population}
    number = {name: len(drawn.households) + at for at, name in enumerate(sorted(reference))}
    followed = {
        person: number[name]
        for one in rounds
        for name, persons in zip(one.caseload.households, one.caseload.persons, strict=True)
        if name in number
        for person in persons
    }
    inside = set(drawn.persons)
    return {person: followed[person] for person in sorted(followed) if person not in inside}


def _sources(
    home: Path, rounds: Sequence[Round], stand: Sequence[Delivery], months: PersonMonths
) -> dict[str, str]:
    """Return the digest of everything that was read, by its name; those of registers are known by now."""
    known = {name: digest for column in months.provenance.values() for name, digest in column.items()}
    digests = {
        item.source: known[item.name] if item.name in known else digest_file(home / FOLDER / item.file)
        for item in stand
    }
    return round_sources(rounds) | digests
