"""The kinds of standard errors by name; :mod:`opmaat.stats.covariance` says what each is."""

from typing import Literal

Errors = Literal["classical", "hc0", "hc1", "hc2", "hc3", "cr0", "cr1", "cr2"]

CLUSTERED: tuple[Errors, ...] = ("cr0", "cr1", "cr2")
TWO_STAGE_ERRORS: tuple[Errors, ...] = ("classical", "hc0", "hc1", "cr0", "cr1")
