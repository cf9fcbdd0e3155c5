"""How often pages are read: a file of counts."""

import csv
import io
from pathlib import Path

from exchange.errors import InputError

_COLUMNS = ("page", "views")


def read_views(path: Path) -> dict[str, int]:
    """Page slug -> views, of a CSV file with the columns page and views. Raises InputError naming the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from error
    found: dict[str, int] = {}
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if missing := [name for name in _COLUMNS if name not in (reader.fieldnames or ())]:
            raise InputError(f"{path} has no column {missing[0]!r}. Page views have the columns page and views.")
        for row in reader:
            page, views = (row["page"] or "").strip(), (row["views"] or "").strip()
            if not views.isascii() or not views.isdigit():
                raise InputError(f"{path}, line {reader.line_num}: views is {views!r}; it is a whole number.")
            found[page] = found.get(page, 0) + int(views)
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: not CSV: {error}.") from error
    return found
