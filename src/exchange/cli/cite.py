"""`exchange cite`."""

from pathlib import Path

from exchange.cli.writing import put
from exchange.config import settings
from exchange.errors import ConfigError
from exchange.jobs.citing import citable
from exchange.pages.cite import STYLES
from exchange.store.engine import open_store


def run(name: str, format: str, output: Path | None, db: str | None) -> None:
    """Prints the citation, or writes it and prints where."""
    if format not in STYLES:
        raise ConfigError(f"There is no format {format!r} for a citation; there are {', '.join(STYLES)}.")
    chosen = settings(db=db)
    store = open_store(chosen.database)
    try:
        cited = citable(store, name, chosen)
    finally:
        store.close()
    put(output, STYLES[format](cited))
