"""`exchange export`."""

import json as codec
from pathlib import Path

from exchange import __version__
from exchange.cli.words import tame
from exchange.config import settings
from exchange.errors import ConfigError
from exchange.jobs.exporting.export import export
from exchange.jobs.exporting.form import Form
from exchange.store.engine import open_store


def run(folder: Path, form: Form, spreadsheet: bool, db: str | None, json: bool) -> None:
    """Prints what was written: the pages together, and a line for each other file."""
    if spreadsheet and form is not Form.CSV:
        raise ConfigError("--spreadsheet goes with --format csv alone: nothing else is opened as a spreadsheet.")
    store = open_store(settings(db=db).database)
    try:
        written = export(store, folder, form, __version__, spreadsheet)
    finally:
        store.close()
    if json:
        print(codec.dumps([each.model_dump() for each in written], ensure_ascii=False, indent=2))
        return
    pages = [each for each in written if each.name.startswith("pages/")]
    print(tame(f"{folder}/pages: {_counted(len(pages), 'page')}"))
    for each in written[len(pages) :]:
        print(tame(f"{folder}/{each.name}: {_counted(each.rows, 'row')}"))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
