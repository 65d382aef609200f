"""Commands of the theme."""
