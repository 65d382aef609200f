"""Questionnaires, page by page."""
