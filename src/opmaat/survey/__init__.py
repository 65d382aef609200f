"""Questionnaires, who gets which wave when, and scores; answers stand apart from names and arms."""
