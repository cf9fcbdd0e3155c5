"""Stored verdicts under another policy: new score events, and no model is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exchange.config import bands
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.policy import Policy
from exchange.domain.score import State
from exchange.jobs import policies
from exchange.jobs.cases import Forms, case
from exchange.scoring.changes import explained
from exchange.scoring.score import scores
from exchange.store import rescoring
from exchange.store.clock import now
from exchange.store.engine import Store
from exchange.store.policies import put_in_force
from exchange.store.rescoring import Stood


@dataclass(kw_only=True)
class Rescored:
    """How many current scores were computed again, how many stood under the policy already, and what changed."""

    policy: Policy
    rescored: int = 0
    already: int = 0
    moved: int = 0
    other_band: int = 0
    furthest: float = 0.0


def rescore(store: Store, policy: Policy, on_chunk: Callable[[Rescored], None] = lambda _: None) -> Rescored:
    """Appends a score event under the policy for every hypothesis whose current score comes from a debate.

    The policy is in force from the first event on. What was done when this is stopped stays done, and is skipped the next
    time. Raises BrokenDigest for a row that is not as it was stored.
    """
    table, known, forms = bands(), policies.known(store), Forms()
    put_in_force(store, policy.digest)
    done = Rescored(policy=policy)
    for chunk in rescoring.chunks(store):
        due = [each for each in chunk if each.event.score.policy_digest != policy.digest and each.event.basis]
        done.already += len(chunk) - len(due)
        if due:
            events = _events(due, policy, table.edges, known, forms)
            done.rescored += rescoring.append(store, events)
            for _, event in events:
                _count(done, event, table.of)
        on_chunk(done)
    return done


def _events(
    due: list[Stood], policy: Policy, edges: dict[str, float], known: dict[str, Policy], forms: Forms
) -> list[tuple[int, ScoreEvent]]:
    held = [each for each in due if each.event.score.state is not State.FAILED]
    results = scores([case(each, forms) for each in held], policy, edges)
    at = now()
    events = []
    for each, result in zip(held, results, strict=True):
        stood = each.event
        event = stood.model_copy(
            update=dict(
                cause=Cause.NEW_POLICY,
                score=result,
                at=at,
                basis=stood.basis and stood.basis.model_copy(update={"policy": policy.digest}),
                change=None,
                shares=(),
                within_noise=False,
                outcome=None,
            )
        )
        events.append((each.number, explained(event, (stood,), known)))
    return events


def _count(done: Rescored, event: ScoreEvent, band: Callable[[float], Any]) -> None:
    if event.change and event.score.value is not None:
        done.moved += 1
        done.furthest = max(done.furthest, abs(event.change))
        done.other_band += band(event.score.value) != band(event.score.value - event.change)
