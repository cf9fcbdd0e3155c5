"""Score events: each against its digest and columns, and computed again from the debate's verdicts."""

from collections.abc import Mapping
from typing import Any

from exchange.domain.debate import Turn
from exchange.domain.event import ScoreEvent
from exchange.domain.policy import Policy
from exchange.domain.score import Score, State
from exchange.domain.setup import Setup
from exchange.domain.verdict import Unscored, Verdict
from exchange.jobs.setup import demonstration, scripted
from exchange.jobs.verifying.findings import Findings
from exchange.scoring import basis
from exchange.scoring.policy import COLD
from exchange.scoring.score import failed, score

# Every policy that ever set a score, by its digest.
POLICIES: Mapping[str, Policy] = {COLD.digest: COLD}


def event(row: Any, found: Findings) -> ScoreEvent | None:
    """The event, where it is as it was stored; whatever it was made of."""
    where = _at(row)
    found.numbered(where, row)
    event = found.record(ScoreEvent, row, where)
    if event is None:
        return None
    score = event.score
    found.columns(
        where,
        row,
        hypothesis_id=event.hypothesis,
        debate_id=event.debate,
        cause=event.cause.value,
        state=score.state.value,
        value=score.value,
        low=score.low,
        high=score.high,
        composite=score.composite,
        standing=event.standing,
        demonstration=event.demonstration,
        policy=score.policy,
        at=event.at,
    )
    return event


def follows(
    row: Any, event: ScoreEvent, setup: Setup, turns: list[Turn], verdicts: list[Verdict | Unscored], found: Findings
) -> None:
    """The event is what the debate's setup, turns and verdicts add up to."""
    where = _at(row)
    policy = POLICIES.get(event.score.policy_digest)
    if policy is None:
        found.say(where, f"its policy {event.score.policy} ({event.score.policy_digest[:12]}) is not known here.")
        return
    again = _again(event, setup, turns, verdicts, policy)
    if again != event.score:
        names = [name for name in Score.model_fields if getattr(again, name) != getattr(event.score, name)]
        found.say(where, f"computed again from its verdicts, it differs in {', '.join(names)}.")
    expected = dict(
        hypothesis=setup.brief.hypothesis,
        format=setup.format.name,
        full_format=not setup.format.demonstration,
        demonstration=demonstration(setup),
        scripted=scripted(setup),
        origin=None,
        basis=basis.basis(setup, policy),
    )
    for name, value in expected.items():
        if getattr(event, name) != value:
            found.say(where, f"its {name} does not follow from the debate.")


def _again(
    event: ScoreEvent, setup: Setup, turns: list[Turn], verdicts: list[Verdict | Unscored], policy: Policy
) -> Score:
    if event.score.state is State.FAILED:
        return failed(event.score.reason or "", policy)
    return score(verdicts, turns, setup.format, setup.rubric, policy, event.score.edges, demonstration(setup))


def _at(row: Any) -> str:
    return f"score event {row.id} of {row.debate_id or row.hypothesis_id}"
