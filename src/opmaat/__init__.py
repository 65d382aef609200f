"""Opmaat: from the idea for a social-assistance experiment to a published, reproducible answer."""

__version__ = "0.1.0"
