"""What the project lead writes down. Each action is one transaction; done again, it writes nothing new."""
