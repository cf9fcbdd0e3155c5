"""A line on each hypothesis: how it stands, where it ranks, and whether it is out of date or being debated."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from exchange.config import Settings, bands
from exchange.domain.current import Current
from exchange.domain.event import Cause
from exchange.domain.setup import Setup
from exchange.errors import BrokenDigest
from exchange.jobs.basis_today import Today
from exchange.jobs.orders import Choice, Sort, ordered, picked
from exchange.jobs.ranking import Ranking, Ranks
from exchange.pages.related import RelatedHypothesis, shown
from exchange.store import debates, standing
from exchange.store.engine import Store
from exchange.store.lines import Line, lines
from exchange.store.standing import Standing

_AT_ONCE = 200


class Row(RelatedHypothesis):
    """A hypothesis as pages show it, its places, and what else a list may be ordered by.

    `composite`, `shift` and `spread` are those of the current score; `unfinished` is the id of its open debate.
    """

    composite: float | None
    shift: float | None
    spread: float | None
    ranks: Ranks
    withdrawn: bool
    unfinished: str | None

    @property
    def rank(self) -> int | None:
        return self.ranks.overall.rank if self.ranks.overall else None


def rows(store: Store, settings: Settings, choice: Choice | None = None) -> Iterator[Row]:
    """The chosen hypotheses in the chosen order, by their scores without a choice; each is read when its turn comes.

    What is out of date is told as pages tell it, from claim, targets and policy; `exact` compares passages, prompts,
    rubric and format too, which takes some milliseconds for each. Raises BrokenDigest.
    """
    chosen, ranking = choice or Choice(), Ranking(store)
    told = _Told(store, settings, ranking, chosen.exact)
    left = iter(_chosen(store, ranking, chosen))
    while chunk := [line.id for line in islice(left, _AT_ONCE)]:
        yield from told.of(chunk)


def _chosen(store: Store, ranking: Ranking, choice: Choice) -> list[Line]:
    with store.reading() as transaction:
        found = lines(transaction, choice.target, parts=choice.sort in (Sort.SHIFT, Sort.SPREAD))
    if choice.sort is Sort.RANK:
        found = [line._replace(rank=place.rank) if (place := ranking.overall(line.id)) else line for line in found]
    return picked(ordered(found, choice.sort, choice.reverse), choice.state, choice.limit)


class _Told:
    """Hypotheses as they are listed, so many at once."""

    def __init__(self, store: Store, settings: Settings, ranking: Ranking, exact: bool) -> None:
        self._store, self._settings, self._ranking, self._exact = store, settings, ranking, exact
        self._table, self._today = bands(), Today(store)
        self._unfinished = {hypothesis: debate for debate, hypothesis in debates.unfinished(store)}

    def of(self, names: Sequence[str]) -> Iterator[Row]:
        """In the order of the names. Raises BrokenDigest."""
        with self._store.reading() as transaction:
            found, damaged = standing.standing(transaction, names)
        for said in damaged.values():
            raise BrokenDigest(said)
        setups = self._setups(found.values())
        for each in map(found.__getitem__, names):
            setup = setups.get(each.current.debate or "") if each.current else None
            yield self._row(each, self._today.differing(each.hypothesis, each.current, setup).parts)

    def _setups(self, found: Iterable[Standing]) -> dict[str, Setup]:
        held = [each.current.debate for each in found if each.current and each.current.debate] if self._exact else []
        return debates.setups(self._store, held) if held else {}

    def _row(self, each: Standing, changed: tuple[str, ...]) -> Row:
        about, event, site = each.hypothesis, each.current, self._settings.site
        item = shown(about, event, each.imported, None, site, self._table, changed, each.said)
        return _row(item, event, self._ranking.of(about), self._unfinished.get(about.id))


def _row(item: RelatedHypothesis, event: Current | None, ranks: Ranks, unfinished: str | None) -> Row:
    score = event.score if event else None
    return Row(
        **dict(item),
        composite=score.composite if score else None,
        shift=score.shift if score else None,
        spread=score.spread if score else None,
        ranks=ranks,
        withdrawn=event is not None and event.cause is Cause.WITHDRAWN,
        unfinished=unfinished,
    )
