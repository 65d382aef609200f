"""One rehearsal on files: the very files that a municipality has, from the register to the report."""
