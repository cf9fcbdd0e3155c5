"""Names and aliases -> entities. Pure: the alias table comes in as a value."""
