"""Known approaches and their working elements, each with its source and how well it is known."""
