"""What is found broken, gathered row by row."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from exchange.domain.noun import Noun
from exchange.errors import BrokenDigest
from exchange.store.records import read

_Record = TypeVar("_Record", bound=Noun)


@dataclass(frozen=True, kw_only=True)
class Broken:
    """What is not as it was stored, or does not follow from what it was made of: where, and in which way."""

    where: str
    why: str


@dataclass(kw_only=True)
class Findings:
    """All that was found so far, in that order."""

    broken: list[Broken] = field(default_factory=list)

    def say(self, where: str, why: str) -> None:
        """One thing more is broken."""
        self.broken.append(Broken(where=where, why=why))

    def record(self, kind: type[_Record], row: Any, where: str) -> _Record | None:
        """The record that a row holds; None, and said, where it does not fit the row's digest or is no such record."""
        try:
            return read(kind, row.record, "It", getattr(row, "digest", None))
        except BrokenDigest as error:
            self.say(where, str(error))
            return None

    def columns(self, where: str, row: Any, **expected: object) -> None:
        """A column may not say something else than the record beside it."""
        for column, value in expected.items():
            stored = getattr(row, column)
            if stored != value:
                self.say(where, f"its column {column} says {stored!r}, its record {value!r}.")

    def numbered(self, where: str, row: Any) -> None:
        """Rows that are only ever appended are numbered without gaps."""
        if not row.preceded:
            self.say(where, f"no row has the number before it, {row.id - 1}: one was removed, or a number was changed.")
