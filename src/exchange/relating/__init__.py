"""Which hypotheses concern a page, and why; which say nearly the same, and which the opposite. Pure: all comes in as data."""
