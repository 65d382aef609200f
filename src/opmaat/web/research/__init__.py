"""Research: pages and tables under pseudonyms, without arms until the look that was planned."""
