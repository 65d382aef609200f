"""Checks of a protocol that has the right shape: what is named exists, and the parts fit together."""
