"""Pages of the preparation, for the project lead."""
