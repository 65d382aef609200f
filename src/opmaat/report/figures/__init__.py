"""Figures of a report: rows with their label and numbers beside what is drawn, and the flow of a trial."""
