"""Computes again what is stored, from what it was made of: with no network, to the last digit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from exchange.domain.page import Page
from exchange.errors import BrokenDigest
from exchange.jobs.recomputing import Broken, Recomputed, broken_event, differing
from exchange.store import audit, hypotheses
from exchange.store.engine import Store
from exchange.store.records import read


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
    broken, calls, scores = list[Broken](), 0, 0
    for each in names:
        rows = audit.rows(store, each)
        calls, scores = calls + len(rows.calls), scores + len(rows.events)
        broken += Recomputed(rows).broken()
    if name is None or hypothesis:
        others = audit.events_without_debate(store, hypothesis)
        scores += len(others)
        broken += [each for row in others for each in broken_event(row)]
    if name is None:
        broken += [each for row in audit.pages(store) for each in _of_page(row)]
    return Verified(debates=len(names), calls=calls, scores=scores, broken=tuple(broken))


def _named(store: Store, name: str | None) -> tuple[list[str], str | None]:
    """The debates that are meant, and the hypothesis whose they are, where one is meant."""
    if name is None:
        return audit.debate_ids(store), None
    if name.startswith("d-"):
        return [name], None
    hypothesis = hypotheses.hypothesis(store, name).id
    return audit.debate_ids(store, hypothesis), hypothesis


def _of_page(row: Any) -> Iterator[Broken]:
    try:
        page = read(Page, row.record, "It", row.digest)
    except BrokenDigest as error:
        yield Broken(where=f"page {row.slug}", why=str(error))
        return
    yield from differing(f"page {row.slug}", row, dict(slug=page.slug))
