"""In which order hypotheses are listed, and which of them. Loads nothing: the command line's help names the choices."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exchange.jobs.standings import Row


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


# Each gives what is compared; None stands last.
_KEYS: dict[Sort, Callable[["Row"], Any]] = {
    Sort.SCORE: lambda row: row.value,
    Sort.LOW: lambda row: row.low,
    Sort.COMPOSITE: lambda row: row.composite,
    Sort.SHIFT: lambda row: row.shift,
    Sort.SPREAD: lambda row: row.spread,
    Sort.RANK: lambda row: row.ranks.overall and -row.ranks.overall.rank,
    Sort.NAME: lambda row: row.title.casefold(),
    Sort.DATE: lambda row: row.at,
}
_OF_ALL = (Sort.NAME, Sort.DATE)


def ordered(rows: Iterable["Row"], by: Sort = Sort.SCORE, reverse: bool = False) -> list["Row"]:
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


def _group(row: "Row", by: Sort) -> tuple[bool, bool, bool]:
    return row.withdrawn, _KEYS[by](row) is None, row.demonstration and by not in _OF_ALL


def picked(
    rows: Iterable["Row"], target: str | None = None, state: Shown | None = None, limit: int | None = None
) -> list["Row"]:
    """Those with that target, whatever its case, and in that state; the first so many of them."""
    name = target and target.casefold()
    found = (
        row
        for row in rows
        if (not name or name in map(str.casefold, row.targets)) and (state is None or row.state == state)
    )
    return list(islice(found, limit))
