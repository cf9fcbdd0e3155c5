"""`exchange import`."""

import json as codec
from dataclasses import asdict
from pathlib import Path

from exchange.cli.words import tame
from exchange.config import settings
from exchange.jobs.importing import import_files, read_files
from exchange.store.engine import open_store


def run(paths: list[Path], db: str | None, json: bool) -> None:
    """Prints a line for each file."""
    chosen = settings(db=db)
    files = read_files(paths, chosen.site)
    store = open_store(chosen.database, create=True)
    try:
        outcomes = import_files(store, files)
    finally:
        store.close()
    if json:
        print(codec.dumps([asdict(outcome) for outcome in outcomes], ensure_ascii=False, indent=2))
        return
    for outcome in outcomes:
        print(tame(f"{outcome.path}: {outcome.said}"))
