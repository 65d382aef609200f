"""Audit: who did and saw what, and whether journal, draws, reports and exports are what they were."""
