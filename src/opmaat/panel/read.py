"""Read a study's prepared file into a panel."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from opmaat.core.digest import digest_file
from opmaat.core.errors import DataFileError, Issue, ProtocolError
from opmaat.formats.layout import Layout
from opmaat.formats.read import read_table
from opmaat.panel.build import build, needed_columns
from opmaat.panel.model import Panel
from opmaat.protocol.data import DataFile
from opmaat.protocol.load import protocol_file
from opmaat.protocol.model import Protocol


def read_panel(protocol: Protocol, study: Path, data: Path | None = None) -> Panel:
    """Read the prepared file that a protocol names.

    Parameters
    ----------
    protocol
        The frozen protocol.
    study
        The study's folder, or its protocol file; paths in the protocol are relative to it.
    data
        Another file to read instead, or a folder that holds a file of the same name.

    Raises
    ------
    ProtocolError
        When the protocol names no file.
    DataFileError
        When the file cannot be read, or with everything in it that does not fit.

    Examples
    --------
    >>> from opmaat.protocol.load import load_protocol
    >>> study = Path("studies/nsw-1975")
    >>> read_panel(load_protocol(study), study).participants
    445
    """
    if protocol.data is None:
        problem = "The protocol names no file with data."
        raise ProtocolError([Issue("no-data", protocol.id, problem, "Add 'data' to the protocol.")])
    spec = protocol.data.file
    file = data_path(spec, study, data)
    layout = Layout(spec.encoding, spec.separator, spec.missing, spec.decimal)
    table = read_table(file, needed_columns(protocol, protocol.data), layout)
    return build(protocol, protocol.data, table, sources={source_name(spec): digest_file(file)})


def source_name(spec: DataFile) -> str:
    """Return the logical name of a file: never a place on a machine."""
    name = Path(spec.path).name
    return f"data: {name}" if spec.package is None else f"data: {name} of {spec.package}"


def data_path(spec: DataFile, study: Path, data: Path | None = None) -> Path:
    """Return where the file is on this machine; raises DataFileError when its package is not installed."""
    if data is not None:
        return data / Path(spec.path).name if data.is_dir() else data
    if spec.package is None:
        return protocol_file(study).parent / spec.path
    try:
        package = find_spec(spec.package)
    except (ImportError, AttributeError, ValueError, TypeError):  # a name that cannot be a package's
        package = None
    if package is None or not package.submodule_search_locations:
        problem = f"The package '{spec.package}', which carries the data, is not installed."
        fix = "Install it (pip install 'opmaat[examples]'), or give the file with --data."
        raise DataFileError([Issue("no-package", spec.package, problem, fix)])
    return Path(package.submodule_search_locations[0]) / spec.path
