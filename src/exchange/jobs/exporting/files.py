"""Rows as files: CSV as RFC 4180 has it, or JSON Lines."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

Row = Mapping[str, Any]
Writer = Callable[[Path, Sequence[str], Iterable[Row]], int]

# What spreadsheets take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def json_lines(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """An object a line, with records as objects; returns how many."""
    count = 0
    with path.open("wb") as file:
        for row in rows:
            held = {name: _embedded(name, row[name]) for name in columns}
            file.write(orjson.dumps(held, option=orjson.OPT_APPEND_NEWLINE))
            count += 1
    return count


def table(path: Path, columns: Sequence[str], rows: Iterable[Row], spreadsheet: bool = False) -> int:
    """A line with the columns' names, then one for each row; returns how many. Values stand there as they are.

    With `spreadsheet`, an apostrophe goes before each text that a spreadsheet would take for a formula.
    """
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(row[name], spreadsheet) for name in columns])
            count += 1
    return count


def for_spreadsheets(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """The table with its formulas made harmless."""
    return table(path, columns, rows, spreadsheet=True)


def _embedded(name: str, value: Any) -> Any:
    return orjson.Fragment(value) if name == "record" else value


def _cell(value: Any, spreadsheet: bool) -> Any:
    if isinstance(value, tuple):
        value = ";".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    if spreadsheet and isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
