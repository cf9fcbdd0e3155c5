"""How sure it is that a score lies in its band."""

from collections.abc import Mapping

from exchange.domain.bands import Certainty
from exchange.domain.policy import Policy
from exchange.scoring.pool import Pooled


def certainty(
    pooled: Pooled, edges: Mapping[str, float], policy: Policy, demonstration: bool
) -> tuple[Certainty, str | None]:
    """The certainty of the band that holds the value, and where it is open the band that it may belong to instead.

    `edges` are the bands' names and where each begins, lowest first. Firm where the band holds at least the policy's
    share of the distribution, leaning from its lesser share on. A demonstration is never firm.
    """
    ends = [*list(edges.values())[1:], 1.0]
    shares = {name: pooled.within(low, high) for (name, low), high in zip(edges.items(), ends, strict=True)}
    share = shares.pop([name for name, low in edges.items() if pooled.value >= low][-1])
    if share >= policy.firm and not demonstration:
        return Certainty.FIRM, None
    if share >= policy.leaning:
        return Certainty.LEANING, None
    return Certainty.OPEN, max(shares, key=lambda name: shares[name])
