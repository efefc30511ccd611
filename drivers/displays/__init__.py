"""Customer displays of two lines of twenty signs: one driver, command sets as data."""
