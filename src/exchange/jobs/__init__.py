"""The use cases: the rooms that hold engines and store together."""
