"""Which hypotheses concern a page, why, and how they stand."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ConfigDict, Field

from exchange.config import Settings, bands
from exchange.domain.bands import Band, Bands
from exchange.domain.current import Told
from exchange.domain.event import Outcome
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.noun import Noun
from exchange.domain.policy import COLD, ENOUGH_OUTCOMES
from exchange.domain.relation import Direction, Relation
from exchange.errors import ExchangeError
from exchange.pages import links, words
from exchange.pages.arranged import Item, arranged
from exchange.pages.basis import out_of_date
from exchange.store import standing
from exchange.store.engine import Store

SCHEMA = 1
RELATED_SCHEMA = f"exchange.related/{SCHEMA}"
HYPOTHESIS_SCHEMA = "exchange.hypothesis/1"
_log = logging.getLogger("exchange")
_COLD = COLD.digest


class Like(Noun):
    """A hypothesis that says nearly the same as one that is shown, and is folded into it."""

    id: str
    title: str
    url: str
    value: float | None


class RelatedHypothesis(Noun):
    """A hypothesis as a page shows it. `value`, `low`, `high` are in [0, 1], None where there is none.

    `neighbour` is the word of the band that an open score may belong to instead.

    `caution` is a sentence that must stand beside the number; `reasons` say why the hypothesis concerns the page;
    `replaced` is the imported score that an own debate has taken the place of; `outcome` is what became of the hypothesis
    in the world, whatever its score. `relevance`, in [0, 1], is how much it concerns the page, apart from its score; `curated`
    says that a person put it there. `direction` is what it would do to its target, raises or lowers; `like` are those that say
    nearly the same; `opposes` is the id of the one on the page that expects the opposite of the same target. `note` is to be
    said of every score that a debate of ours gave, and `debate_url` is where the site shows that debate. `out_of_date` names
    the parts of the basis that differ today, as far as they were
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
    note: str = ""
    debate_url: str | None = None
    uncalibrated: bool = False
    out_of_date: tuple[str, ...] = ()
    relevance: float | None = Field(default=None, ge=0, le=1)
    curated: bool = False
    direction: Direction | None = None
    like: tuple[Like, ...] = ()
    opposes: str | None = None

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
    def aim(self) -> str:
        """The targets, and what would be done to them: raises PLIN2; empty where there are none."""
        return f"{self.direction or 'target'} {', '.join(self.targets)}" if self.targets else ""

    @property
    def because(self) -> str:
        """Why the page shows it, and how much it concerns the page, as a sentence; empty where no page asks."""
        return words.because(self.reasons, self.relevance) if self.reasons else ""

    @property
    def as_like(self) -> Like:
        """What is told of it where it is folded into another."""
        return Like(id=self.id, title=self.title, url=self.url, value=self.value)

    @property
    def said(self) -> tuple[str, ...]:
        """What stands behind the score, each in a word: the marks, and what became of the hypothesis in the world."""
        return (*self.marks, *([self.outcome.resolution.value] if self.outcome else []))

    @property
    def legend(self) -> dict[str, str]:
        """Each word that is said of the score, with what it means."""
        return words.legend((self.state, self.certainty or "", *self.said))

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

    model_config = ConfigDict(serialize_by_alias=True)

    schema_: str = Field(default=RELATED_SCHEMA, alias="schema")
    slug: str
    hypotheses: tuple[RelatedHypothesis, ...] = ()
    known: bool = True
    damaged: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def schema_version(self) -> int:
        """The number in `schema`: it rises when a field changes its meaning or goes, not when one is added."""
        return SCHEMA

    @property
    def groups(self) -> tuple[tuple[RelatedHypothesis, ...], ...]:
        """The hypotheses in their order, two together where they expect the opposite of the same target."""
        groups: list[tuple[RelatedHypothesis, ...]] = []
        for item in self.hypotheses:
            if groups and groups[-1][-1].id == item.opposes:
                groups[-1] = (*groups[-1], item)
            else:
                groups.append((item,))
        return tuple(groups)

    @property
    def legend(self) -> dict[str, str]:
        """Each word that is said of these scores, once, with what it means."""
        return words.legend(word for item in self.hypotheses for word in item.legend)


class FoundHypothesis(Noun):
    """One hypothesis that was asked for by its id: as pages show it, or the `sentence` to show in its place.

    `known` is False where nothing is stored under that id; `damaged` where the rows are no longer as they were stored;
    `problem` is a sentence, where the store could not be read.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    schema_: str = Field(default=HYPOTHESIS_SCHEMA, alias="schema")
    id: str
    hypothesis: RelatedHypothesis | None = None
    known: bool = True
    damaged: bool = False
    problem: str | None = None

    @property
    def sentence(self) -> str | None:
        """What to say where there is nothing to show."""
        if self.hypothesis is not None:
            return None
        return self.problem or (words.ONE_DAMAGED if self.damaged else words.NO_SUCH)


def related_in(store: Store, slug: str, chosen: Settings) -> Related:
    """What concerns the page of that slug, artifact id or wiki_page_id, from a store that is open; as `related`."""
    try:
        return pages_in(store, (slug,), chosen, bands())[0]
    except ExchangeError as error:
        _log.warning("related(%r): %s", slug, error)
        return Related(slug=slug, problem=words.PROBLEM)


def pages_in(store: Store, names: Sequence[str], chosen: Settings, table: Bands) -> tuple[Related, ...]:
    """The same of many pages, in their order, with one query. Raises StoreError."""
    with store.reading() as transaction:
        found = standing.on_pages(transaction, names)
    _log_damaged(
        {each.hypothesis: why for page in found.values() for each, why in page.relations if isinstance(why, str)}
    )
    return tuple(
        _page(found[name], chosen.site, table) if name in found else Related(slug=name, known=False) for name in names
    )


def one_in(store: Store, name: str, chosen: Settings, table: Bands) -> FoundHypothesis:
    """The hypothesis with that id. Raises StoreError."""
    with store.reading() as transaction:
        found, damaged = standing.standing(transaction, (name,))
    _log_damaged(damaged)
    if name in found:
        return FoundHypothesis(id=name, hypothesis=as_shown(found[name], None, chosen.site, table))
    return FoundHypothesis(id=name, known=name in damaged, damaged=name in damaged)


def _page(page: standing.OnPage, site: str, table: Bands) -> Related:
    items = [
        Item(as_shown(each, relation, site, table), each.stance, each.kin)
        for relation, each in page.relations
        if not isinstance(each, str)
    ]
    return Related(
        slug=page.slug,
        hypotheses=arranged(items, best_first),
        damaged=tuple(sorted(relation.hypothesis for relation, each in page.relations if isinstance(each, str))),
    )


def _log_damaged(damaged: Mapping[str, str]) -> None:
    for name, why in damaged.items():
        _log.warning("%s: %s", name, why)


def as_shown(found: standing.Standing, relation: Relation | None, site: str, table: Bands) -> RelatedHypothesis:
    """One hypothesis as pages show it, with what joins it to the page, if one asks."""
    changed = out_of_date(found.hypothesis, found.current, found.policy or _COLD, found.digests)
    direction = Direction(found.direction) if found.direction else None
    return shown(found.hypothesis, found.current, found.imported, relation, site, table, changed, found.said, direction)


def shown(
    hypothesis: Hypothesis,
    event: Told | None,
    imported: Sequence[tuple[str, float]],
    relation: Relation | None,
    site: str,
    table: Bands,
    changed: tuple[str, ...] = (),
    outcome: Told | None = None,
    direction: Direction | None = None,
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
        reasons=tuple(words.reason(why, *names) for why, names in relation.reasons) if relation else (),
        relevance=relation.relevance if relation else None,
        curated=relation is not None and any(reason.curated for reason in relation.reasons),
        direction=direction,
        debate=event.debate if event else None,
        at=event.at if event else None,
        replaced=_replaced(event, imported),
        uncalibrated=event is not None and _uncalibrated(event),
        out_of_date=changed,
        outcome=outcome.outcome if outcome else None,
        note=words.NOT_CURATED if event and event.debate else "",
        debate_url=links.debate(site.rstrip("/"), event.debate) if event else None,
    )


def _uncalibrated(event: Told) -> bool:
    """Is it a number of ours that nobody could check yet? A demonstration is worth no check."""
    own = event.score.value is not None and not event.imported and not event.demonstration
    return own and event.score.outcomes < ENOUGH_OUTCOMES


def _replaced(event: Told | None, imported: Sequence[tuple[str, float]]) -> float | None:
    """The imported value that stood before the first own debate displaced it."""
    if event is None or event.imported:
        return None
    earlier = [value for at, value in imported if at < event.at]
    return earlier[-1] if earlier else None


def best_first(item: RelatedHypothesis) -> tuple[Any, ...]:
    """The order of a list: the highest score first, demonstrations behind the others, those without a number last."""
    return item.value is None, item.demonstration, -(item.value or 0), item.title, item.id
