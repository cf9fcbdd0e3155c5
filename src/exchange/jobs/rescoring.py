"""Stored verdicts under another policy: new score events, and no model is asked."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from exchange.config import bands
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.policy import Policy
from exchange.domain.score import State
from exchange.errors import NotFound
from exchange.jobs import policies
from exchange.jobs.cases import Forms, case
from exchange.scoring.changes import explained, reread
from exchange.scoring.score import fields
from exchange.store import rescoring
from exchange.store.clock import now
from exchange.store.engine import Store
from exchange.store.policies import put_in_force
from exchange.store.rescoring import Record, Stood


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
    time. Raises NotFound for a policy that is not stored, BrokenDigest for a row that is not as it was stored.
    """
    done, table, known = Rescored(policy=policy), bands(), policies.known(store)
    if policy.digest not in known:
        raise NotFound(f"The policy {policy.title} is not stored. `exchange calibrate` stores what it fits.")
    put_in_force(store, policy.digest)
    with _uncollected(), ThreadPoolExecutor(max_workers=1) as database:
        forms = Forms(read=lambda debate: database.submit(rescoring.setup, store, debate).result())
        under = _Under(policy=policy, digest=policy.digest, known=known, forms=forms)
        appended: Future[int] | None = None
        for chunk in _ahead(rescoring.chunks(store), database):
            due = [each for each in chunk if _due(each.event, under.digest)]
            events = under.events(due, table.edges)
            done.already += len(chunk) - len(due)
            done.rescored += appended.result() if appended else 0
            appended = database.submit(rescoring.append, store, events)
            for _, event in events:
                _count(done, event, table.of)
            on_chunk(done)
        done.rescored += appended.result() if appended else 0
        on_chunk(done)
    return done


def _ahead(chunks: Iterator[list[Stood]], database: Executor) -> Iterator[list[Stood]]:
    """The chunks; while one is worked on, the database reads the next."""
    coming = database.submit(next, chunks, None)
    while (chunk := coming.result()) is not None:
        coming = database.submit(next, chunks, None)
        yield chunk


def _due(event: Record, policy: str) -> bool:
    own = event["basis"] is not None and event["score"]["state"] != State.FAILED
    return own and event["score"]["policy_digest"] != policy


@dataclass(frozen=True, kw_only=True)
class _Under:
    """A policy, and what is the same for all hypotheses that are scored under it."""

    policy: Policy
    digest: str
    known: Mapping[str, Policy]
    forms: Forms

    def events(self, due: Sequence[Stood], edges: Mapping[str, float]) -> list[tuple[int, Record]]:
        """The new event of each, with the number of the one that stood."""
        results, at = fields([case(each, self.forms) for each in due], self.policy, edges), now()
        return [(each.number, self._event(each.event, result, at)) for each, result in zip(due, results, strict=True)]

    def _event(self, stood: Record, result: Record, at: str) -> Record:
        event = stood | dict(
            cause=Cause.NEW_POLICY,
            score=result,
            at=at,
            basis=stood["basis"] | {"policy": self.digest},
            change=None,
            shares=(),
            within_noise=False,
            outcome=None,
        )
        return event | (reread(stood["score"], result) or self._explained(event, stood))

    def _explained(self, event: Record, stood: Record) -> Record:
        """Where the panel that counts is another: a judge whom the stored score read otherwise than this Exchange does."""
        found = explained(_noun(event), [_noun(stood)], self.known)
        return found.model_dump(mode="json", include={"cause", "change", "shares", "within_noise"})


def _noun(event: Record) -> ScoreEvent:
    return ScoreEvent.from_json(orjson.dumps(event, default=lambda noun: noun.model_dump(mode="json")))


def _count(done: Rescored, event: Record, band: Callable[[float], Any]) -> None:
    value, change = event["score"].get("value"), event["change"]
    if change and value is not None:
        done.moved += 1
        done.furthest = max(done.furthest, abs(change))
        done.other_band += band(value) != band(value - change)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Does not look for cycles meanwhile: records have none, and the search took a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
