"""Which hypotheses concern a page, why, and how they stand: the front door for renderers."""

import logging
from typing import Any

from exchange.config import Settings, bands, settings
from exchange.domain.bands import Band, Bands
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.noun import Noun
from exchange.domain.score import ScoreEvent
from exchange.errors import ExchangeError
from exchange.pages import words
from exchange.store import hypotheses, scores
from exchange.store.engine import Store, open_store

SCHEMA = 1
_log = logging.getLogger("exchange")


class RelatedHypothesis(Noun):
    """A hypothesis as a page shows it. `value`, `low`, `high` are in [0, 1], None where there is none.

    `neighbour` is the word of the band that an open score may belong to instead.

    `caution` is a sentence that must stand beside the number; `reasons` say why the hypothesis concerns the page;
    `replaced` is the imported score that an own debate has taken the place of.
    """

    id: str
    title: str
    targets: tuple[str, ...]
    url: str
    state: str
    value: float | None
    low: float | None
    high: float | None
    band: Band | None
    certainty: str | None
    neighbour: str | None
    imported: bool
    demonstration: bool
    caution: str
    reasons: tuple[str, ...]
    debate: str | None
    at: str | None
    replaced: float | None

    @property
    def standing(self) -> tuple[str, ...]:
        """Number, interval, band, certainty and contest, each in words, as far as there are any; else the state."""
        if self.value is None or self.band is None:
            return (self.state,)
        parts = [f"{self.value:.2f}"]
        if self.low is not None and self.high is not None:
            parts.append(f"({self.low:.2f}–{self.high:.2f})")
        parts.append(f"{self.band.symbol} {self.band.word}")
        if self.certainty:
            parts.append(f"({self.certainty}{f', perhaps {self.neighbour}' if self.neighbour else ''})")
        if self.state == "contested":
            parts.append("contested")
        return tuple(parts)


class Related(Noun):
    """All hypotheses that concern the page `slug`, in the order of `best_first`.

    `problem` is a sentence to show instead, where the store could not be read.
    """

    schema_version: int = SCHEMA
    slug: str
    listed_by: str | None = None
    hypotheses: tuple[RelatedHypothesis, ...] = ()
    problem: str | None = None


def related(slug: str, db: str | None = None) -> Related:
    """The hypotheses that concern the page. Never raises for a store that is missing or broken: `problem` says so."""
    try:
        chosen = settings(db=db)
        store = open_store(chosen.database)
        try:
            return related_in(store, slug, chosen)
        finally:
            store.close()
    except ExchangeError as error:
        _log.warning("related(%r): %s", slug, error)
        return Related(slug=slug, problem="The hypotheses of this page cannot be shown at the moment.")


def related_in(store: Store, slug: str, chosen: Settings) -> Related:
    """The same from a store that is open. Raises StoreError."""
    reasons: dict[str, list[str]] = {}
    for concern in hypotheses.concerns(store, page=slug):
        reasons.setdefault(concern.hypothesis, []).append(words.reason(concern.why, concern.entity))
    found = hypotheses.some(store, tuple(reasons))
    events, imported = scores.current(store, tuple(reasons)), scores.imported_values(store, tuple(reasons))
    table = bands()
    items = [
        shown(
            each, events.get(each.id), imported.get(each.id), tuple(dict.fromkeys(reasons[each.id])), chosen.site, table
        )
        for each in found.values()
    ]
    return Related(slug=slug, hypotheses=tuple(sorted(items, key=best_first)))


def shown(
    hypothesis: Hypothesis,
    event: ScoreEvent | None,
    imported: float | None,
    reasons: tuple[str, ...],
    site: str,
    table: Bands,
) -> RelatedHypothesis:
    """One hypothesis with its current score, as pages show it."""
    score = event.score if event else None
    value = score.value if score else None
    return RelatedHypothesis(
        id=hypothesis.id,
        title=hypothesis.title,
        targets=hypothesis.targets,
        url=f"{site.rstrip('/')}/hypothesis/{hypothesis.id}",
        state=score.state.value if score else "not debated",
        value=value,
        low=score.low if score else None,
        high=score.high if score else None,
        band=None if value is None else table.of(value),
        certainty=score.certainty.value if score and score.certainty else None,
        neighbour=_word(score.neighbour, table) if score else None,
        imported=event.imported if event else False,
        demonstration=event.demonstration if event else False,
        caution=words.caution(event),
        reasons=reasons,
        debate=event.debate if event else None,
        at=event.at if event else None,
        replaced=imported if event and not event.imported else None,
    )


def _word(name: str | None, table: Bands) -> str | None:
    """The band's word; its name where the table has changed since."""
    return next((band.word for band in table.bands if band.name == name), name)


def best_first(item: RelatedHypothesis) -> tuple[Any, ...]:
    """The order of a list: the highest score first, demonstrations behind the others, those without a number last."""
    return item.value is None, item.demonstration, -(item.value or 0), item.title, item.id
