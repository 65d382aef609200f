"""Stage 4: Protocol x Caseload -> Allocation, drawn once, concealed until due, and open to be redone."""
