"""The procedures of the draw: arrays and random words in, the number of every unit's arm out."""
