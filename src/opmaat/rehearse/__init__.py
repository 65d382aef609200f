"""A made-up municipality that plays a whole experiment, so that it can be seen before anyone is invited."""
