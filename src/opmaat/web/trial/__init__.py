"""Taking part: the study, the household, its consents, its arm, its choice and its leaving."""
