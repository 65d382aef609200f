"""What happened, once and for all: events in a chain of digests, and who looked at whom."""
