"""Stage 6: everything about every participant, side by side -> Panel."""
