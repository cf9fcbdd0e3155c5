"""Where the settings say that the database is, for tests of a file."""

from pathlib import Path

from exchange.config import settings


def file() -> Path:
    """The SQLite file of the settings."""
    found = settings().database
    assert isinstance(found, Path)
    return found
