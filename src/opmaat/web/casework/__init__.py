"""Casework: the caseworker's desk, with who is whose, what is due, talks, decisions, earnings and letters."""
