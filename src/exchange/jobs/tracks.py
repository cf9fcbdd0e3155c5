"""Files of verdicts whose truth is known: CSV, one verdict a row."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exchange.errors import InputError
from exchange.pages.text import decode
from exchange.scoring.track import Track, track

_COLUMNS = ("item", "rater", "p", "truth")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
Row = tuple[int, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Read:
    """The verdicts of a file; how many rows of it have none, and how many verdicts are of nobody who is named."""

    path: str
    track: Track
    blank: int
    unnamed: int


@dataclass(kw_only=True)
class _Rows:
    """What was read so far; `lines` is where the truth of each item was said first."""

    verdicts: list[tuple[str, str, float]] = field(default_factory=list)
    truth: dict[str, float] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    blank: int = 0


def read_track(path: Path, where: Sequence[tuple[str, str]] = ()) -> Read:
    """The verdicts of those rows that have all these values in their columns.

    The columns `item`, `rater`, `p` (0 to 1; blank: no verdict) and `truth` (0 or 1) must be there, others may. All whose
    `rater` is blank count as one. Raises InputError, with the line, for what cannot be taken in.
    """
    rows = _Rows()
    for line, values in _chosen(path, where):
        try:
            _take(rows, line, values)
        except ValueError as error:
            raise InputError(f"{path}, line {line}: {error}") from error
    rated = {item for item, _, _ in rows.verdicts}
    if not rated:
        chosen = " that --where asks for" if where else ""
        raise InputError(f"{path} holds no verdicts{chosen}.")
    truth = {item: value for item, value in rows.truth.items() if item in rated}
    unnamed = sum(not rater for _, rater, _ in rows.verdicts)
    return Read(path=str(path), track=track(rows.verdicts, truth), blank=rows.blank, unnamed=unnamed)


def _take(rows: _Rows, line: int, values: Mapping[str, str]) -> None:
    """One row more. Raises ValueError with a sentence for what does not fit."""
    item, truth = values["item"], _truth(values["truth"])
    if not item:
        raise ValueError("the item is blank.")
    if rows.truth.setdefault(item, truth) != truth:
        raise ValueError(f"the truth of {item!r} is {truth:g} here and {1 - truth:g} on line {rows.lines[item]}.")
    rows.lines.setdefault(item, line)
    if values["p"]:
        rows.verdicts.append((item, values["rater"], _probability(values["p"])))
    else:
        rows.blank += 1


def _chosen(path: Path, where: Sequence[tuple[str, str]]) -> Iterator[Row]:
    rows = _rows(path)
    _, header = next(rows)
    for column, _ in where:
        if column not in header:
            raise InputError(f"{path} has no column {column!r} for --where; it has {', '.join(header)}.")
    for line, values in rows:
        if all(values[column] == value for column, value in where):
            yield line, values


def _rows(path: Path) -> Iterator[Row]:
    """The header, then each row, with its line and without the blanks around its cells."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    columns: list[str] = []
    try:
        for cells in reader:
            if not cells:
                continue
            stripped = [cell.strip() for cell in cells]
            if not columns:
                columns = _header(stripped, path, reader.line_num)
            elif len(cells) != len(columns):
                raise InputError(
                    f"{path}, line {reader.line_num}: there are {len(cells)} cells, and {len(columns)} columns."
                )
            yield reader.line_num, dict(zip(columns, stripped, strict=True))
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: not CSV: {error}.") from error


def _text(path: Path) -> str:
    try:
        return decode(path.read_bytes(), str(path))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error


def _header(columns: list[str], path: Path, line: int) -> list[str]:
    missing = [name for name in _COLUMNS if name not in columns]
    if missing:
        raise InputError(
            f"{path}, line {line}: the column {missing[0]!r} is missing. Verdicts have the columns {', '.join(_COLUMNS)}."
        )
    repeated = next((name for name, times in Counter(columns).items() if name and times > 1), None)
    if repeated:
        raise InputError(f"{path}, line {line}: the column {repeated!r} is named twice.")
    return columns


def _probability(text: str) -> float:
    p = float(text) if _NUMBER.fullmatch(text) else -1.0
    if not 0 <= p <= 1:
        raise ValueError(f"p is {text!r}; a probability is a number from 0 to 1, such as 0.7. Blank means no verdict.")
    return p + 0.0


def _truth(text: str) -> float:
    truth = float(text) if _NUMBER.fullmatch(text) else -1.0
    if truth not in (0, 1):
        raise ValueError(f"truth is {text!r}; it is 1 for what is true, and 0 for what is not.")
    return truth + 0.0
