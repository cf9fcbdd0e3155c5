"""`exchange page`."""

import sys
from pathlib import Path

from exchange.cli.words import tame
from exchange.cli.writing import put
from exchange.config import settings
from exchange.errors import ConfigError
from exchange.pages.references import missing
from exchange.pages.related import related_in
from exchange.pages.render import RENDERERS
from exchange.store.engine import open_store
from exchange.store.pages import page


def run(slug: str, format: str, output: Path | None, db: str | None) -> None:
    """Prints the page, or writes it and prints where; names cited keys without a reference on stderr."""
    if format not in RENDERERS:
        raise ConfigError(f"There is no format {format!r} for a page; there are {', '.join(RENDERERS)}.")
    chosen = settings(db=db)
    store = open_store(chosen.database)
    try:
        found = page(store, slug)
        text = RENDERERS[format](found, related_in(store, found.slug, chosen), chosen.site.rstrip("/"))
    finally:
        store.close()
    put(output, text)
    if lacking := missing(found):
        print(tame(f"exchange: {lacking}"), file=sys.stderr)
