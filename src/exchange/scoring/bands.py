"""How sure it is that a score lies in its band."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from exchange.domain.bands import Certainty
from exchange.domain.policy import Policy
from exchange.scoring.pool import Pooled


def shares(pooled: Pooled, edges: Mapping[str, float]) -> list[dict[str, float]]:
    """For each panel, band -> the probability that the score lies in it; `edges` are lowest first."""
    starts = list(edges.values())
    below = [pooled.below(edge) for edge in (*starts, 1.0)]
    columns = [(upper - lower).tolist() for lower, upper in pairwise(below)]
    return [dict(zip(edges, row, strict=True)) for row in zip(*columns, strict=True)]


def certainty(
    value: float, shares: Mapping[str, float], edges: Mapping[str, float], policy: Policy, demonstration: bool
) -> tuple[Certainty, str | None]:
    """The certainty of the band that holds the value, and where it is open the band that it may belong to instead.

    Firm where the band holds at least the policy's share of the distribution, leaning from its lesser share on. A
    demonstration is never firm.
    """
    band = [name for name, low in edges.items() if value >= low][-1]
    share = shares[band]
    if share >= policy.firm and not demonstration:
        return Certainty.FIRM, None
    if share >= policy.leaning:
        return Certainty.LEANING, None
    others: Sequence[str] = [name for name in shares if name != band]
    return Certainty.OPEN, max(others, key=lambda name: shares[name])
