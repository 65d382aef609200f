"""A study as it is known now, as a folder that the engine reads, and that is gone afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from opmaat.web.fieldwork.queries.deliveries import files_that_stand
from opmaat.web.gateway.estimates import Sheet as Given
from opmaat.web.gateway.estimates import add_answers
from opmaat.web.gateway.progress import put_together
from opmaat.web.journal.models import Entry
from opmaat.web.people.scratch import private_scratch
from opmaat.web.surveys.models import Sheet
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import study_folder

_ROWS_AT_ONCE = 2000


@contextmanager
def with_registers(study: Study, *, on: date, events: Iterable[Mapping[str, Any]] = ()) -> Iterator[Path]:
    """Yield a folder with the files of a study, the deliveries that stand on a day, and some events."""
    with private_scratch() as scratch, private_scratch() as files:
        standing = files_that_stand(study, files, on=on)
        put_together(study_folder(study), scratch, standing, events, on=on)
        yield scratch


@contextmanager
def assembled(study: Study, *, on: date) -> Iterator[Path]:
    """Yield a folder with what a study knows on a day: its files, deliveries, answers and events."""
    entries = Entry.objects.of(study.municipality).filter(study=study.name).order_by("sequence")
    events = (entry.event() for entry in entries.iterator(chunk_size=_ROWS_AT_ONCE))
    with with_registers(study, on=on, events=events) as folder:
        add_answers(folder, study_folder(study), _sheets(study), on=on)
        yield folder


def _sheets(study: Study) -> Iterator[Given]:
    """Yield the answers that were sent in on the website."""
    sheets = Sheet.objects.of(study.municipality).filter(study=study.name, finished_on__isnull=False)
    columns = sheets.order_by("wave", "person").values_list("person", "wave", "finished_on", "answers")
    for person, wave, given_on, answers in columns.iterator(chunk_size=_ROWS_AT_ONCE):
        yield Given(person=person, wave=wave, given_on=given_on, answers=answers)
