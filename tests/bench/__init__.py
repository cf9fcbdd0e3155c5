"""What Exchange is measured by: scripts that print figures, and ratios against a floor of the same run."""
