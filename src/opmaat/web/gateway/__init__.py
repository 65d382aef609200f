"""The one door from the website to the engine: what apps need of it, in plain values."""
