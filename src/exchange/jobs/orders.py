"""In which order hypotheses are listed, and which of them. Loads nothing: the command line's help names the choices."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, Protocol, TypeVar


class Sort(StrEnum):
    """What a list is ordered by, the most of it first; `low` is the lower bound of the interval."""

    SCORE = "score"
    LOW = "low"
    COMPOSITE = "composite"
    SHIFT = "shift"
    SPREAD = "spread"
    RANK = "rank"
    NAME = "name"
    DATE = "date"


class Shown(StrEnum):
    """The states that a hypothesis may be listed in."""

    SCORED = "scored"
    CONTESTED = "contested"
    INSUFFICIENT = "insufficient"
    FAILED = "failed"
    NOT_DEBATED = "not debated"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which hypotheses are listed, and in which order; `exact` compares every part of what their scores rest on."""

    sort: Sort = Sort.SCORE
    reverse: bool = False
    target: str | None = None
    state: Shown | None = None
    limit: int | None = None
    exact: bool = False


class Listed(Protocol):
    """What is ordered: a row of a store's columns, or a hypothesis as it is listed. `state` is None where there is no score."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def state(self) -> str | None: ...
    @property
    def value(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def composite(self) -> float | None: ...
    @property
    def shift(self) -> float | None: ...
    @property
    def spread(self) -> float | None: ...
    @property
    def rank(self) -> int | None: ...
    @property
    def at(self) -> str | None: ...
    @property
    def demonstration(self) -> bool: ...
    @property
    def withdrawn(self) -> bool: ...


_Any = TypeVar("_Any", bound=Listed)
# Each gives what is compared; None stands last.
_KEYS: dict[Sort, Callable[[Listed], Any]] = {
    Sort.SCORE: lambda row: row.value,
    Sort.LOW: lambda row: row.low,
    Sort.COMPOSITE: lambda row: row.composite,
    Sort.SHIFT: lambda row: row.shift,
    Sort.SPREAD: lambda row: row.spread,
    Sort.RANK: lambda row: row.rank and -row.rank,
    Sort.NAME: lambda row: row.title.casefold(),
    Sort.DATE: lambda row: row.at,
}
_OF_ALL = (Sort.NAME, Sort.DATE)


def ordered(rows: Iterable[_Any], by: Sort = Sort.SCORE, reverse: bool = False) -> list[_Any]:
    """The most first, names from A to Z, dates from the latest on; reversed, the least first.

    Either way demonstrations stand behind the others where a number counts, then come those that have nothing to be
    ordered by, then withdrawn hypotheses. Equal ones are in the order of their titles.
    """
    key = _KEYS[by]
    found = sorted(rows, key=lambda row: (row.title, row.id))
    with_key = [row for row in found if key(row) is not None]
    with_key.sort(key=key, reverse=reverse == (by is Sort.NAME))
    without = [row for row in found if key(row) is None]
    return sorted(with_key + without, key=lambda row: _group(row, by))


def _group(row: Listed, by: Sort) -> tuple[bool, bool, bool]:
    return row.withdrawn, _KEYS[by](row) is None, row.demonstration and by not in _OF_ALL


def picked(rows: Iterable[_Any], state: Shown | None = None, limit: int | None = None) -> list[_Any]:
    """Those in that state; the first so many of them."""
    found = (row for row in rows if state is None or (row.state or Shown.NOT_DEBATED) == state)
    return list(islice(found, limit))
