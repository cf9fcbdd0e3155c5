"""`exchange provenance`."""

from pathlib import Path

import typer

from exchange.cli.writing import put
from exchange.config import settings
from exchange.errors import ConfigError
from exchange.jobs.tracing.trace import ALL, provenance
from exchange.pages.provenance import prov_json
from exchange.pages.render.graph import graph_svg
from exchange.store.engine import open_store

_FORMATS = ("prov-json", "svg")


def run(name: str, format: str, event: str | None, output: Path | None, db: str | None) -> None:
    """Prints the graph, or writes it and prints where; of all score events, or of the one of that number."""
    if format not in _FORMATS:
        raise ConfigError(f"There is no format {format!r} for provenance; there are {', '.join(_FORMATS)}.")
    chosen = settings(db=db)
    store = open_store(chosen.database)
    try:
        told = provenance(store, name, _event(event))
    finally:
        store.close()
    put(output, graph_svg(told) if format == "svg" else prov_json(told, chosen.site))


def _event(given: str | None) -> int | str | None:
    if given is None or given == ALL:
        return given
    if not (given.isascii() and given.isdigit()):
        raise typer.BadParameter(f"{given!r} is no number of a score event: give one, as in 3, or {ALL}")
    return int(given)
