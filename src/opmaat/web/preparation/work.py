"""Long work of the preparation: the plan, reading a register in, the draw, the start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from opmaat.core.collector import collector_at_rest
from opmaat.core.errors import DataFileError, Issue, UsageError
from opmaat.web import clock
from opmaat.web.gateway.ceremonies import draw_round, drawn_households
from opmaat.web.gateway.events import Payload, kinds
from opmaat.web.gateway.preparation import plan_shown
from opmaat.web.gateway.registers import ReadList, RegisterAsked, read_list
from opmaat.web.jobs.registry import Plain, job
from opmaat.web.jobs.running import Work, is_taken_up_again
from opmaat.web.preparation.actions import enter_households, leave_out, note_step, record_for
from opmaat.web.preparation.files import unsealed, upload_file
from opmaat.web.preparation.models import Kind, Step
from opmaat.web.preparation.queries import households_to_start, start_state
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import is_paused, study_folder

_HOUSEHOLDS_IN_A_BLOCK = 2_000
_EVENTS_IN_A_BLOCK = 250


@job("preparation.plan")
def plan(work: Work) -> Plain:
    """Compute what the experiment can show."""
    return plan_shown(study_folder(_study(work)))


@job("preparation.import_register")
def import_register(work: Work) -> Plain:
    """Read a register in; the upload goes away when that has succeeded or cannot succeed."""
    study, key = _study(work), f"imported {work.job.pk} {work.given['upload']}"
    before = Step.objects.of(work.municipality).filter(request_key=key).first()
    if before is not None:
        return _told(before.details)
    upload = upload_file(study, work.given["upload"])
    try:
        with collector_at_rest():
            found = _import(work, study, upload, key)
    except Exception as error:
        if not is_taken_up_again(error):
            upload.unlink(missing_ok=True)
        raise
    upload.unlink(missing_ok=True)
    return found


def _import(work: Work, study: Study, upload: Path, key: str) -> Plain:
    """Keep the list of a register, and enter its households block by block."""
    name = work.given["round"]
    found = _list_of(work, study, upload)
    listed = [one.pseudonym for one in found.households]
    leave_out(study=study, round_name=name, listed=listed)
    done, total = 0, len(listed)
    work.progress(done, total)
    for start in range(0, total, _HOUSEHOLDS_IN_A_BLOCK):
        block = found.households[start : start + _HOUSEHOLDS_IN_A_BLOCK]
        enter_households(study=study, round_name=name, households=block)
        done += len(block)
        work.progress(done, total)
    details = found.counts | {"digest": found.digest, "city": work.given["city"]}
    note_step(
        study=study,
        round_name=name,
        kind=Kind.IMPORTED,
        key=key,
        actor=work.actor,
        details=details,
    )
    return _told(details)


def _list_of(work: Work, study: Study, upload: Path) -> ReadList:
    """Read the upload that the work was given, and keep its list."""
    given = work.given
    if not upload.exists():
        problem, fix = "The file that was uploaded is not there any more.", "Upload it again."
        raise UsageError([Issue("upload-gone", "register", problem, fix)])
    with unsealed(upload) as plain:
        return _read(
            RegisterAsked(
                folder=study_folder(study),
                round_name=given["round"],
                file=plain,
                day=date.fromisoformat(given["day"]),
                city=given["city"],
                set_aside=given["set_aside"],
            )
        )


def _read(asked: RegisterAsked) -> ReadList:
    """Read a register; an issue names files as the project lead knows them, and no folder of this machine."""
    name = "register" + "".join(asked.file.suffixes)
    try:
        return read_list(asked)
    except (DataFileError, UsageError) as error:
        issues = [
            replace(issue, where=issue.where.replace(asked.file.name, name).replace(f"{asked.folder}/", ""))
            for issue in error.issues
        ]
        raise type(error)(issues) from None


def _told(details: Plain) -> Plain:
    """Return what the page of the job tells of a register."""
    return {name: details[name] for name in ("rows", "eligible", "set_aside")}


@job("preparation.draw")
def draw(work: Work) -> Plain:
    """Draw lots once, and write down of every household that it was drawn."""
    study, name = _study(work), work.given["round"]
    folder = study_folder(study)
    drawn = draw_round(folder, name, public_value=work.given["public_value"], today=clock.today())
    day = date.fromisoformat(drawn.entries[-1].drawn_on)
    households = drawn_households(folder, name)
    refused = _record(work, study, households, kinds.Drawn(), day)
    note_step(
        study=study,
        round_name=name,
        kind=Kind.DRAWN,
        key=f"drawn {study.pk} {name}",
        actor=work.actor,
        details={"households": len(households), "record": drawn.record, "drawn_on": day.isoformat()},
    )
    return {"households": len(households), "refused": refused}


@job("preparation.start")
def start(work: Work) -> Plain:
    """Write down of every household that was told its approach that it started."""
    study, day = _study(work), date.fromisoformat(work.given["first_day"])
    households = households_to_start(study)
    refused = _record(work, study, households, kinds.Started(), day)
    taking_part = start_state(study).taking_part
    details = {"first_day": day.isoformat(), "households": taking_part, "refused": refused}
    key = f"started {work.job.pk} {work.job.asked_at:%Y%m%d%H%M%S}"
    note_step(study=study, kind=Kind.STARTED, key=key, actor=work.actor, details=details)
    return {"households": taking_part, "refused": refused}


def _record(work: Work, study: Study, households: Sequence[str], payload: Payload, day: date) -> int:
    """Write one event for each household, a block in a transaction; return how many it cannot follow for."""
    refused, done, total = 0, 0, len(households)
    work.progress(done, total)
    for block in _blocks(households):
        if payload.kind == kinds.Started.kind:
            _require_not_paused(study)
        refused += record_for(study=study, households=block, payload=payload, day=day, actor=work.actor)
        done += len(block)
        work.progress(done, total)
    return refused


def _blocks(households: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield households in blocks."""
    for start in range(0, len(households), _EVENTS_IN_A_BLOCK):
        yield households[start : start + _EVENTS_IN_A_BLOCK]


def _require_not_paused(study: Study) -> None:
    """Refuse to go on while the study is paused; who started until then has started."""
    if is_paused(study):
        problem, fix = (
            "The study was paused meanwhile.",
            "Ask again when it was resumed; nobody starts twice.",
        )
        raise UsageError([Issue("paused", "start", problem, fix)])


def _study(work: Work) -> Study:
    """Return the study that the work is for."""
    return Study.objects.of(work.municipality).select_related("municipality").get(pk=work.given["study"])
