"""The plan as a page: one self-contained HTML file in Dutch and in English, and the same as JSON."""
