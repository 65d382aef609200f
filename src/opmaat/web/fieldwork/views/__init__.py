"""Pages of the fieldwork, for the project lead."""
