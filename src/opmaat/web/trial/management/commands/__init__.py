"""Commands of taking part."""
