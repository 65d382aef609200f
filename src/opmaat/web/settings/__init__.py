"""Settings: base for all, serve for an installation, test for tests."""
