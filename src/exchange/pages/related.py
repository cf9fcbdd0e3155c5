"""Which hypotheses concern a page, why, and how they stand: the front door for renderers."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from exchange.config import Settings, bands, settings
from exchange.domain.bands import Band, Bands
from exchange.domain.event import Outcome, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.noun import Noun
from exchange.domain.policy import COLD, ENOUGH_OUTCOMES
from exchange.errors import BrokenDigest, ExchangeError
from exchange.pages import words
from exchange.pages.basis import out_of_date
from exchange.store import hypotheses, policies, scores
from exchange.store.engine import Store, open_store
from exchange.store.pages import page_slug

SCHEMA = 1
_log = logging.getLogger("exchange")


class RelatedHypothesis(Noun):
    """A hypothesis as a page shows it. `value`, `low`, `high` are in [0, 1], None where there is none.

    `neighbour` is the word of the band that an open score may belong to instead.

    `caution` is a sentence that must stand beside the number; `reasons` say why the hypothesis concerns the page;
    `replaced` is the imported score that an own debate has taken the place of; `outcome` is what became of the hypothesis
    in the world, whatever its score. `out_of_date` names the parts of the basis that differ today, as far as they were
    compared.
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
    outcome: Outcome | None = None
    uncalibrated: bool = False
    out_of_date: tuple[str, ...] = ()

    @property
    def marks(self) -> tuple[str, ...]:
        """What is to be said of the score beside its state."""
        marks = {
            words.DEMONSTRATION: self.demonstration,
            words.IMPORTED_MARK: self.imported,
            words.UNCALIBRATED: self.uncalibrated,
            words.OUT_OF_DATE: bool(self.out_of_date),
        }
        return tuple(mark for mark, is_set in marks.items() if is_set)

    @property
    def legend(self) -> dict[str, str]:
        """Each word that is said of the score, with what it means."""
        return words.legend((self.state, self.certainty or "", *self.marks))

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

    `problem` is a sentence to show instead, where the store could not be read; `damaged` are the ids of hypotheses
    whose rows are no longer as they were stored.
    """

    schema_version: int = SCHEMA
    slug: str
    hypotheses: tuple[RelatedHypothesis, ...] = ()
    known: bool = True
    damaged: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def legend(self) -> dict[str, str]:
        """Each word that is said of these scores, once, with what it means."""
        return words.legend(word for item in self.hypotheses for word in item.legend)


def related(slug: str, db: str | None = None) -> Related:
    """The hypotheses that concern the page of that slug, artifact id or wiki_page_id.

    Never raises for a store that is missing or broken: `problem` says so. A page that is not stored has `known` False.
    `db` is the path of the SQLite file, where it is not the one of the settings.
    """
    try:
        chosen = settings(db=db)
        store = open_store(chosen.database)
        try:
            return related_in(store, str(slug), chosen)
        finally:
            store.close()
    except ExchangeError as error:
        return _problem(str(slug), error)


def related_in(store: Store, slug: str, chosen: Settings) -> Related:
    """The same from a store that is open."""
    try:
        known = page_slug(store, slug)
        return Related(slug=slug, known=False) if known is None else _related(store, known, chosen.site, bands())
    except ExchangeError as error:
        return _problem(slug, error)


def _problem(slug: str, error: ExchangeError) -> Related:
    _log.warning("related(%r): %s", slug, error)
    return Related(slug=slug, problem=words.PROBLEM)


def _related(store: Store, slug: str, site: str, table: Bands) -> Related:
    reasons: dict[str, list[str]] = {}
    for concern in hypotheses.concerns(store, page=slug):
        reasons.setdefault(concern.hypothesis, []).append(words.reason(concern.why, concern.entity))
    imported = scores.imported_values(store, tuple(reasons))
    found, policy = list(_whole(store, tuple(reasons))), policies.digest_in_force(store) or COLD.digest
    items = [
        shown(
            each,
            event,
            imported.get(each.id, ()),
            tuple(dict.fromkeys(reasons[each.id])),
            site,
            table,
            out_of_date(each, event, policy),
            outcome,
        )
        for each, event, outcome in found
    ]
    whole = {each.id for each, _, _ in found}
    return Related(
        slug=slug,
        hypotheses=tuple(sorted(items, key=best_first)),
        damaged=tuple(sorted(each for each in reasons if each not in whole)),
    )


def _whole(store: Store, names: tuple[str, ...]) -> Iterator[tuple[Hypothesis, ScoreEvent | None, ScoreEvent | None]]:
    """Each hypothesis with its current score and its outcome; those that are damaged are logged and left out."""
    try:
        found, events, outcomes = (
            hypotheses.some(store, names),
            scores.current(store, names),
            scores.outcomes(store, names),
        )
    except BrokenDigest as error:
        if len(names) == 1:
            _log.warning("%s: %s", names[0], error)
            return
        for name in names:
            yield from _whole(store, (name,))
        return
    for each in found.values():
        yield each, events.get(each.id), outcomes.get(each.id)


def shown(
    hypothesis: Hypothesis,
    event: ScoreEvent | None,
    imported: Sequence[tuple[str, float]],
    reasons: tuple[str, ...],
    site: str,
    table: Bands,
    changed: tuple[str, ...] = (),
    outcome: ScoreEvent | None = None,
) -> RelatedHypothesis:
    """One hypothesis with its current score, and the event of its outcome, as pages show it.

    `changed` are the parts of its basis that differ today.
    """
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
        neighbour=words.band(score.neighbour, table) if score else None,
        imported=event.imported if event else False,
        demonstration=event.demonstration if event else False,
        caution=" ".join(filter(None, (words.caution(event), words.changed(changed)))),
        reasons=reasons,
        debate=event.debate if event else None,
        at=event.at if event else None,
        replaced=_replaced(event, imported),
        uncalibrated=event is not None and _uncalibrated(event),
        out_of_date=changed,
        outcome=outcome.outcome if outcome else None,
    )


def _uncalibrated(event: ScoreEvent) -> bool:
    """Is it a number of ours that nobody could check yet? A demonstration is worth no check."""
    own = event.score.value is not None and not event.imported and not event.demonstration
    return own and event.score.outcomes < ENOUGH_OUTCOMES


def _replaced(event: ScoreEvent | None, imported: Sequence[tuple[str, float]]) -> float | None:
    """The imported value that stood before the first own debate displaced it."""
    if event is None or event.imported:
        return None
    earlier = [value for at, value in imported if at < event.at]
    return earlier[-1] if earlier else None


def best_first(item: RelatedHypothesis) -> tuple[Any, ...]:
    """The order of a list: the highest score first, demonstrations behind the others, those without a number last."""
    return item.value is None, item.demonstration, -(item.value or 0), item.title, item.id
