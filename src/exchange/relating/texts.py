"""What a page's text shares with a claim, beyond what every page says."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from math import log

_WORD = re.compile(r"[^\W\d_][^\W_]{3,}")
# Where fewer texts are known, nobody can tell what all of them say.
_ENOUGH = 50
_COMMON_SHARE, _COMMON_COUNT = 0.02, 3
FEWEST_WORDS = 4
"""So many distinctive words must be shared."""
_LEAST_COVER = 0.6
_MOST_TOLD = 6


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """In how many texts each word stands. A word of many is boilerplate, and weighs nothing."""

    texts: int
    counts: Counter[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Lexicon":
        """From pages and claims, or a sample of them."""
        counts: Counter[str] = Counter()
        number = 0
        for number, text in enumerate(texts, start=1):  # noqa: B007 # how many there were
            counts.update(words(text))
        return cls(texts=number, counts=counts)

    @property
    def enough(self) -> bool:
        """Are there enough texts to tell boilerplate by?"""
        return self.texts >= _ENOUGH

    def weight(self, word: str) -> float:
        """The word's inverse document frequency log(N / n); 0 for boilerplate, and where too few texts are known."""
        count = self.counts[word]
        if not self.enough or count > max(_COMMON_COUNT, _COMMON_SHARE * self.texts):
            return 0.0
        return log(self.texts / max(count, 1))


def words(text: str) -> frozenset[str]:
    """Words of at least four letters, in small letters."""
    return frozenset(_WORD.findall(text.casefold()))


def shared(claim: Set[str], passages: Sequence[Set[str]], lexicon: Lexicon) -> tuple[str, ...]:
    """The distinctive words of a claim that one passage has, if they are most of the claim's; the weightiest first.

    Names of entities are to be left out of `claim`: they are grounds of their own. Empty where fewer than four are shared, or
    less than .6 of the weight of the claim's words.
    """
    weights = {word: weight for word in claim if (weight := lexicon.weight(word)) > 0}
    best = max(
        ((sum(weights.get(word, 0.0) for word in each & claim), each & weights.keys()) for each in passages),
        default=None,
        key=lambda found: found[0],
    )
    if best is None or len(best[1]) < FEWEST_WORDS or best[0] < _LEAST_COVER * sum(weights.values()):
        return ()
    return tuple(sorted(best[1], key=lambda word: (-weights[word], word))[:_MOST_TOLD])
