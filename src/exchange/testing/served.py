"""What a server did with its calls: kept in memory, and in a file that outlives whoever asked."""

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TextIO

_RECEIVED, _ENDED = "received", "ended"


@dataclass(frozen=True, kw_only=True)
class Served:
    """One call as the server saw it.

    `number` counts the calls of a server from 1. `received` and `ended` are seconds since the epoch; `ended` is None
    while the call is in flight. `question` is the SHA-256 of the request's body as 64 hex digits, so that the same
    question asked twice is known as one. `keyed` says whether a key came with it; the key itself is never kept.
    `status` is None where none was sent, `fault` where the answer was good. Tokens are what the server counted and
    bills: 0 where it did not charge, whatever the answer said of them. `batch` is the batch that it came with, for half the
    price; None where it came alone.
    """

    number: int
    received: float
    model: str
    question: str
    keyed: bool
    fault: str | None = None
    status: int | None = None
    charged: bool = False
    input_tokens: int = 0
    output_tokens: int = 0
    ended: float | None = None
    batch: str | None = None


class Log:
    """Entries in the order of their reception; may be written from many threads at once.

    With a file, two lines are appended for each call, one when it is received and one when it has ended. Both are JSON:
    the fields of the entry as it stood then, and `event`.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: TextIO | None = None
        self._lock = threading.Lock()
        self._entries: dict[int, Served] = {}

    def __enter__(self) -> Self:
        self._file = self._path.open("a", encoding="utf-8") if self._path else None
        return self

    def __exit__(self, *raised: object) -> None:
        if self._file:
            self._file.close()

    @property
    def entries(self) -> tuple[Served, ...]:
        with self._lock:
            return tuple(self._entries.values())

    def receive(self, entry: Served) -> None:
        """A call has come in."""
        with self._lock:
            self._entries[entry.number] = entry
            self._write(_RECEIVED, entry)

    def amend(self, number: int, **fields: Any) -> None:
        """More is known of the call: what it is charged, which status it is sent."""
        with self._lock:
            self._entries[number] = replace(self._entries[number], **fields)

    def end(self, number: int, at: float) -> None:
        """The server has done with the call at `at`, in seconds since the epoch."""
        with self._lock:
            self._entries[number] = entry = replace(self._entries[number], ended=at)
            self._write(_ENDED, entry)

    def _write(self, event: str, entry: Served) -> None:
        if self._file:
            self._file.write(json.dumps({"event": event, **vars(entry)}) + "\n")
            self._file.flush()


def read_log(path: Path) -> tuple[Served, ...]:
    """The entries of a log file, in the order of their reception; a last line that was cut off is left out.

    A file that several servers wrote to, one after the other, gives the calls of all of them. Raises OSError.
    """
    entries: list[Served] = []
    places: dict[int, int] = {}
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if not line.endswith("\n"):
            break
        fields = json.loads(line)
        event = fields.pop("event")
        entry = Served(**fields)
        if event == _RECEIVED:
            places[entry.number] = len(entries)
            entries.append(entry)
        else:
            entries[places[entry.number]] = entry
    return tuple(entries)


def in_flight(entries: Iterable[Served], at: float) -> tuple[Served, ...]:
    """The calls that were received at or before `at`, in seconds since the epoch, and had not ended before it."""
    return tuple(each for each in entries if each.received <= at and (each.ended is None or each.ended >= at))
