"""The descriptor of a data package: what ``datapackage.json`` says of tables and columns.

The properties of the standard have its names; ours are ``titles``, ``descriptions`` and ``labels`` (in both
languages), ``unit``, ``provenance``, ``missingReasons``, ``controlTotals``, and ``alternatives``: other files
with the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opmaat.core.digest import digest_file
from opmaat.core.texts import Text
from opmaat.core.version import __version__
from opmaat.formats.data_package.model import Field, Package, Resource


def described_table(
    resource: Resource, table: Path, columnar: Path, *, digest: str, totals: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the descriptor says of a table."""
    return {
        "name": resource.name,
        "title": resource.title.en,
        "titles": _both(resource.title),
        "path": table.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "hash": digest,
        "bytes": table.stat().st_size,
        "schema": {
            "fields": [_column(one) for one in resource.fields],
            "missingValues": list(resource.missing),
            "missingReasons": {code: _both(text) for code, text in resource.missing.items()},
            "primaryKey": list(resource.key),
        },
        "controlTotals": totals,
        "alternatives": [
            {
                "path": columnar.name,
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "hash": digest_file(columnar),
                "bytes": columnar.stat().st_size,
            }
        ],
    }


def _column(column: Field) -> dict[str, Any]:
    """Return what the descriptor says of a column."""
    told: dict[str, Any] = {
        "name": column.name,
        "type": column.kind,
        "title": column.title.en,
        "titles": _both(column.title),
    }
    if column.kind == "boolean":
        told |= {"trueValues": ["true", "t"], "falseValues": ["false", "f"]}
    if column.unit is not None:
        told["unit"] = column.unit
    if column.labels:
        told["categories"] = [
            {"value": _code(column, code), "label": text.en, "labels": _both(text)}
            for code, text in column.labels.items()
        ]
    if column.provenance:
        told["provenance"] = column.provenance
    return told


def _code(column: Field, code: str) -> str | int:
    """Return a code as a value of its column."""
    return int(code) if column.kind == "integer" else code


def described_package(package: Package) -> dict[str, Any]:
    """Return what the descriptor says of the whole."""
    return {
        "name": package.name,
        "title": package.title.en,
        "titles": _both(package.title),
        "description": package.description.en,
        "descriptions": _both(package.description),
        "profile": "tabular-data-package",
        "sources": [{"title": name, "digest": digest} for name, digest in sorted(package.made_of.items())],
        "protocol": package.protocol,
        "writtenWith": f"Opmaat {__version__}",
    }


def _both(text: Text) -> dict[str, str]:
    """Return a text in both languages."""
    return {"nl": text.nl, "en": text.en}
