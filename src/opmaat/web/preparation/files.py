"""Files that are uploaded: a protocol with what stands beside it, and registers until they are read."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from secrets import token_hex
from time import time
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from opmaat.core.errors import Issue, OpmaatError, UsageError
from opmaat.core.files import write_together
from opmaat.core.secrets import private_folder
from opmaat.core.texts import Language
from opmaat.web import clock
from opmaat.web.gateway.ceremonies import place_of
from opmaat.web.gateway.preparation import (
    CheckedProtocol,
    Found,
    check_study,
    own_layout_name,
    require_unchanged,
)
from opmaat.web.jobs.actions import enqueue
from opmaat.web.journal.models import Municipality
from opmaat.web.people.scratch import private_scratch
from opmaat.web.people.sealing import seal_bytes, unseal_bytes
from opmaat.web.preparation.actions import note_step
from opmaat.web.preparation.models import Kind
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import study_folder

_PROTOCOL, _QUESTIONNAIRE, _LAYOUT, _LOCK = (
    "protocol.yaml",
    "questionnaire.yaml",
    "register.yaml",
    "protocol.lock",
)
_UPLOADS = "uploads"
_SECONDS_KEPT = 24 * 3600
_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of loading a protocol: the study, or None when something has to be mended first."""

    study: Study | None
    checked: CheckedProtocol
    text: str


def load_files(
    *,
    municipality: Municipality,
    files: Mapping[str, bytes],
    language: Language,
    actor: str,
    study: Study | None,
) -> Loaded:
    """Check the files of a study, and keep them when there is no fault in them.

    Parameters
    ----------
    files
        The content of ``protocol``, and where they are given of ``questionnaire`` and ``layout``.
    study
        The study whose protocol is loaded again; None for a new one.

    Raises
    ------
    UsageError
        When the files cannot be written; then nothing was kept.
    """
    text = files["protocol"].decode("utf-8", errors="replace")
    with _draft(files, study) as draft:
        checked = _checked(draft, study, language)
        if any(one.weight == "fault" for one in checked.found) or checked.protocol is None:
            return Loaded(None, checked, text)
        named = checked.protocol.id
        keep = {file.name: file.read_bytes() for file in draft.iterdir() if file.name != _LOCK}
    return Loaded(_kept(municipality, named, keep, actor), checked, text)


@contextmanager
def _draft(files: Mapping[str, bytes], study: Study | None) -> Iterator[Path]:
    """Lay files out as a study's folder that nobody else sees, with what the study has already."""
    draft = Path(settings.STUDIES) / f".draft-{token_hex(8)}"
    try:
        draft.mkdir(parents=True, mode=0o700)
        if study is not None:
            for file in study_folder(study).glob("*.yaml"):
                shutil.copy(file, draft)
            with suppress(FileNotFoundError):
                shutil.copy(study_folder(study) / _LOCK, draft)
        (draft / _PROTOCOL).write_bytes(files["protocol"])
        if "questionnaire" in files:
            (draft / _QUESTIONNAIRE).write_bytes(files["questionnaire"])
        if "layout" in files:
            (draft / _layout_name(draft)).write_bytes(files["layout"])
        yield draft
    except OSError as error:
        raise cannot_keep(_PROTOCOL, error) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _layout_name(draft: Path) -> str:
    """Return the name that the protocol gives to the layout of its register."""
    protocol = check_study(draft, "en").protocol
    named = None if protocol is None else own_layout_name(protocol)
    return named if named is not None and Path(named).name == named else _LAYOUT


def _checked(draft: Path, study: Study | None, language: Language) -> CheckedProtocol:
    """Return what is found in a draft, also beside the study that it is to be."""
    checked = check_study(draft, language)
    if checked.protocol is None:
        return checked
    faults = []
    if study is not None and checked.protocol.id != study.name:
        problem = f"This is the protocol of '{checked.protocol.id}', and not of '{study.name}'."
        faults.append(_fault("other-study", problem, "Load it as a new study."))
    if slugify(checked.protocol.id) != checked.protocol.id:
        problem = "The id of a study is its address here: small letters, digits and dashes."
        faults.append(_fault("wrong-id", problem, "Write it as 'groningen-2017'."))
    if (draft / _LOCK).exists():
        try:
            require_unchanged(draft)
        except OpmaatError as error:
            faults += [_fault(issue.code, issue.problem, issue.fix) for issue in error.issues]
    return replace(checked, found=(*faults, *checked.found))


def _fault(code: str, problem: str, fix: str) -> Found:
    """Return a fault of the whole protocol."""
    return Found(weight="fault", file=_PROTOCOL, line=None, code=code, problem=problem, fix=fix)


@transaction.atomic
def _kept(municipality: Municipality, name: str, files: Mapping[str, bytes], actor: str) -> Study:
    """Keep the files of a study, and have its plan computed."""
    Municipality.objects.wait_for_turn(municipality)
    study = Study.objects.of(municipality).filter(name=name).first()
    if study is None:
        study = Study(municipality=municipality, name=name, folder=f"{municipality.code}/{name}")
        study.save()
    digest = hashlib.sha256(b"\0".join(files[name] for name in sorted(files))).hexdigest()
    folder = study_folder(study)
    write_together({folder / name: content for name, content in files.items()})
    key = f"loaded {study.pk} {digest} {clock.now():%Y%m%d%H%M%S}"
    note_step(study=study, kind=Kind.LOADED, key=key, actor=actor, details={"digest": digest})
    enqueue(
        municipality=municipality,
        name="preparation.plan",
        key=f"{study.pk} {digest}",
        given={"study": study.pk},
        actor=actor,
        back="",
    )
    return study


def keep_upload(*, study: Study, chunks: Iterable[bytes], ending: str) -> str:
    """Keep a register sealed until it was read, and return its name, which is its digest.

    Raises UsageError when there is no room for it; then nothing of it is kept.
    """
    folder = private_folder(private_folder(place_of(study_folder(study), "").private) / _UPLOADS)
    remove_old_uploads(folder)
    draft, digest = folder / f".{token_hex(8)}", hashlib.sha256()
    try:
        with _private_file(draft) as stream:
            for place, chunk in enumerate(chunks):
                digest.update(chunk)
                sealed = seal_bytes(chunk, bound=f"register, piece {place}")
                stream.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
            stream.flush()
            os.fsync(stream.fileno())
        name = f"{digest.hexdigest()[:32]}{ending}"
        draft.replace(folder / name)
    except OSError as error:
        raise cannot_keep("register", error) from None
    finally:
        draft.unlink(missing_ok=True)
    return name


def upload_file(study: Study, name: str) -> Path:
    """Return where an upload stands."""
    return place_of(study_folder(study), "").private / _UPLOADS / Path(name).name


@contextmanager
def unsealed(upload: Path) -> Iterator[Path]:
    """Give a register to read, in a file that nobody else can open and that is gone afterwards."""
    try:
        with private_scratch(upload.parent) as folder:
            plain = folder / f"register{''.join(upload.suffixes)}"
            with upload.open("rb") as sealed, _private_file(plain) as stream:
                for place in count():
                    length = int.from_bytes(sealed.read(_LENGTH_BYTES), "big")
                    if not length:
                        break
                    stream.write(unseal_bytes(sealed.read(length), bound=f"register, piece {place}"))
            yield plain
    except OSError as error:
        raise cannot_keep("register", error) from None


def _private_file(file: Path) -> BinaryIO:
    """Open a new file that only its owner can read."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def remove_old_uploads(folder: Path) -> None:
    """Remove what was uploaded more than a day ago: it was read, or nobody waits for it."""
    for file in folder.iterdir():
        with suppress(OSError):
            if file.name != ".gitignore" and time() - file.stat().st_mtime > _SECONDS_KEPT:
                file.unlink()


def cannot_keep(what: str, error: OSError) -> UsageError:
    """Say that a file cannot be kept, and why."""
    problem = f"The file cannot be kept ({(error.strerror or 'unknown reason').lower()})."
    return UsageError([Issue("cannot-keep", what, problem, "Make room on the disk; nothing was changed.")])
