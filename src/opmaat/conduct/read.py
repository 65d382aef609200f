"""Events as JSON Lines: one event on each line, every problem told with its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import MinLen
from pydantic import AwareDatetime, TypeAdapter, ValidationError
from pydantic_core import SchemaValidator, core_schema, to_json

from opmaat.conduct.kinds import BY_NAME, KINDS, Payload
from opmaat.conduct.model import Event
from opmaat.conduct.rules import broken_rules
from opmaat.core.errors import DataFileError, Issue, did_you_mean
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_Id = Annotated[str, MinLen(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line of the file."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    id: _Id
    household: _Id
    kind: str
    valid_from: date
    recorded_at: AwareDatetime
    actor: str
    payload: dict[str, Any]
    person: _Id | None = None
    corrects: _Id | None = None


_line = cache(lambda: TypeAdapter(_Line))
_payload: dict[type[Payload], TypeAdapter[Any]] = {}


def read_events(path: Path, *, today: date) -> tuple[Event, ...]:
    """Read the events of a file.

    Parameters
    ----------
    path
        A text file in UTF-8 with one JSON object on each line; empty lines are passed over.
    today
        What was recorded later is refused.

    Raises
    ------
    DataFileError
        With one issue per problem, each with its line: no JSON, unknown keys or kinds, values that do not
        fit, and every rule of :data:`opmaat.conduct.rules.RULES` that an event breaks.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "events.jsonl"
    >>> _ = file.write_text('{"id": "e1", "household": "h1", "kind": "invited", "valid_from": "2017-09-20",'
    ...     '"recorded_at": "2017-09-20T08:00:00Z", "actor": "system:0000", "payload": {}}')
    >>> [event.kind for event in read_events(file, today=date(2017, 10, 1))]
    ['invited']
    """
    events: list[Event] = []
    issues: list[Issue] = []
    name = str(path)
    for number, line in enumerate(_lines(path), start=1):
        if line.isspace():
            continue
        where = f"{name}:{number}"
        read = _event(line, where)
        if isinstance(read, Event):
            events.append(read)
            issues.extend(broken_rules(read, where, today=today))
        else:
            issues.extend(read)
    if issues:
        raise DataFileError(issues)
    return tuple(events)


def write_events(path: Path, events: Iterable[Event]) -> None:
    """Write events to a file, one on each line, in the order given; reading it gives the same events.

    Raises OSError when it cannot be written.
    """
    path.write_bytes(b"".join([to_json(event.as_dict()) + b"\n" for event in events]))


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file; raises DataFileError where it cannot be read."""
    try:
        with path.open(encoding="utf-8") as stream:
            yield from stream
    except UnicodeDecodeError:
        problem, fix = "The file is not written in UTF-8.", "Save it as UTF-8."
        raise DataFileError([Issue("not-utf-8", str(path), problem, fix)]) from None
    except OSError as error:
        problem = f"The events cannot be read ({(error.strerror or 'unknown reason').lower()})."
        raise DataFileError([Issue("unreadable", str(path), problem, "Give a file of events.")]) from None


@cache
def _reader() -> SchemaValidator:
    """Return what makes the event of a line in one go, by its kind; it says nothing that a user understands.

    A line has the keys of :class:`_Line`, with the payload of the kind.
    """
    return SchemaValidator(
        core_schema.tagged_union_schema({kind.kind: _schema(kind) for kind in KINDS}, discriminator="kind")
    )


def _schema(kind: type[Payload]) -> core_schema.CoreSchema:
    """Return how a line of a kind makes an event."""
    line: Any = _line().core_schema
    schemas = {key["name"]: key["schema"] for key in line["schema"]["fields"]}
    schemas["payload"] = _adapter(kind).core_schema
    keys = [core_schema.arguments_parameter(key, schemas[key], mode="keyword_only") for key in schemas]
    return core_schema.call_schema(core_schema.arguments_schema(keys), function=_event_of_line)


def _event_of_line(
    *,
    id: str,  # noqa: A002
    household: str,
    kind: str,
    valid_from: date,
    recorded_at: datetime,
    actor: str,
    payload: Payload,
    person: str | None,
    corrects: str | None,
) -> Event:
    """Return the event of the values of a line; its payload is of the kind."""
    return Event(id, household, person, valid_from, recorded_at, actor, payload, corrects)


def _event(text: str, where: str) -> Event | Sequence[Issue]:
    """Return the event of a line, or what is wrong with the line."""
    try:
        event: Event = _reader().validate_json(text, strict=True)
    except ValidationError:
        return _told(text, where)
    return event


def _told(text: str, where: str) -> Event | Sequence[Issue]:
    """Read a line step by step, so that what is wrong with it can be told."""
    try:
        line = _line().validate_json(text, strict=True)
    except ValidationError as error:
        return [_issue(problem, where, _Line) for problem in error.errors(include_url=False)]
    kind = BY_NAME.get(line.kind)
    if kind is None:
        problem = f"'{line.kind}' is not a kind of event."
        return [Issue("unknown-kind", where, problem, did_you_mean(line.kind, BY_NAME))]
    try:
        content = to_json(line.payload, inf_nan_mode="constants")
        payload = _adapter(kind).validate_json(content, strict=True)
    except ValidationError as error:
        return [_issue(problem, where, kind) for problem in error.errors(include_url=False)]
    return Event(
        id=line.id,
        household=line.household,
        person=line.person,
        valid_from=line.valid_from,
        recorded_at=line.recorded_at,
        actor=line.actor,
        payload=payload,
        corrects=line.corrects,
    )


def _adapter(kind: type[Payload]) -> TypeAdapter[Any]:
    """Return the reader of a kind's payload, made once."""
    if kind not in _payload:
        _payload[kind] = TypeAdapter(kind)
    return _payload[kind]


def _issue(error: ErrorDetails, where: str, owner: type[Any]) -> Issue:
    """Say one error of the types in the user's words."""
    key = str(error["loc"][0]) if error["loc"] else "line"
    keys = [field.name for field in fields(owner)]
    match error["type"]:
        case "json_invalid":
            fix = "Write one JSON object on the line; a last line that breaks off means a truncated file."
            return Issue("not-json", where, "The line is not correct JSON.", fix)
        case "missing" | "missing_argument" | "missing_keyword_only_argument":
            return Issue("missing-key", where, f"The key '{key}' is missing.", f"Add '{key}'.")
        case "unexpected_keyword_argument" | "extra_forbidden":
            return Issue("unknown-key", where, f"'{key}' is not a key here.", did_you_mean(key, keys))
        case _:
            problem = f"The value of '{key}' does not fit: {error['msg'][0].lower()}{error['msg'][1:]}."
            return Issue("wrong-value", where, problem, "Change it, or look it up under the kind of event.")
