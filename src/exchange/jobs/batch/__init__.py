"""Work on many hypotheses: which, at what cost, and the work itself."""
