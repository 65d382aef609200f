"""The version of Opmaat, which every receipt names."""

__version__ = "0.1.0"
