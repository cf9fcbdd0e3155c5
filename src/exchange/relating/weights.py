"""What each reason is worth, and what several come to."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from exchange.domain.relation import FLOOR, Reason, Relation, Why

MOST_REASONS = 5
_LIFT = 0.15


class Ground(NamedTuple):
    """A reason and its weight, from 0 to 1. One of at least the floor is strong, and shows a hypothesis by itself."""

    weight: float
    reason: Reason


WEIGHTS = {
    Why.LISTED: 1.0,
    Why.CHOSEN: 1.0,
    Why.SUBJECT: 0.95,
    Why.LINKED: 0.85,
    Why.NAMED: 0.75,
    Why.CLAIMED: 0.45,
    Why.CLAIM_LINKED: 0.45,
    Why.TWO_STEPS: 0.42,
    Why.NEXT_PAGE: 0.42,
}
"""Of a reason that is as good as its kind can be. How others are weakened stands where they are found."""
WEAK = 0.25
"""Of a reason that supports another and shows nothing by itself."""


def relation(hypothesis: str, grounds: Sequence[Ground]) -> Relation:
    """Strong grounds w come to 1 - prod(1 - w); weak ones to the best of them, and text that both share lifts that.

    Weak grounds do not add up: each of them joins a page to far more hypotheses than concern it. The weightiest reasons are
    kept, at most MOST_REASONS.
    """
    ordered = sorted(grounds, key=lambda ground: (-ground.weight, ground.reason))
    strong = [ground.weight for ground in ordered if ground.weight >= FLOOR]
    if strong:
        relevance = 1 - prod(1 - weight for weight in strong)
    else:
        lifted = any(ground.reason.why == Why.WORDS for ground in ordered)
        others = [ground.weight for ground in ordered if ground.reason.why != Why.WORDS]
        relevance = max(others, default=0.0) + (_LIFT if lifted else 0.0)
    kept = tuple(dict.fromkeys(ground.reason for ground in ordered))[:MOST_REASONS]
    return Relation(hypothesis, round(min(relevance, 1.0), 6), kept)
