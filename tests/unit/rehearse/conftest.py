"""Small made-up trials: one that is drawn before the invitation, one after consent in two rounds."""

from pathlib import Path

import pytest

from opmaat.protocol.load import load_protocol
from opmaat.rehearse.many.replicate import study_of

HERE = Path(__file__).parent


@pytest.fixture(scope="session", params=["before", "after"])
def home(request):
    return HERE / request.param


@pytest.fixture(scope="session")
def before():
    return study_of(load_protocol(HERE / "before"), folder=HERE / "before")


@pytest.fixture(scope="session")
def after():
    return study_of(load_protocol(HERE / "after"), folder=HERE / "after")
