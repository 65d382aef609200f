"""Conduct: what happens between the draw and the answer, as events, and all that follows from them."""
