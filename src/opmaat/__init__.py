"""Opmaat: from the idea for a social-assistance experiment to a published, reproducible answer.

Examples
--------
>>> from pathlib import Path
>>> import opmaat
>>> study = Path("studies/nsw-1975")
>>> protocol = opmaat.read_frozen(study).protocol
>>> first = opmaat.estimate(protocol, opmaat.read_panel(protocol, study)).estimates[0]
>>> f"{first.point:.0f} dollars a year, {first.interval.low:.0f} to {first.interval.high:.0f}"
'1794 dollars a year, 476 to 3113'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from opmaat.core.version import __version__ as __version__

if TYPE_CHECKING:
    from opmaat.core.errors import CheckFailedError as CheckFailedError
    from opmaat.core.errors import DataFileError as DataFileError
    from opmaat.core.errors import Issue as Issue
    from opmaat.core.errors import OpmaatError as OpmaatError
    from opmaat.core.errors import ProtocolError as ProtocolError
    from opmaat.core.errors import ReceiptMismatchError as ReceiptMismatchError
    from opmaat.core.month import Month as Month
    from opmaat.core.receipt import Receipt as Receipt
    from opmaat.evaluate.estimate import estimate as estimate
    from opmaat.evaluate.estimate import estimate_cells as estimate_cells
    from opmaat.evaluate.model import Estimate as Estimate
    from opmaat.evaluate.model import Estimates as Estimates
    from opmaat.panel.cells import read_cells as read_cells
    from opmaat.panel.model import Panel as Panel
    from opmaat.panel.read import read_panel as read_panel
    from opmaat.protocol.freeze import Lock as Lock
    from opmaat.protocol.freeze import amend as amend
    from opmaat.protocol.freeze import freeze as freeze
    from opmaat.protocol.freeze import read_frozen as read_frozen
    from opmaat.protocol.freeze import write_lock as write_lock
    from opmaat.protocol.load import load_protocol as load_protocol
    from opmaat.protocol.model import Protocol as Protocol
    from opmaat.report.estimates_files import read_estimates as read_estimates
    from opmaat.report.estimates_files import write_estimates as write_estimates
    from opmaat.report.verify import walk_back as walk_back
    from opmaat.report.write import write_report as write_report


_HOMES = {
    "CheckFailedError": "core.errors",
    "DataFileError": "core.errors",
    "Estimate": "evaluate.model",
    "Estimates": "evaluate.model",
    "Issue": "core.errors",
    "Lock": "protocol.freeze",
    "Month": "core.month",
    "OpmaatError": "core.errors",
    "Panel": "panel.model",
    "Protocol": "protocol.model",
    "ProtocolError": "core.errors",
    "Receipt": "core.receipt",
    "ReceiptMismatchError": "core.errors",
    "amend": "protocol.freeze",
    "estimate": "evaluate.estimate",
    "estimate_cells": "evaluate.estimate",
    "freeze": "protocol.freeze",
    "load_protocol": "protocol.load",
    "read_cells": "panel.cells",
    "read_estimates": "report.estimates_files",
    "read_frozen": "protocol.freeze",
    "read_panel": "panel.read",
    "walk_back": "report.verify",
    "write_estimates": "report.estimates_files",
    "write_lock": "protocol.freeze",
    "write_report": "report.write",
}
__all__ = [*_HOMES]  # noqa: PLE0604


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that ``import opmaat`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'opmaat' has no attribute '{name}'")
    return getattr(import_module(f"opmaat.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
