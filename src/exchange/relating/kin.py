"""Hypotheses that say nearly the same."""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from exchange.relating.direction import negations

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:[-\u2019'][^\W\d_]+)*|[^\W_]+")
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "for",
        "from",
        "has",
        "have",
        "in",
        "into",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "that",
        "the",
        "their",
        "them",
        "they",
        "this",
        "to",
        "was",
        "were",
        "which",
        "with",
    ]
)
_ALIKE = 86
_MOST_MORE = 0.2


@dataclass(frozen=True, kw_only=True)
class Said:
    """A claim as it is compared: `about` its targets, `stance` 1, -1 or None, `names` the entities that it names beside."""

    hypothesis: str
    text: str
    about: str
    stance: int | None
    names: Set[int] = frozenset()


def kin(claims: Sequence[Said]) -> dict[str, str]:
    """Each hypothesis that says nearly what others say -> the first of these by id, which is mapped to itself too."""
    first: dict[str, str] = {}
    ordered = sorted(claims, key=lambda each: each.hypothesis)
    read = [_Read(each) for each in ordered]
    for number, each in enumerate(read):
        if each.said.hypothesis in first:
            continue
        like = [other for other in read[number + 1 :] if other.said.hypothesis not in first and alike(each, other)]
        if like:
            first |= {other.said.hypothesis: each.said.hypothesis for other in (each, *like)}
    return first


class _Read:
    """A claim taken apart once."""

    def __init__(self, said: Said) -> None:
        self.said = said
        tokens = [token.casefold() for token in _TOKEN.findall(said.text)]
        self.numbers = sorted(token for token in tokens if token[0].isdigit())
        self.words = sorted({token for token in tokens if not token[0].isdigit() and token not in _SMALL})
        self.fixed = (said.about, said.stance, frozenset(said.names), negations(said.text) % 2, tuple(self.numbers))


def alike(one: _Read, other: _Read) -> bool:
    """The same targets, stance, entities, numbers and negation; and no word of either that the other puts otherwise.

    One of the two may have a few words more; where each has a word that the other lacks, they say different things:
    in astrocytes, in microglia.
    """
    if one.fixed != other.fixed or not one.words or not other.words:
        return False
    more, less = _lacking(one.words, other.words), _lacking(other.words, one.words)
    if more and less:
        return False
    return len(more or less) <= max(1, int(_MOST_MORE * min(len(one.words), len(other.words))))


def _lacking(words: Iterable[str], others: Sequence[str]) -> list[str]:
    """The words of which the others have no form."""
    return [word for word in words if process.extractOne(word, others, scorer=fuzz.ratio, score_cutoff=_ALIKE) is None]
