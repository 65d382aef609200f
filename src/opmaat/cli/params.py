"""opmaat params: legal amounts through time, with their articles and sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from opmaat.cli.months import month_from_option
from opmaat.cli.output import Result, verb

if TYPE_CHECKING:
    from opmaat.core.month import Month
    from opmaat.params.model import Gap, Parameter, Reference, Value


@verb("params", writes=False)
@click.argument("name", required=False)
@click.option("--at", help="The month, such as 2018-03; default: all values through time.")
def command(name: str | None, at: str | None) -> Result:
    """Print the legal amount NAME with its article and source; without NAME the list of all.

    A month in which no source gives the amount is an error, with exit code 10: nothing is guessed.
    """
    from opmaat.params.load import names, parameter

    month = None if at is None else month_from_option(at, "--at")
    if name is None:
        return _list([parameter(known) for known in names()], month)
    found = parameter(name)
    return _history(found) if month is None else _dated(found, month)


def _list(parameters: list[Parameter], month: Month | None) -> Result:
    """Return every name with its label, and with its amount when a month is given."""
    entries = [{"name": one.name, "label": one.label, **_amount_at(one, month)} for one in parameters]
    width = max(len(one.name) for one in parameters)
    lines = [f"{one.name:{width}}  {one.label['en']}{_told_at(one, month)}" for one in parameters]
    return Result(tuple(lines), {"parameters": entries})


def _amount_at(parameter: Parameter, month: Month | None) -> dict[str, Any]:
    """Return the fields of the amount in a month; ``value`` is null where it is not known."""
    if month is None:
        return {}
    value = _known_at(parameter, month)
    return {"value": None if value is None else _value_fields(value)}


def _told_at(parameter: Parameter, month: Month | None) -> str:
    """Return the amount in a month as the end of a line."""
    if month is None:
        return ""
    value = _known_at(parameter, month)
    return ": not known" if value is None else f": {_amount(parameter, value)}"


def _known_at(parameter: Parameter, month: Month) -> Value | None:
    """Return the value in a month, None where there is none."""
    from opmaat.params.model import MissingValueError

    try:
        return parameter.at(month)
    except MissingValueError:
        return None


def _dated(parameter: Parameter, month: Month) -> Result:
    """Return one amount with all that is known of it."""
    value = parameter.at(month)
    lines = [
        *_head(parameter),
        f"{_amount(parameter, value)}, in {month} (since {value.since})",
        *(f"  {line}" for line in _origin(value)),
    ]
    return Result(tuple(lines), {**_parameter_fields(parameter), "at": str(month), **_value_fields(value)})


def _history(parameter: Parameter) -> Result:
    """Return every dated value, and every gap with its reason."""
    from opmaat.params.model import Gap

    lines = [*_head(parameter), f"known until {parameter.known_until}"]
    for entry in parameter.values:
        if isinstance(entry, Gap):
            lines.append(f"{entry.since}  not known: {entry.reason}")
        else:
            lines += [f"{entry.since}  {_amount(parameter, entry)}", *(f"    {x}" for x in _origin(entry))]
    entries = [_gap_fields(one) if isinstance(one, Gap) else _value_fields(one) for one in parameter.values]
    fields = {**_parameter_fields(parameter), "known_until": str(parameter.known_until), "values": entries}
    return Result(tuple(lines), fields)


def _head(parameter: Parameter) -> tuple[str, ...]:
    """Return what the amount is, in both languages, and its article."""
    return parameter.name, parameter.label["en"], parameter.label["nl"], parameter.article


def _amount(parameter: Parameter, value: Value) -> str:
    """Return an amount with its unit, and in words that it is uncertain."""
    from opmaat.params.model import amount_in_words

    doubt = f" ({value.doubt('en')})" if value.uncertain else ""
    return amount_in_words(parameter, value) + doubt


def _origin(value: Value) -> Iterator[str]:
    """Yield where a value was read, how sure we are, and what a reader should know."""
    yield f"source: {_reference(value.reference)}"
    for other in value.further:
        yield f"also in: {_reference(other)}"
    doubt = f" ({value.doubt('en')})" if value.doubt("en") else ""
    yield f"confidence: {value.confidence}{doubt}"
    if value.note:
        yield f"note: {value.note}"


def _reference(reference: Reference) -> str:
    """Return a source with its address."""
    return reference.title if reference.href is None else f"{reference.title}, {reference.href}"


def _parameter_fields(parameter: Parameter) -> dict[str, Any]:
    """Return the fields of a parameter for programs."""
    return {
        "name": parameter.name,
        "act": parameter.act,
        "label": parameter.label,
        "unit": parameter.unit,
        "per": parameter.per,
        "article": parameter.article,
    }


def _value_fields(value: Value) -> dict[str, Any]:
    """Return the fields of a value; ``amount`` is whole cents, basis points, months or a count."""
    from dataclasses import asdict

    return {
        "since": str(value.since),
        "amount": value.amount,
        "shown": value.shown,
        "reference": asdict(value.reference),
        "further": [asdict(other) for other in value.further],
        "confidence": value.confidence,
        "uncertain": value.uncertain,
        "note": value.note,
    }


def _gap_fields(gap: Gap) -> dict[str, Any]:
    """Return the fields of a stretch without a value."""
    return {"since": str(gap.since), "amount": None, "reason": gap.reason}
