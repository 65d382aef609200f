"""How pages look and speak: styles, templates and words that every app shares."""
