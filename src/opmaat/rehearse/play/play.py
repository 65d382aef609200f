"""Play a whole experiment on files, in a folder of its own: from the register to the last delivery."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from shutil import copyfile, rmtree

import numpy as np

from opmaat.caseload.build import unit_field_of
from opmaat.caseload.pseudonym import pseudonyms
from opmaat.caseload.read import reference_date, register_of
from opmaat.core.beside import beside
from opmaat.core.collector import collector_at_rest
from opmaat.core.errors import Issue, UsageError
from opmaat.core.secrets import private_folder
from opmaat.core.texts import Text
from opmaat.core.version import __version__
from opmaat.panel.deliveries import Delivery, write_deliveries
from opmaat.protocol.freeze import Lock, freeze, lock_file, read_frozen, write_lock
from opmaat.protocol.load import load_protocol, protocol_file
from opmaat.rehearse.effects import Effects
from opmaat.rehearse.lives.behaviour import live
from opmaat.rehearse.lives.benefit import settlements
from opmaat.rehearse.lives.lives import Lives
from opmaat.rehearse.lives.taking_part import joins_first
from opmaat.rehearse.many.replicate import Study, study_of
from opmaat.rehearse.people.chance import Chance, Purpose
from opmaat.rehearse.people.frame import frame
from opmaat.rehearse.people.people import Flags, Ints, People, draw_people
from opmaat.rehearse.people.register import field_values
from opmaat.rehearse.play.benefits import RegisterWriter
from opmaat.rehearse.play.calendar import first_day, recruiting
from opmaat.rehearse.play.ceremony import Round, arms_of, hold_draws, promise_round, secret_of
from opmaat.rehearse.play.deliveries import Played, last_delivery, write_journal, write_registers
from opmaat.rehearse.play.journal import Names, journal_events
from opmaat.survey.load import load_questionnaire
from opmaat.survey.model import Questionnaire

MARK = "rehearsal.json"
_NOT_COPIED = frozenset({"effects.yaml", "results", "README.md"})
_NOTHING_ASKED = Questionnaire(
    id="", title=Text("geen vragen", "no questions"), waves=(), items={}, scales=()
)
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A rehearsal on files: its folder, the lives behind it, and what was delivered.

    ``names`` are the pseudonyms of the people; ``ends_on`` is the day of the last delivery.
    """

    folder: Path
    lives: Lives
    names: Names
    deliveries: tuple[Delivery, ...]
    ends_on: date


@dataclass(frozen=True, slots=True)
class _Town:
    """The made-up municipality before the draw: who could be invited, who is on which list."""

    study: Study
    people: People
    register: RegisterWriter
    eligible: Flags
    listed: Flags
    round_: Ints


@collector_at_rest()
def play(
    study: Path,
    out: Path,
    *,
    effects: Effects,
    households: int,
    seed: int,
    to_month: int | None = None,
    progress: Progress = lambda _: None,
) -> Rehearsed:
    """Play an experiment into a new folder, with all the files that a municipality would have.

    Parameters
    ----------
    study
        The folder of the study; nothing is written into it.
    out
        The folder to make. One that an earlier rehearsal made is made anew; any other is refused.
    households
        How many households the register has.
    to_month
        The month of the trial up to and with which to play; the whole trial unless given.
    progress
        Is told, in words, what is being done.

    Raises
    ------
    UsageError
        ``not-a-rehearsal`` when the folder holds something else; ``past-the-trial`` for a month after the
        last that the protocol asks for.
    """
    home, chance = protocol_file(study).parent, Chance(seed)
    columns = _columns(study_of(load_protocol(study), folder=home, effects=effects), to_month)
    _begin_folder(home, out, {"seed": seed, "households": households})
    lock = _lock(out)
    trial = study_of(lock.protocol, folder=out, effects=effects)
    progress(f"people: {households} households")
    town = _town(trial, households, chance)
    with beside(partial(_names, trial, town.people, chance)) as named:
        rounds = [_promised(lock, out, town, place, chance) for place in range(len(trial.setting.rounds))]
        names = named()
    arm, round_ = arms_of(rounds, names.households)
    progress(f"draw: {int((arm >= 0).sum())} households in {len(trial.setting.arms)} arms")
    ends_on = last_delivery(trial.setting.first_month, columns)
    opened_on = ends_on if columns == trial.setting.months else None
    with beside(partial(hold_draws, lock, rounds, opened_on=opened_on)) as held:
        lives = live(town.people, trial.setting, arm, chance, round_=round_)
        progress(f"lives: {columns} months, {int(lives.part.joined.sum())} households take part")
        deliveries = _deliver(out, town, names, lives, round_, chance, columns)
        held()
    progress(f"deliveries: {len(deliveries)} files")
    return Rehearsed(out, lives, names, deliveries, ends_on)


@contextmanager
def made_whole(out: Path) -> Iterator[Path]:
    """Give a folder to play in, which takes the place of another once all in it is made.

    Until then an earlier rehearsal stays as it was; after an error or an interruption nothing is left.

    Parameters
    ----------
    out
        The folder that is to be there in the end.

    Raises
    ------
    UsageError
        ``not-a-rehearsal`` when the folder holds something else; ``cannot-write`` with what the machine said.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> out = Path(mkdtemp()) / "rehearsal"
    >>> with made_whole(out) as draft:
    ...     draft.mkdir()
    >>> out.exists(), draft.exists()
    (True, False)
    """
    draft = out.parent / f".{out.name}.draft"
    for folder in (out, draft):
        _require_free(folder)
    try:
        yield draft
        if out.exists():
            rmtree(out)
        draft.rename(out)
    except OSError as error:
        problem = f"The rehearsal cannot be written ({(error.strerror or 'unknown reason').lower()})."
        fix = "Make room or give another folder."
        raise UsageError([Issue("cannot-write", str(error.filename or out), problem, fix)]) from None
    finally:
        rmtree(draft, ignore_errors=True)


def _require_free(out: Path) -> None:
    """Refuse a place that has something else than a rehearsal."""
    if out.exists() and not (out / MARK).exists() and (not out.is_dir() or any(out.iterdir())):
        problem = "The place holds something else than a rehearsal."
        raise UsageError([Issue("not-a-rehearsal", str(out), problem, "Give another folder.")])


def _begin_folder(home: Path, out: Path, mark: dict[str, object]) -> None:
    """Make the folder and copy the study's own files into it."""
    _require_free(out)
    if out.exists():
        rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).write_text(json.dumps({**mark, "version": __version__}) + "\n", encoding="utf-8")
    for file in sorted(home.iterdir()):
        if file.is_file() and file.name not in _NOT_COPIED:
            copyfile(file, out / file.name)


def _lock(out: Path) -> Lock:
    """Return the lock of the protocol; one that was not frozen yet is frozen now, before its draw."""
    if not lock_file(out).exists():
        protocol = load_protocol(out)
        write_lock(freeze(protocol, today=reference_date(protocol)), out)
    return read_frozen(out)


def _town(trial: Study, households: int, chance: Chance) -> _Town:
    """Draw the people, and tell who is on the list of which round."""
    setting, protocol = trial.setting, trial.protocol
    unit = protocol.population.unit
    people = draw_people(households, setting.reference_date, chance, numbers=setting.numbers, unit=unit)
    eligible = frame(protocol, people, layout=trial.layout, chance=chance).eligible
    listed = np.ones(people.households, dtype=np.bool_)
    if setting.joins_first:
        listed = ~eligible | joins_first(people, setting, chance)
    round_ = (chance.uniform(Purpose.ROUND, people.households) * len(setting.rounds)).astype(np.int64)
    writer = RegisterWriter(people, trial.layout, register_of(protocol), chance)
    return _Town(trial, people, writer, eligible, listed, np.where(eligible, round_, 0))


def _names(trial: Study, people: People, chance: Chance) -> Names:
    """Return the pseudonyms that the caseload will give households and persons."""
    key = secret_of(chance, "pseudonym")
    fields = (unit_field_of(trial.protocol, trial.layout), trial.layout.person)
    values = field_values(people, trial.layout, fields, chance)
    first = values[fields[0]][: people.households]
    return Names(
        tuple(pseudonyms(key, "household", map(str, first))),
        tuple(pseudonyms(key, "person", map(str, values[fields[1]]))),
    )


def _promised(lock: Lock, out: Path, town: _Town, place: int, chance: Chance) -> Round:
    """Write the register of a round, and promise its draw."""
    setting = town.study.setting
    name, days = setting.rounds[place], recruiting(setting, place)
    on_list = town.listed & (town.round_ == place)
    rows = np.flatnonzero(on_list[town.people.household])
    file = private_folder(out / "private") / f"register{'-' + name if name else ''}.csv"
    town.register.write_list(file, rows)
    last = max(first_day(setting, one) for one in range(len(setting.rounds)))
    return promise_round(
        lock,
        out,
        file,
        round_name=name,
        day=setting.reference_date,
        drawn_on=days.drawn,
        due=max(last, days.drawn),
        chance=chance,
    )


def _columns(trial: Study, to_month: int | None) -> int:
    """Return how many months are played; refuse a month that nothing in the protocol reaches to."""
    setting = trial.setting
    if to_month is None:
        return setting.months
    if to_month > setting.last_month:
        problem = f"Month {to_month} is past the trial, of which month {setting.last_month} is the last."
        fix = "Give an earlier month, or leave it out."
        raise UsageError([Issue("past-the-trial", "--to", problem, fix)])
    return min(setting.months, int(setting.start.min()) + to_month)


def _deliver(
    out: Path, town: _Town, names: Names, lives: Lives, round_: Ints, chance: Chance, columns: int
) -> tuple[Delivery, ...]:
    """Write events and deliveries, and the list of them."""
    protocol = town.study.protocol
    questionnaire = _NOTHING_ASKED if not protocol.waves else load_questionnaire(out, protocol)
    settled = settlements(lives)
    played = Played(
        lives,
        settled,
        town.study.layout,
        town.register,
        questionnaire,
        names.persons,
        round_,
        chance,
        columns,
    )
    with beside(partial(write_registers, out, played)) as of_registers:
        events = journal_events(
            lives,
            names,
            questionnaire,
            chance,
            settled=settled,
            invited=town.eligible,
            round_=np.where(lives.arm >= 0, round_, town.round_),
            columns=columns,
        )
        of_journal = write_journal(out, events)
        deliveries = (*of_registers(), *of_journal)
    write_deliveries(out, deliveries, made_up=True)
    return deliveries
