"""The time that rows carry."""

import datetime


def now() -> str:
    """UTC, ISO 8601, to the microsecond: rows of one hypothesis are ordered by it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")
