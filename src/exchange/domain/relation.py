"""How a hypothesis concerns a page: how much, and why."""

from collections.abc import Iterable
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


class Direction(StrEnum):
    """What a claim would do to its target, as a page says it."""

    RAISES = "raises"
    LOWERS = "lowers"


class Reason(NamedTuple):
    """Why, and the names that belong to it.

    The first name is the target, or what the claim names; the second what the page has of it; the third, of two steps,
    what both go with. Of `chosen` it is what the curator said, of `words` the words that page and claim share.
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
    return tuple(Reason(why, tuple(names)) for why, *names in orjson.loads(text))
