"""Made-up deliveries, and a reader of them; importlib mode has no folder to import the writer from."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from opmaat.panel.deliveries import WAGES, standing
from opmaat.panel.read_registers import read_registers

SOURCE = Path(__file__).with_name("deliveries_on_paper.py")
TEXT = {"nl": "tekst", "en": "text"}


@pytest.fixture(scope="session")
def paper():
    spec = importlib.util.spec_from_file_location("deliveries_on_paper", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def read(build_protocol, tmp_path, paper):
    """Return a function that reads deliveries in the test's folder, of the people who are named."""
    protocol = build_protocol(
        population={
            "unit": "household",
            "description": TEXT,
            "reference_date": "2017-12-01",
            "register": {"layout": "bus", "only": {"statistics_code": ["01"]}},
        }
    )

    def read(deliveries, *people, known_at=None, wages=WAGES):
        return read_registers(
            protocol,
            tmp_path,
            standing(deliveries, known_at=known_at),
            wages=wages,
            persons=paper.names_of(*people),
            household=np.arange(len(people)),
        )

    return read
