"""What became of a hypothesis in the world -> the score event that says so."""

from collections.abc import Sequence

from exchange.domain.event import Cause, Outcome, ScoreEvent, current
from exchange.domain.score import Score, State
from exchange.scoring.policy import NONE

_UNDEBATED = "no debate has been held"


def resolved(hypothesis: str, outcome: Outcome, earlier: Sequence[ScoreEvent], at: str) -> ScoreEvent:
    """The event of the outcome, given the hypothesis's events before it, oldest first.

    A claim that was retracted has no number. Else the score that stood goes on standing, the one from before a
    withdrawal where there was one; without any there is none, until a debate has been held.
    """
    if outcome.resolution.truth is None:
        reason = f"the claim was retracted: {outcome.source}"
        return _without(hypothesis, Cause.WITHDRAWN, outcome, reason, at)
    stood = current([event for event in earlier if event.cause is not Cause.WITHDRAWN])
    if stood is None:
        return _without(hypothesis, Cause.OUTCOME, outcome, _UNDEBATED, at)
    changed = dict(cause=Cause.OUTCOME, at=at, change=None, shares=(), within_noise=False, outcome=outcome)
    return stood.model_copy(update=changed)


def _without(hypothesis: str, cause: Cause, outcome: Outcome, reason: str, at: str) -> ScoreEvent:
    score = Score(state=State.INSUFFICIENT, reason=reason, policy=NONE, policy_digest="")
    return ScoreEvent(hypothesis=hypothesis, cause=cause, score=score, at=at, outcome=outcome)
