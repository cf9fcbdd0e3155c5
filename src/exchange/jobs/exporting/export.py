"""The store -> a folder: `pages/`, one file of hypotheses, and a file for each table under `records/`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exchange.jobs.exporting import crate, files
from exchange.jobs.exporting.folder import whole
from exchange.jobs.exporting.form import Form
from exchange.jobs.exporting.written import Written
from exchange.jobs.files import HypothesisRow, row_of
from exchange.pages.parse import file_name
from exchange.store import exporting
from exchange.store.clock import now
from exchange.store.engine import Store, Transaction


def export(store: Store, folder: Path, form: Form, version: str, spreadsheet: bool = False) -> list[Written]:
    """Writes all that is stored, as it was at one moment. Raises InputError, BrokenDigest; then nothing is written.

    `spreadsheet` makes formulas in CSV harmless, which changes values. Memory does not grow with the number of rows, but for
    the names of the pages.
    """
    write: files.Writer = files.json_lines
    if form is Form.CSV:
        write = files.for_spreadsheets if spreadsheet else files.table
    ending = "csv" if form is Form.CSV else "jsonl"
    with whole(folder) as place, store.reading() as transaction:
        written = [
            *_pages(transaction, place),
            _hypotheses(transaction, place, write, ending),
            *_records(transaction, place, write, ending),
        ]
        if form is Form.CRATE:
            crate.describe(place, written, now(), version)
    return written


def _pages(transaction: Transaction, place: Path) -> Iterator[Written]:
    """Each page as the text that it was imported from."""
    (place / "pages").mkdir()
    for page in exporting.pages(transaction):
        name = f"pages/{file_name(page)}.md"
        with (place / name).open("xb") as file:
            file.write(page.source.encode())
        yield Written(name=name, title=page.title, about="A page, as it was imported.", rows=1)


def _hypotheses(transaction: Transaction, place: Path, write: files.Writer, ending: str) -> Written:
    """The file that `exchange import` takes in."""
    name, columns = f"hypotheses.{ending}", tuple(HypothesisRow.model_fields)
    count = write(place / name, columns, _importable(transaction))
    return Written(name=name, title="hypotheses", about="Hypotheses, as exchange import takes them in.", rows=count)


def _importable(transaction: Transaction) -> Iterator[dict[str, Any]]:
    for hypothesis, pages, given in exporting.hypotheses(transaction):
        score, origin = (given.score.value, given.origin) if given else (None, None)
        yield dict(row_of(hypothesis, pages, score, origin))


def _records(transaction: Transaction, place: Path, write: files.Writer, ending: str) -> Iterator[Written]:
    (place / "records").mkdir()
    for exported in exporting.TABLES:
        name = f"records/{exported.name}.{ending}"
        count = write(place / name, exported.columns, exporting.rows(transaction, exported))
        yield Written(name=name, title=exported.name.replace("_", " "), about=exported.about, rows=count)
