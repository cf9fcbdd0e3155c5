"""Hands that change one stored value, knowing nothing of Exchange; and put it back."""

import random
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange.domain.identity import digest

Value = str | int | float
# What names a row of each table in the words of `verify`, made of the row's own columns.
_NAMES = {
    "turn": "turn {ordinal} of ",
    "verdict": "verdict {seat}/{when}/{order} of ",
    "score_event": "score event {id} of ",
    "call": "call {id} of ",
    "debate": "debate {id}",
}
_OWNER = {"debate": "id"}
_WORD = 64


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row, found again by its number whatever its columns say."""

    table: str
    number: int
    debate: str
    values: dict[str, Any]

    @property
    def name(self) -> str:
        """How `verify` calls it, without the debate."""
        return _bytes(_NAMES[self.table].format(**self.values)).decode(errors="backslashreplace")


class Hand:
    """A connection that minds no trigger, no check and no reference."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.text_factory = lambda text: text.decode(errors="surrogateescape")
        for (name,) in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            self._connection.execute(f"DROP TRIGGER {name}")
        self._connection.execute("PRAGMA ignore_check_constraints = ON")
        self._connection.execute("PRAGMA foreign_keys = OFF")

    def close(self) -> None:
        self._connection.close()

    def rows(self, table: str) -> list[Row]:
        found = self._connection.execute(f"SELECT *, rowid AS lies_at FROM {table}").fetchall()
        return [self._row(table, each) for each in found]

    def row(self, table: str, number: int) -> Row:
        found = self._connection.execute(f"SELECT *, rowid AS lies_at FROM {table} WHERE rowid = ?", (number,))
        return self._row(table, found.fetchone())

    def write(self, row: Row, **values: Any) -> Row:
        """The row as it lies there afterwards. Raises sqlite3.IntegrityError where its key is another row's."""
        changes = ", ".join(f'"{column}" = {_bound(value)}' for column, value in values.items())
        given = [_bytes(value) if isinstance(value, str) else value for value in values.values()]
        self._connection.execute(f"UPDATE {row.table} SET {changes} WHERE rowid = ?", (*given, row.number))
        return self.row(row.table, values.get("id", row.number) if row.table in ("score_event", "call") else row.number)

    @contextmanager
    def changed(self, row: Row, **values: Any) -> Iterator[Row]:
        """The row with these values, as long as the context is entered."""
        after = self.write(row, **values)
        try:
            yield after
        finally:
            self.write(after, **{column: row.values[column] for column in values})

    @contextmanager
    def removed(self, row: Row) -> Iterator[None]:
        """The database without the row, as long as the context is entered."""
        self._connection.execute(f"DELETE FROM {row.table} WHERE rowid = ?", (row.number,))
        try:
            yield
        finally:
            names = ", ".join(f'"{column}"' for column in row.values)
            marks = ", ".join("?" * len(row.values))
            values = (row.number, *row.values.values())
            self._connection.execute(f"INSERT INTO {row.table} (rowid, {names}) VALUES (?, {marks})", values)

    @staticmethod
    def _row(table: str, found: sqlite3.Row) -> Row:
        values = {name: found[name] for name in found.keys() if name != "lies_at"}  # noqa: SIM118 # a Row iterates over its values
        return Row(
            table=table, number=found["lies_at"], debate=str(values[_OWNER.get(table, "debate_id")]), values=values
        )


def forged(record: str, **columns: Any) -> dict[str, Any]:
    """A record with the digest that fits it, and what columns say beside it: nothing in the row contradicts itself."""
    return dict(record=record, digest=digest(record)) | columns


def flipped(value: Value, bit: int) -> Value:
    """The value with one bit of its bytes turned over; `bit` is counted from 0, round and round."""
    if isinstance(value, str):
        spoilt = bytearray(_bytes(value))
        spoilt[bit // 8 % len(spoilt)] ^= 1 << bit % 8
        return spoilt.decode(errors="surrogateescape")
    kind = "<d" if isinstance(value, float) else "<q"
    (whole,) = struct.unpack("<Q", struct.pack(kind, value))
    (turned,) = struct.unpack(kind, struct.pack("<Q", whole ^ 1 << bit % _WORD))
    return float(turned) if isinstance(value, float) else int(turned)


def any_bit(chosen: random.Random) -> int:
    """A bit of a value, wherever in it."""
    return chosen.randrange(1 << 30)


def _bound(value: object) -> str:
    return "CAST(? AS TEXT)" if isinstance(value, str) else "?"


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
