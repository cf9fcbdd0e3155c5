"""`exchange embed`."""

from pathlib import Path

from exchange.cli.writing import put
from exchange.config import settings
from exchange.errors import ConfigError
from exchange.jobs.citing import address, named
from exchange.pages.embed import FORMATS, embed, snippet
from exchange.store.engine import open_store


def run(name: str, format: str, output: Path | None, db: str | None) -> None:
    """Prints the snippet, or writes it and prints where."""
    if format not in FORMATS:
        raise ConfigError(f"There is no format {format!r} for a snippet; there are {', '.join(FORMATS)}.")
    chosen = settings(db=db)
    store = open_store(chosen.database)
    try:
        found = named(store, name)
    finally:
        store.close()
    put(output, snippet(embed(found.title, address(found, ""), chosen.site), format))
