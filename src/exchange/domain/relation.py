"""How a hypothesis concerns a page: how much, and why."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

import orjson

FLOOR = 0.4
"""The relevance, from 0 to 1, below which a page does not show a hypothesis."""


class Why(StrEnum):
    """What joins a hypothesis to a page. The names that follow it in a reason are told in `Reason`."""

    LISTED = "listed"
    CHOSEN = "chosen"
    SUBJECT = "subject"
    LINKED = "linked"
    NAMED = "named"
    CLAIMED = "claimed"
    CLAIM_LINKED = "claim linked"
    GOES_WITH_SUBJECT = "goes with subject"
    GOES_WITH_LINKED = "goes with linked"
    GOES_WITH_NAMED = "goes with named"
    TWO_STEPS = "two steps"
    NEXT_PAGE = "next page"
    WORDS = "words"


# How many names a reason has; 0 where it may be any number.
_NAMES: Mapping[str, int] = {each.value: 1 for each in Why} | {
    Why.LISTED.value: 0,
    Why.WORDS.value: 0,
    Why.GOES_WITH_SUBJECT.value: 2,
    Why.GOES_WITH_LINKED.value: 2,
    Why.GOES_WITH_NAMED.value: 2,
    Why.TWO_STEPS.value: 2,
    Why.NEXT_PAGE.value: 2,
}


class Direction(StrEnum):
    """What a claim would do to its target, as a page says it."""

    RAISES = "raises"
    LOWERS = "lowers"


class Reason(NamedTuple):
    """Why, and the names that belong to it.

    The first name is the target, or what the claim names; the second what it goes with, or which page leads to it. Of `chosen` it is what the curator said, of `words` the words that page and claim share.
    """

    why: str
    names: tuple[str, ...] = ()

    @property
    def curated(self) -> bool:
        """Is it the word of a person?"""
        return self.why in (Why.LISTED, Why.CHOSEN)


class Relation(NamedTuple):
    """That a hypothesis concerns a page; `relevance` is from 0 to 1, and no matter of the hypothesis's score."""

    hypothesis: str
    relevance: float
    reasons: tuple[Reason, ...]


def to_json(reasons: Iterable[Reason]) -> str:
    """The reasons as a JSON list of lists of words."""
    return orjson.dumps([[each.why, *each.names] for each in reasons]).decode()


def from_json(text: str) -> tuple[Reason, ...]:
    """What `to_json` wrote. Raises ValueError where the text is not that."""
    found = orjson.loads(text)
    if type(found) is not list:
        raise ValueError("reasons are a list of lists of words")
    try:
        return tuple(_checked(why, tuple(names)) for why, *names in found)
    except TypeError as error:
        raise ValueError("reasons are a list of lists of words") from error


def _checked(why: str, names: tuple[str, ...]) -> Reason:
    wanted = _NAMES.get(why)
    if wanted is None or (wanted and len(names) != wanted) or not all(type(name) is str for name in names):
        raise ValueError(f"{why!r} with {len(names)} names is no reason")
    return Reason(why, names)
