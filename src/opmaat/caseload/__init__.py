"""Stage 3: register rows -> Caseload: who is in, who is not and why, without a name or number of anyone."""
