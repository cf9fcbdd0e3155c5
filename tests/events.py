"""Score events as tests need them, and stores that hold some."""

from typing import Any

from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.score import Score, State
from exchange.store import hypotheses, scores
from exchange.store.engine import Store

AT = "2026-11-23T00:00:00.000000+00:00"


def score(value: float | None = 0.5, state: State = State.SCORED, **changed: Any) -> Score:
    """A number with its interval; without a value, insufficient."""
    known: dict[str, Any] = dict(policy="cold 2", policy_digest="0" * 64) | changed
    if value is None:
        return Score(state=State.INSUFFICIENT, reason="too few judges", **known)
    return Score(**{"state": state, "value": value, "low": value / 2, "high": (1 + value) / 2, **known})


def scored(value: float | None = 0.5, hypothesis: str = "h-00000001", **changed: Any) -> ScoreEvent:
    """What a full debate gave; `state` and the like go to its score."""
    of_score = {name: changed.pop(name) for name in list(changed) if name in Score.model_fields}
    known: dict[str, Any] = dict(hypothesis=hypothesis, cause=Cause.FIRST_DEBATE, at=AT) | changed
    return ScoreEvent(score=score(value, **of_score), **known)


def imported(value: float, hypothesis: str = "h-00000001") -> ScoreEvent:
    """What another site says."""
    number = Score(state=State.SCORED, value=value, policy="imported", policy_digest="")
    return ScoreEvent(hypothesis=hypothesis, cause=Cause.IMPORTED, score=number, at=AT, origin="a wiki")


def append(store: Store, *events: ScoreEvent) -> None:
    """Appends them in their order; hypotheses that are not stored yet come to be."""
    with store.writing() as transaction:
        for event in events:
            if hypotheses.stored(transaction, event.hypothesis) is None:
                hypotheses.save(transaction, Hypothesis(id=event.hypothesis, title=event.hypothesis))
            scores.append(transaction, event)


def save(store: Store, *wanted: Hypothesis) -> None:
    """Stores the hypotheses."""
    with store.writing() as transaction:
        for each in wanted:
            hypotheses.save(transaction, each)
