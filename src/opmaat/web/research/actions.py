"""Asking for exports, making them, and keeping what was made. Who may hold arms is asked at every step."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from opmaat.core.errors import Issue, NotPermittedError, OpmaatError
from opmaat.web import clock
from opmaat.web.accounts.models import Account
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.gateway.estimates import carry_out
from opmaat.web.gateway.research import Package, changed_in, frozen_protocol, write_data_package
from opmaat.web.jobs.actions import enqueue
from opmaat.web.jobs.models import Job
from opmaat.web.journal.actions import note_access
from opmaat.web.journal.queries import head_of
from opmaat.web.research.assembled import assembled
from opmaat.web.research.models import Estimation, Export
from opmaat.web.research.policies import may_see_arms
from opmaat.web.research.queries import (
    account_of,
    estimation_of,
    export_of,
    files_of_estimation,
    files_of_export,
    what_it_holds,
)
from opmaat.web.research.tables import Asked, in_both, tables_of
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import study_folder

EXPORT, ESTIMATE = "research.export", "research.estimate"
ESTIMATES = "estimates"
Progress = Callable[[int, int], None]


def ask_export(*, account: Account, study: Study, with_arms: bool, request_key: str, back: str) -> Job:
    """Ask for an export; raises NotPermittedError when it is to hold arms that may not be seen now."""
    require_arms(account, study, with_arms=with_arms, on=clock.today())
    return enqueue(
        municipality=study.municipality,
        name=EXPORT,
        key=request_key,
        given={"study": study.pk, "with_arms": with_arms, "name": request_key},
        actor=account.actor,
        back=back,
    )


def make_export(*, study: Study, name: str, with_arms: bool, actor: str, progress: Progress) -> Export:
    """Write an export and keep it, once; done again, it is the export of then.

    Raises NotPermittedError when who asked may not have the arms (any more), and UsageError when there is no
    room for it.
    """
    made = export_of(study, name)
    if made is not None:
        return made
    on = clock.today()
    require_arms(account_of(study.municipality, actor), study, with_arms=with_arms, on=on)
    folder = files_of_export(study, name)
    if folder.is_dir() and not _is_whole(folder):
        shutil.rmtree(folder)
    if not folder.is_dir():
        write_data_package(_package(study, on=on, with_arms=with_arms), folder, progress=progress)
    return _keep(study=study, name=name, with_arms=with_arms, actor=actor, folder=folder)


def require_arms(account: Account | None, study: Study, *, with_arms: bool, on: date) -> None:
    """Refuse arms to who may not see them now."""
    if with_arms and not may_see_arms(account, frozen_protocol(study_folder(study)), on):
        problem = "The arms may not be in this export: it is before the planned look, or not for this person."
        fix = "Export without arms, or wait until the day that the page names."
        raise NotPermittedError([Issue("arms-concealed", study.name, problem, fix)])


def ask_estimate(*, account: Account, study: Study, request_key: str, back: str) -> Job:
    """Ask for the plan to be carried out."""
    return enqueue(
        municipality=study.municipality,
        name=ESTIMATE,
        key=request_key,
        given={"study": study.pk, "name": request_key},
        actor=account.actor,
        back=back,
    )


def make_estimate(*, study: Study, name: str, actor: str, progress: Progress) -> Estimation:
    """Carry the plan out and keep what came of it, once; arms only for who may see them when it is done."""
    made = estimation_of(study, name)
    if made is not None:
        return made
    on, protocol = clock.today(), frozen_protocol(study_folder(study))
    with_arms = may_see_arms(account_of(study.municipality, actor), protocol, on)
    into = files_of_estimation(study, name)
    with assembled(study, on=on) as folder:
        done = carry_out(folder, into, on=on, with_arms=with_arms, progress=progress)
    estimation = Estimation(
        municipality=study.municipality,
        study=study,
        name=name,
        with_arms=with_arms,
        course=done.course,
        reports=list(done.reports),
        receipt=done.receipt,
        made_by=actor,
        made_at=clock.now(),
    )
    with transaction.atomic():
        estimation.save()
        note_access(
            municipality=study.municipality, actor=actor, action=Action.WRITE, thing=ESTIMATES, about=name
        )
    return estimation


@transaction.atomic
def note_report(*, estimation: Estimation, actor: str) -> None:
    """Write down that someone took a report or file of estimates out."""
    note_access(
        municipality=estimation.municipality,
        actor=actor,
        action=Action.EXPORT,
        thing=ESTIMATES,
        about=estimation.name,
    )


@transaction.atomic
def note_download(*, export: Export, actor: str) -> None:
    """Write down that someone took an export out."""
    note_access(
        municipality=export.municipality,
        actor=actor,
        action=Action.EXPORT,
        thing=_thing(with_arms=export.with_arms),
        about=export.name,
    )


@transaction.atomic
def _keep(*, study: Study, name: str, with_arms: bool, actor: str, folder: Path) -> Export:
    """Write down that an export was made, and by whom."""
    tables, receipt = what_it_holds(folder)
    export = Export(
        municipality=study.municipality,
        study=study,
        name=name,
        with_arms=with_arms,
        tables=tables,
        receipt=receipt,
        made_by=actor,
        made_at=clock.now(),
    )
    export.save()
    note_access(
        municipality=study.municipality,
        actor=actor,
        action=Action.WRITE,
        thing=_thing(with_arms=with_arms),
        about=name,
    )
    return export


def _thing(*, with_arms: bool) -> Thing:
    """Return what the record says that was in an export."""
    return Thing.ARMS if with_arms else Thing.TRIAL_DATA


def _is_whole(folder: Path) -> bool:
    """Tell whether the files that an earlier try left are those of its receipt."""
    try:
        return not changed_in(folder)
    except OpmaatError:
        return False


def _package(study: Study, *, on: date, with_arms: bool) -> Package:
    """Return what is exported, with what it is made of."""
    asked = Asked(study, on, with_arms)
    head: Any = head_of(study.municipality)
    return Package(
        name=f"{study.name}-{on.isoformat()}",
        title=asked.protocol.title,
        description=in_both("research.package_with_arms" if with_arms else "research.package"),
        resources=tables_of(asked),
        made_of={f"journal of {study.municipality.code}, {head.sequence} events": head.digest},
        protocol=asked.protocol.digest(),
    )
