"""Where scores stand among each other."""

from collections import Counter
from collections.abc import Mapping

from pydantic import Field

from exchange.domain.noun import Noun


class Place(Noun):
    """Rank 1 is the best of `of`; `percentile` is in [0, 100], and None where there is no other."""

    rank: int = Field(ge=1)
    of: int = Field(ge=1)
    percentile: float | None = Field(ge=0, le=100)


def places(values: Mapping[str, float]) -> dict[str, Place]:
    """The place of each value among them all.

    Equal values share the best rank that they take together, and as many ranks after it stay empty (standard competition
    ranking, 1 2 2 4). The percentile is the share of the others that are lower, half of those that are equal counted too.
    """
    of, found, higher = len(values), {}, 0
    for value, equal in sorted(Counter(values.values()).items(), reverse=True):
        lower = of - higher - equal
        percentile = 100 * (lower + (equal - 1) / 2) / (of - 1) if of > 1 else None
        found[value] = Place(rank=higher + 1, of=of, percentile=percentile)
        higher += equal
    return {name: found[value] for name, value in values.items()}
