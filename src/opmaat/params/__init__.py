"""Legal amounts and rates, each dated, with unit, article and source."""
