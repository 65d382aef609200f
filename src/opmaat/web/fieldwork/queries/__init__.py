"""Reading the fieldwork: always counted by the database, never by going through all households."""
