"""How sure it is that a score lies in its band."""

from exchange.domain.bands import Bands, Certainty
from exchange.domain.score import Policy
from exchange.scoring.pool import Pooled


def certainty(pooled: Pooled, bands: Bands, policy: Policy, demonstration: bool) -> tuple[Certainty, str | None]:
    """The certainty of the band that holds the value, and where it is open the band that it may belong to instead.

    Firm where the band holds at least the policy's share of the distribution, leaning from its lesser share on. A
    demonstration is never firm.
    """
    own = bands.of(pooled.value)
    shares = {band.name: pooled.within(low, high) for band, low, high in bands.ranges()}
    share = shares.pop(own.name)
    if share >= policy.firm and not demonstration:
        return Certainty.FIRM, None
    if share >= policy.leaning:
        return Certainty.LEANING, None
    return Certainty.OPEN, max(shares, key=lambda name: shares[name])
