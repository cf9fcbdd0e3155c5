"""What verify does with the rows of one debate: calls, turns and verdicts, scores."""
