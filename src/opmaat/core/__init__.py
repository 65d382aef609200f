"""The bottom of the house: errors, digests, receipts, months, money and tables."""
