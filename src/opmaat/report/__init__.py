"""Stage 9: Lock x Estimates -> one report in two languages, and the estimates as files."""
