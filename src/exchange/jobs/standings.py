"""A line on each hypothesis: how it stands, where it ranks, and whether it is out of date or being debated."""

from collections.abc import Iterator, Sequence
from itertools import islice

from exchange.config import Settings, bands
from exchange.domain.current import Current
from exchange.domain.event import Cause
from exchange.jobs.basis_today import Today
from exchange.jobs.ranking import Ranking, Ranks
from exchange.pages.related import RelatedHypothesis, shown
from exchange.store import debates, standing
from exchange.store.engine import Store
from exchange.store.standing import Standing

_SETUPS_AT_ONCE = 200


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


def rows(store: Store, settings: Settings, exact: bool = False) -> list[Row]:
    """Every hypothesis, by title.

    What is out of date is told as pages tell it, from claim, targets and policy; `exact` compares passages, prompts,
    rubric and format too, which takes some milliseconds for each. Raises BrokenDigest.
    """
    table, ranking = bands(), Ranking(store)
    unfinished = {hypothesis: debate for debate, hypothesis in debates.unfinished(store)}
    with store.reading() as transaction:
        found = list(standing.every(transaction))
    return [
        _row(
            shown(
                each.hypothesis,
                each.current,
                each.imported,
                None,
                settings.site,
                table,
                changed,
                each.said,
            ),
            each.current,
            ranking.of(each.hypothesis),
            unfinished.get(each.hypothesis.id),
        )
        for each, changed in _changed(store, found, exact)
    ]


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


def _changed(store: Store, found: Sequence[Standing], exact: bool) -> Iterator[tuple[Standing, tuple[str, ...]]]:
    """Each hypothesis with the parts of its score's basis that differ today."""
    today, left = Today(store), iter(found)
    while chunk := list(islice(left, _SETUPS_AT_ONCE)):
        held = [each.current.debate for each in chunk if each.current and each.current.debate] if exact else []
        setups = debates.setups(store, held) if held else {}
        for each in chunk:
            setup = setups.get(each.current.debate or "") if each.current else None
            yield each, today.differing(each.hypothesis, each.current, setup).parts
