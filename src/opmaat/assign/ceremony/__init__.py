"""The ceremony of a draw: promise, draw, disclose, open, and check; each step once."""
