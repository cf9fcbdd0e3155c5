"""Score events: each against its digest and columns, and computed again from the debate's verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exchange.domain.debate import Turn
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.policy import Policy
from exchange.domain.score import Score, State
from exchange.domain.setup import Setup
from exchange.domain.verdict import Unscored, Verdict
from exchange.jobs.setup import demonstration, scripted
from exchange.jobs.verifying import outcomes
from exchange.jobs.verifying.findings import Findings
from exchange.scoring.basis import basis
from exchange.scoring.changes import explained
from exchange.scoring.score import failed, score


@dataclass(frozen=True, kw_only=True)
class Held:
    """A debate as far as scores follow from it."""

    setup: Setup
    turns: list[Turn]
    verdicts: list[Verdict | Unscored]


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
    row: Any,
    event: ScoreEvent,
    held: Held,
    earlier: Sequence[ScoreEvent] | None,
    policies: Mapping[str, Policy],
    found: Findings,
) -> None:
    """The event is what the debate's setup, turns and verdicts add up to, and differs as it says from those before it.

    `earlier` is None where those before it cannot all be read.
    """
    where, setup = _at(row), held.setup
    outcomes.check(where, event, earlier, found)
    if event.cause is Cause.OUTCOME:
        # Its score is the one that stood, which was computed again with the event that brought it.
        return
    policy = policies.get(event.score.policy_digest)
    if policy is None:
        found.say(where, f"its policy {event.score.policy} ({event.score.policy_digest[:12]}) is not known here.")
        return
    again = _again(event, held, policy)
    if differing := _differing(event.score, again):
        found.say(where, f"computed again from its verdicts, it differs in {', '.join(differing)}.")
    expected = dict(
        hypothesis=setup.brief.hypothesis,
        format=setup.format.name,
        full_format=not setup.format.demonstration,
        demonstration=demonstration(setup),
        scripted=scripted(setup),
        origin=setup.origin,
        basis=basis(setup, policy),
    )
    for name, value in expected.items():
        if getattr(event, name) != value:
            found.say(where, f"its {name} does not follow from the debate.")
    if earlier is not None and not differing:
        _changes(where, event, earlier, policies, found)


def _again(event: ScoreEvent, held: Held, policy: Policy) -> Score:
    if event.score.state is State.FAILED:
        return failed(event.score.reason or "", policy)
    setup = held.setup
    return score(held.verdicts, held.turns, setup.format, setup.rubric, policy, event.score.edges, demonstration(setup))


def _differing(stored: Score, again: Score) -> list[str]:
    """The fields that were stored and come out otherwise: one that came later is not in an older record."""
    before, after = stored.model_dump(exclude_unset=True), again.model_dump()
    return [name for name, value in before.items() if not _repeats(value, after[name])]


def _repeats(stored: Any, again: Any) -> bool:
    if isinstance(stored, dict) and isinstance(again, dict):
        return all(name in again and _repeats(value, again[name]) for name, value in stored.items())
    if isinstance(stored, tuple) and isinstance(again, tuple):
        return len(stored) == len(again) and all(map(_repeats, stored, again))
    return bool(stored == again)


def _changes(
    where: str, event: ScoreEvent, earlier: Sequence[ScoreEvent], policies: Mapping[str, Policy], found: Findings
) -> None:
    if event.cause is Cause.IMPORTED or "change" not in event.model_fields_set:
        return
    bare = event.model_copy(update=dict(change=None, shares=(), within_noise=False))
    again = explained(bare, earlier, policies)
    for name in ("cause", "change", "shares", "within_noise"):
        if getattr(again, name) != getattr(event, name):
            found.say(where, f"its {name} does not follow from the events before it.")


def _at(row: Any) -> str:
    return f"score event {row.id} of {row.debate_id or row.hypothesis_id}"
