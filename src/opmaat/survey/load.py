"""Read questionnaire.yaml, and the XLSForm that it may point to: every problem at once, with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import MinLen
from pydantic import Discriminator, TypeAdapter

from opmaat.core.errors import did_you_mean
from opmaat.core.texts import Text
from opmaat.protocol.definitions import ScaleScore
from opmaat.protocol.finding import Finding, unknown
from opmaat.protocol.model import Protocol
from opmaat.protocol.typed_yaml import FileKind, read_typed
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS
from opmaat.survey.check import check_items, scales_in
from opmaat.survey.items import AskWhen, Choice, Item, Note, Number, OpenText, Rating, SeveralChoices
from opmaat.survey.model import Fieldwork, Questionnaire, SurveyWave
from opmaat.survey.scale import items_of, scale, scale_names
from opmaat.survey.xlsform import items_from_form


@dataclass(frozen=True, kw_only=True)
class ScaleEntry:
    """Stands for all items of the scale of this name, where they come with Opmaat."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    kind: Literal["scale"]
    ask_when: tuple[AskWhen, ...] = ()


Entry = Annotated[
    Rating | Number | Choice | SeveralChoices | OpenText | Note | ScaleEntry,
    Discriminator("kind"),
]


@dataclass(frozen=True, kw_only=True)
class QuestionnaireFile:
    """What questionnaire.yaml holds: the waves, and either the items or the name of an XLSForm beside it."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    version: Literal[1]
    id: Annotated[str, MinLen(1)]
    title: Text
    waves: Annotated[Mapping[str, Fieldwork], MinLen(1)]
    items: Annotated[Mapping[str, Entry], MinLen(1)] | None = None
    form: str | None = None


_adapter = cache(lambda: TypeAdapter(QuestionnaireFile))
_KIND = FileKind("questionnaire", "questionnaire.yaml", _adapter)


def load_questionnaire(path: Path, protocol: Protocol) -> Questionnaire:
    """Read and check a questionnaire.

    Parameters
    ----------
    path
        The file, or the study's folder with a ``questionnaire.yaml`` in it.
    protocol
        The protocol of the study, whose waves the questionnaire is asked in.

    Raises
    ------
    ProtocolError
        With one issue per problem. The XLSForm is looked at when the YAML file is right.
    DataFileError
        When the XLSForm is not a whole file.
    """
    file = read_typed(path, _KIND, lambda read: _check(read, protocol))
    items = _items(file) if file.form is None else items_from_form(_KIND.find(path).parent / file.form)
    months = {wave.name: wave.month for wave in protocol.waves}
    waves = [SurveyWave(name=name, month=months[name], fieldwork=work) for name, work in file.waves.items()]
    return Questionnaire(
        id=file.id,
        title=file.title,
        waves=tuple(sorted(waves, key=lambda wave: wave.month)),
        items=items,
        scales=scales_in(items),
    )


def questionnaire_schema() -> dict[str, Any]:
    """Return the JSON schema of questionnaire.yaml, generated from the types."""
    return _adapter().json_schema()


def _items(file: QuestionnaireFile) -> dict[str, Item]:
    """Return the items in order, each scale replaced by its own."""
    items: dict[str, Item] = {}
    for name, entry in (file.items or {}).items():
        if not isinstance(entry, ScaleEntry):
            items[name] = entry
        elif name in scale_names():
            asked = items_of(scale(name)).items()
            items |= {own: replace(item, ask_when=entry.ask_when) for own, item in asked}
    return items


def _check(file: QuestionnaireFile, protocol: Protocol) -> Iterator[Finding]:
    """Yield what the types cannot say."""
    names = [wave.name for wave in protocol.waves]
    for name, work in file.waves.items():
        if name not in names:
            yield unknown(("waves", name), "wave", name, names)
        yield from _check_reminders(name, work)
    if (file.items is None) == (file.form is None):
        problem = (
            "The questionnaire needs 'items', or 'form' with the name of an XLSForm, and only one of them."
        )
        yield Finding(("items",), "items-or-form", problem, "Keep one.")
    yield from _check_scale_entries(file)
    yield from _check_all_items(file)
    if file.items is not None:
        yield from _check_outcomes(file, protocol)


def _check_outcomes(file: QuestionnaireFile, protocol: Protocol) -> Iterator[Finding]:
    """Check that the scales which are outcomes are asked, in the waves of the months that are asked for."""
    asked = {found.scale for found in scales_in(_items(file))}
    for name, outcome in protocol.outcomes.items():
        if not isinstance(outcome.definition, ScaleScore):
            continue
        if outcome.definition.scale not in asked:
            problem = f"The outcome '{name}' is the scale '{outcome.definition.scale}', which is not asked."
            yield Finding(("items",), "scale-not-asked", problem, "Add its items, or drop the outcome.")
        for wave in sorted(_waves_of(protocol, name) - set(file.waves)):
            problem = f"The outcome '{name}' is asked for in the wave '{wave}', which is not sent."
            yield Finding(("waves",), "wave-not-sent", problem, "Add the wave, or ask for another month.")


def _waves_of(protocol: Protocol, outcome: str) -> set[str]:
    """Return the waves in which an estimand looks at an outcome."""
    months = {estimand.month for estimand in protocol.estimands if estimand.outcome == outcome}
    return {wave.name for wave in protocol.waves if wave.month in months}


def _check_all_items(file: QuestionnaireFile) -> Iterator[Finding]:
    """Yield what does not fit in the items; of a scale once, at the entry that stands for its items."""
    scales = [name for name, entry in (file.items or {}).items() if isinstance(entry, ScaleEntry)]
    entry_of = {own: name for name in scales if name in scale_names() for own in scale(name).items}
    told = set()
    for finding in check_items(_items(file)):
        own = str(finding.path[0])
        placed = replace(finding, path=("items", entry_of.get(own, own), *finding.path[1:]))
        if (placed.path, placed.code) not in told:
            yield placed
        told.add((placed.path, placed.code))


def _check_reminders(name: str, work: Fieldwork) -> Iterator[Finding]:
    """Check that reminders come one after the other while the wave is open."""
    if list(work.reminders) != sorted(set(work.reminders)):
        problem = f"The reminders of '{name}' do not ascend."
        yield Finding(("waves", name, "reminders"), "reminders-not-ascending", problem, "Put them in order.")
    if any(day >= work.days for day in work.reminders):
        problem = f"A reminder of '{name}' would come after the last day to answer."
        fix = "Send it earlier, or let 'days' be more."
        yield Finding(("waves", name, "reminders"), "reminder-after-closing", problem, fix)


def _check_scale_entries(file: QuestionnaireFile) -> Iterator[Finding]:
    """Check that scales exist, and that their items come with Opmaat."""
    for name, entry in (file.items or {}).items():
        if not isinstance(entry, ScaleEntry):
            continue
        if name not in scale_names():
            problem = f"There is no scale '{name}'."
            yield Finding(("items", name), "unknown-scale", problem, did_you_mean(name, scale_names()))
        elif not scale(name).has_texts:
            problem = f"The items of '{name}' may not be handed out with Opmaat."
            fix = (
                f"Write them yourself as {', '.join(list(scale(name).items)[:2])} and so on, from the source."
            )
            yield Finding(("items", name), "items-not-included", problem, fix)
        else:
            for own in set(scale(name).items) & set(file.items or {}) - {name}:
                problem = f"'{own}' is an item of the scale '{name}', which stands here as well."
                yield Finding(("items", own), "item-twice", problem, "Keep one of the two.")
