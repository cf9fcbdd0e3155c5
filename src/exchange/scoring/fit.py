"""Outcomes -> a policy: weights from the blind verdicts, the calibration from the final ones."""

from exchange.domain.policy import Policy
from exchange.scoring.believability import believability
from exchange.scoring.platt import platt
from exchange.scoring.pool import DIGITS, Numbers, pool
from exchange.scoring.track import Track

NAME = "fitted"


def fit(blind: Track, final: Track, base: Policy) -> Policy:
    """`base` with weights from `blind` and calibration from `final`: the same judges before and after the debate.

    The calibration, and so the count of outcomes, rests on the items that have a final verdict. The policy's name is
    `fitted`, without a version: whoever keeps it gives it one.
    """
    weights = {rater: round(weight, DIGITS) for rater, weight in sorted(believability(blind).items())}
    plain = base.model_copy(update=dict(weights=weights, intercept=0.0, slope=1.0))
    judged = final.of(final.counts() > 0)
    intercept, slope = platt(pool(judged.panels(), plain).centre, judged.truth) if judged.items else (0.0, 1.0)
    return plain.model_copy(
        update=dict(
            name=NAME,
            version="",
            intercept=round(intercept, DIGITS),
            slope=round(slope, DIGITS),
            outcomes=len(judged.items),
        )
    )


def pooled(track: Track, policy: Policy) -> Numbers:
    """The pooled probability of each item."""
    return pool(track.panels(), policy).value
