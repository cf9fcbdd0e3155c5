"""Pure functions of verdicts: rubric, pool, interval, state, certainty. Nothing here knows a store or a debate."""
