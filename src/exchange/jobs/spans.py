"""Spans of hypotheses, scored again under a policy: in this process, or by as many as there are processors."""

import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from typing import Any

import orjson

from exchange.config import bands
from exchange.domain.address import Where
from exchange.domain.bands import Bands
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.policy import Policy
from exchange.domain.score import State
from exchange.errors import StoreError
from exchange.jobs import policies
from exchange.jobs.cases import Forms, case
from exchange.scoring import changes
from exchange.scoring.score import fields
from exchange.store import rescoring
from exchange.store.clock import now
from exchange.store.engine import Store, open_store
from exchange.store.rescoring import Record, Stood


@dataclass(kw_only=True)
class Span:
    """New rows, each with the number of the event that stood, and what they change."""

    rows: list[tuple[int, Record]]
    already: int
    moved: int = 0
    other_band: int = 0
    furthest: float = 0.0


def reread(store: Store, policy: Policy, apart: bool) -> Iterator[Span]:
    """Every span of the store under the policy; `apart` leaves the work to other processes.

    Raises BrokenDigest, ConfigError for bands that cannot be read.
    """
    bands()  # before a process is started, whose own error would come as its death
    if apart:
        yield from _apart(store, policy)
        return
    under = _Under(store, policy)
    with _uncollected():
        for first, last in rescoring.spans(store):
            yield under.span(first, last)


def reread_one(store: Store, policy: Policy, hypothesis: str) -> Span:
    """The span of one hypothesis. Raises as `reread` does."""
    return _Under(store, policy).span(hypothesis, hypothesis)


class _Under:
    """A policy, and what is the same for all hypotheses that are scored under it."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store, self._policy, self._digest = store, policy, policy.digest
        self._bands: Bands = bands()
        self._known: Mapping[str, Policy] = policies.known(store)
        self._forms = Forms(read=lambda debate: rescoring.setup(store, debate))

    def span(self, first: str, last: str) -> Span:
        """The hypotheses from the first id to the last."""
        stood = rescoring.stood(self._store, first, last)
        due = [each for each in stood if self._due(each.event)]
        results, at = fields([case(each, self._forms) for each in due], self._policy, self._bands.edges), now()
        found = Span(rows=[], already=len(stood) - len(due))
        for each, result in zip(due, results, strict=True):
            event = self._event(each, result, at)
            found.rows.append((each.number, rescoring.row(event)))
            _count(found, event, self._bands.of)
        return found

    def _due(self, event: Record) -> bool:
        own = event["basis"] is not None and event["score"]["state"] != State.FAILED
        return own and event["score"]["policy_digest"] != self._digest

    def _event(self, stood: Stood, result: Record, at: str) -> Record:
        before = stood.event
        event = before | dict(
            cause=Cause.NEW_POLICY,
            score=result,
            at=at,
            basis=before["basis"] | {"policy": self._digest},
            change=None,
            shares=(),
            within_noise=False,
            outcome=None,
        )
        return event | (changes.reread(before["score"], result) or self._explained(event, before))

    def _explained(self, event: Record, stood: Record) -> Record:
        """Where the panel that counts is another: a judge whom the stored score read otherwise than this Exchange does."""
        found = changes.explained(_noun(event), [_noun(stood)], self._known)
        return found.model_dump(mode="json", include={"cause", "change", "shares", "within_noise"})


def _noun(event: Record) -> ScoreEvent:
    return ScoreEvent.from_json(orjson.dumps(event, default=lambda noun: noun.model_dump(mode="json")))


def _count(found: Span, event: Record, band: Callable[[float], Any]) -> None:
    value, change = event["score"].get("value"), event["change"]
    if change and value is not None:
        found.moved += 1
        found.furthest = max(found.furthest, abs(change))
        found.other_band += band(value) != band(value - change)


def _apart(store: Store, policy: Policy) -> Iterator[Span]:
    """The spans in their order, computed by other processes and no further ahead than keeps all of them busy."""
    workers = os.cpu_count() or 1
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(store.address, policy)
    )
    coming: deque[Future[Span]] = deque()
    try:
        for span in rescoring.spans(store):
            coming.append(pool.submit(_span, *span))
            if len(coming) > 2 * workers:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
    except BrokenExecutor as error:
        raise StoreError(
            "A process that scored again has died. What was done is stored; the same command goes on."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


_here: Sequence[_Under] = ()


def _begin(address: Where, policy: Policy) -> None:
    """What a process of the pool does first; an interruption is its parent's to answer."""
    global _here  # a pool hands its processes nothing else
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    gc.disable()
    _here = (_Under(open_store(address), policy),)


def _leave_with_parent() -> None:
    """Ends this process when its parent has ended, however that was: a pool's own processes wait for work for ever."""
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _span(first: str, last: str) -> Span:
    return _here[0].span(first, last)


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
