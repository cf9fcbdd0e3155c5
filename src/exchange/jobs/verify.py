"""Computes again what is stored, from what it was made of: with no network, to the last digit."""

from dataclasses import dataclass
from typing import Any

from exchange.domain.event import SAID_OF_THE_WORLD
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.page import Page
from exchange.errors import NotFound
from exchange.jobs import policies
from exchange.jobs.verifying import debate, outcomes, scores
from exchange.jobs.verifying.findings import Broken, Findings
from exchange.jobs.verifying.history import History
from exchange.store import audit, hypotheses, soundness
from exchange.store.engine import Store

__all__ = ["Broken", "Verified", "verify"]


@dataclass(frozen=True, kw_only=True)
class Verified:
    """How much was looked at, and what is broken."""

    debates: int
    calls: int
    scores: int
    broken: tuple[Broken, ...]


def verify(store: Store, name: str | None = None) -> Verified:
    """Checks everything, or one hypothesis with its debates, or one debate. Raises NotFound."""
    names, hypothesis = _named(store, name)
    found, calls, events = Findings(), 0, 0
    history = History(store, policies.known(store))
    for each in names:
        try:
            rows = audit.rows(store, each)
        except NotFound:
            if each == name:
                raise
            found.say(f"debate {each}", "it cannot be found by its own id.")
            continue
        calls, events = calls + len(rows.calls), events + len(rows.events)
        debate.check(rows, lambda name: audit.rows(store, name), history, found)
    if name is None or hypothesis:
        others = audit.events_without_debate(store, hypothesis)
        events += len(others)
        for row in others:
            event = scores.event(row, found)
            if event and (event.outcome or event.cause in SAID_OF_THE_WORLD):
                where = f"score event {row.id} of {event.hypothesis}"
                outcomes.check(where, event, history.before(row.id, event.hypothesis), found)
    if name is None:
        _everything_else(store, found)
    return Verified(debates=len(names), calls=calls, scores=events, broken=tuple(found.broken))


def _named(store: Store, name: str | None) -> tuple[list[str], str | None]:
    """The debates that are meant, and the hypothesis whose they are, where one is meant."""
    if name is None:
        return audit.debate_ids(store), None
    if name.startswith("d-"):
        return [name], None
    hypothesis = hypotheses.hypothesis(store, name).id
    return audit.debate_ids(store, hypothesis), hypothesis


def _everything_else(store: Store, found: Findings) -> None:
    for row in audit.pages(store):
        _page(row, found)
    for row in audit.hypotheses(store):
        _hypothesis(row, found)
    for where, why in soundness.faults(store):
        found.say(where, why)


def _page(row: Any, found: Findings) -> None:
    page = found.record(Page, row, f"page {row.slug}")
    if page:
        found.columns(f"page {row.slug}", row, slug=page.slug)


def _hypothesis(row: Any, found: Findings) -> None:
    hypothesis = found.record(Hypothesis, row, f"hypothesis {row.id}")
    if hypothesis:
        found.columns(f"hypothesis {row.id}", row, id=hypothesis.id, title=hypothesis.title)
