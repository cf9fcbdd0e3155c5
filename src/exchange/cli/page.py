"""`exchange page`."""

import sys
from functools import partial
from pathlib import Path

from exchange.cli.words import tame
from exchange.cli.writing import put
from exchange.config import settings
from exchange.errors import ConfigError
from exchange.pages import links
from exchange.pages.references import missing
from exchange.pages.related import related_in
from exchange.pages.render import RENDERERS
from exchange.pages.render.html import html, style
from exchange.store.engine import open_store
from exchange.store.pages import page


def run(slug: str, format: str, stylesheet: str | None, output: Path | None, db: str | None) -> None:
    """Prints the page, or writes it and prints where; names cited keys without a reference on stderr."""
    if format not in RENDERERS:
        raise ConfigError(f"There is no format {format!r} for a page; there are {', '.join(RENDERERS)}.")
    render = RENDERERS[format] if stylesheet is None else partial(html, stylesheet=linked(stylesheet, format))
    chosen = settings(db=db)
    store = open_store(chosen.database)
    try:
        found = page(store, slug)
        text = render(found, related_in(store, found.slug, chosen), chosen.site.rstrip("/"))
    finally:
        store.close()
    put(output, text)
    if lacking := missing(found):
        print(tame(f"exchange: {lacking}"), file=sys.stderr)


def run_stylesheet(output: Path | None) -> None:
    """Prints the stylesheet, or writes it and prints where."""
    put(output, style())


def linked(stylesheet: str, format: str) -> str:
    """The stylesheet's address. Raises ConfigError where the format has none, or where it may not be a link."""
    if format != "html":
        raise ConfigError(f"--stylesheet is for --format html; {format} has no stylesheet.")
    if links.address(stylesheet) is None:
        raise ConfigError(f"{stylesheet!r} cannot be linked: give an http(s) address, or a path as in /exchange.css.")
    return stylesheet
