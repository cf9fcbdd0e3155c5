"""`exchange tearsheet`."""

from pathlib import Path

from exchange.cli.page import linked
from exchange.cli.writing import put
from exchange.config import settings
from exchange.domain.identity import hypothesis_id
from exchange.errors import ConfigError
from exchange.jobs.tearsheet import tearsheet
from exchange.pages.render.drawing import sheet_svg
from exchange.pages.render.sheet import sheet_html
from exchange.store.engine import open_store

_FORMATS = ("html", "svg")


def run(name: str, format: str, stylesheet: str | None, output: Path | None, db: str | None) -> None:
    """Prints the tear-sheet, or writes it and prints where."""
    if format not in _FORMATS:
        raise ConfigError(f"There is no format {format!r} for a tear-sheet; there are {', '.join(_FORMATS)}.")
    css = None if stylesheet is None else linked(stylesheet, format)
    chosen = settings(db=db)
    store = open_store(chosen.database)
    try:
        found = tearsheet(store, hypothesis_id(name), chosen)
    finally:
        store.close()
    put(output, sheet_svg(found) if format == "svg" else sheet_html(found, chosen.site.rstrip("/"), css))
