"""The commands and their arguments. Bodies import what they need, so that --help loads nothing else."""
