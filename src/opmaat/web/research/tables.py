"""The tables of an export, each read while it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from opmaat.core.texts import Text
from opmaat.web.fieldwork.models import SentTo
from opmaat.web.gateway.research import (
    Cell,
    Field,
    Resource,
    csv_pieces,
    item_fields,
    month_rows,
    register_months,
)
from opmaat.web.gateway.studies import Protocol, questionnaire_of
from opmaat.web.journal.models import Municipality
from opmaat.web.research.assembled import with_registers
from opmaat.web.research.models import Contact
from opmaat.web.research.rows import answers_query, copied, in_pieces
from opmaat.web.surveys.models import Sheet
from opmaat.web.theme.words import words
from opmaat.web.trial.models import Standing, Study
from opmaat.web.trial.queries import study_folder, study_protocol

EVENTS, REGISTERS, ANSWERS = "events", "registers", "answers"
_MONTH_COLUMNS = {
    "person": "string",
    "month": "string",
    "on_benefit": "boolean",
    "exit_code": "integer",
    "benefit_cents": "integer",
    "norm_cents": "integer",
    "wage_cents": "integer",
    "hours": "number",
    "permanent": "boolean",
    "self_employed": "boolean",
}
_UNITS = {"benefit_cents": "eurocent", "norm_cents": "eurocent", "wage_cents": "eurocent", "hours": "hour"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an export is asked of: the study, the day, and whether it holds arms."""

    study: Study
    on: date
    with_arms: bool

    @property
    def municipality(self) -> Municipality:
        """Whose study it is."""
        return self.study.municipality

    @property
    def protocol(self) -> Protocol:
        """The protocol of the study."""
        return study_protocol(self.study)


def tables_of(asked: Asked) -> tuple[Resource, ...]:
    """Return the tables of an export: persons and waves, and answers, months and talks where there are any.

    Talks tell which households have a caseworker who sees them often, and so the arm: they are in an export
    with arms only.
    """
    found = [_persons(asked), _waves(asked), _answers(asked), _months(asked)]
    if asked.with_arms:
        found.append(_contacts(asked))
    return tuple(table for table in found if table is not None)


def _persons(asked: Asked) -> Resource:
    """Return a row for each adult of whom events are known."""
    names = {
        "person": "string",
        "household": "string",
        "adult": "string",
        "participation": "string",
        "benefit": "string",
        "started_on": "date",
    }
    if asked.with_arms:
        names |= {"arm": "string", "option": "string"}
    arms = {name: arm.label for name, arm in asked.protocol.arms.items()} if asked.with_arms else {}

    def cells(row: Any) -> Iterator[Sequence[Cell]]:  # noqa: ANN401
        for person, state in sorted(row.adults.items()):
            known = (person, row.household, state, row.participation, row.benefit, row.started_on)
            yield (*known, row.arm, row.option) if asked.with_arms else known

    rows = _standings(asked).order_by("household")
    labels = {"arm": arms, "option": arms}
    return _table("persons", names, ("person",), in_pieces(rows, cells), labels=labels)


def _waves(asked: Asked) -> Resource:
    """Return a row for each adult and questionnaire that was sent."""
    names = {"person": "string", "wave": "string", "sent_on": "date", "answered_on": "date"}
    sent = SentTo.objects.of(asked.municipality).filter(study=asked.study.name).order_by("person", "wave")
    rows = sent.values_list(*names)
    return _table("waves", names, ("person", "wave"), in_pieces(rows, lambda row: [row]))


def _answers(asked: Asked) -> Resource | None:
    """Return a row for each questionnaire that was sent in, of who agreed to questionnaires."""
    questionnaire = questionnaire_of(study_folder(asked.study))
    if questionnaire is None:
        return None
    items = item_fields(questionnaire)
    names = {"person": "string", "wave": "string", "finished_on": "date"}
    refused = _persons_who_said(asked, "questionnaires", given=False)
    pieces = _answer_pieces(asked, [item.name for item in items], sorted(refused))
    table = _table("answers", names, ("person", "wave"), pieces, provenance=ANSWERS)
    return Resource(
        name=table.name, title=table.title, fields=(*table.fields, *items), key=table.key, rows=table.rows
    )


def _answer_pieces(asked: Asked, items: Sequence[str], refused: Sequence[str]) -> Iterator[bytes]:
    """Return the answers as pieces of CSV: a column for each item, in the order of the questionnaire."""
    if connection.vendor == "postgresql":
        query = answers_query(Sheet._meta.db_table, dict.fromkeys(items, "text"))
        return copied(query, [asked.municipality.pk, asked.study.name, list(refused)])
    left_out = frozenset(refused)
    sheets = Sheet.objects.of(asked.municipality).filter(study=asked.study.name, finished_on__isnull=False)
    rows = sheets.order_by("person", "wave").values_list("person", "wave", "finished_on", "answers")

    def cells(row: Any) -> list[Sequence[Cell]]:  # noqa: ANN401
        *known, answers = row
        return [] if row[0] in left_out else [(*known, *(answers.get(name) for name in items))]

    return in_pieces(rows, cells)


def _months(asked: Asked) -> Resource | None:
    """Return what registers know of each adult who agreed to that, month by month."""
    persons = _persons_who_said(asked, "register_linking", given=True)
    if not persons:
        return None
    with with_registers(asked.study, on=asked.on) as folder:
        months = register_months(folder, asked.protocol, persons, on=asked.on)
    if months is None:
        return None
    rows = csv_pieces(month_rows(months))
    return _table("months", _MONTH_COLUMNS, ("person", "month"), rows, provenance=REGISTERS)


def _contacts(asked: Asked) -> Resource:
    """Return a row for each talk that was held or missed."""
    names = {"household": "string", "month": "date", "held": "boolean", "minutes": "integer"}
    talks = Contact.objects.of(asked.municipality).filter(study=asked.study.name)
    rows = talks.order_by("household", "month", "event_id").values_list("event_id", *names)
    return _table(
        "contacts", {"event_id": "string", **names}, ("event_id",), in_pieces(rows, lambda row: [row])
    )


def _standings(asked: Asked) -> Any:  # noqa: ANN401
    """Return where the households of the study stand."""
    return Standing.objects.of(asked.municipality).filter(study=asked.study.name)


def _persons_who_said(asked: Asked, purpose: str, *, given: bool) -> dict[str, str]:
    """Return the household of each adult whose last word on a purpose is yes, or no."""
    rows = _standings(asked).values_list("household", "consents")
    return {
        person: household
        for household, consents in rows.iterator(chunk_size=2000)
        for person, said in consents.items()
        if said.get(purpose) is given
    }


def _table(
    name: str,
    kinds: Mapping[str, Any],
    key: tuple[str, ...],
    rows: Iterator[bytes],
    *,
    labels: Mapping[str, Mapping[str, Text]] | None = None,
    provenance: str = EVENTS,
) -> Resource:
    """Return a table whose titles stand in the texts of the app."""
    fields = tuple(
        Field(
            name=column,
            kind=kind,
            title=in_both(f"research.columns.{column}"),
            unit=_UNITS.get(column),
            labels=(labels or {}).get(column, {}),
            provenance=provenance,
        )
        for column, kind in kinds.items()
    )
    return Resource(name=name, title=in_both(f"research.tables.{name}"), fields=fields, key=key, rows=rows)


def in_both(key: str) -> Text:
    """Return a text of the app in both languages."""
    return Text(words("nl").say(key), words("en").say(key))
