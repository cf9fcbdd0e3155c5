"""A line on each hypothesis: how it stands, where it ranks, and whether it is out of date or being debated."""

from collections.abc import Iterator, Mapping, Sequence

from exchange.config import Settings, bands
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.jobs.basis_today import Today
from exchange.jobs.ranking import Ranking, Ranks
from exchange.pages.related import RelatedHypothesis, shown
from exchange.store import debates, hypotheses, scores
from exchange.store.engine import Store

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
    current, imported, table = scores.current(store), scores.imported_values(store), bands()
    said = scores.outcomes(store)
    unfinished = {hypothesis: debate for debate, hypothesis in debates.unfinished(store)}
    ranking = Ranking(store)
    return [
        _row(
            shown(
                each,
                current.get(each.id),
                imported.get(each.id, ()),
                (),
                settings.site,
                table,
                changed,
                said.get(each.id),
            ),
            current.get(each.id),
            ranking.of(each),
            unfinished.get(each.id),
        )
        for each, changed in _changed(store, hypotheses.every(store), current, exact)
    ]


def _row(item: RelatedHypothesis, event: ScoreEvent | None, ranks: Ranks, unfinished: str | None) -> Row:
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


def _changed(
    store: Store, everything: Sequence[Hypothesis], current: Mapping[str, ScoreEvent], exact: bool
) -> Iterator[tuple[Hypothesis, tuple[str, ...]]]:
    """Each hypothesis with the parts of its score's basis that differ today."""
    today = Today(store)
    for start in range(0, len(everything), _SETUPS_AT_ONCE):
        chunk = [(each, current.get(each.id)) for each in everything[start : start + _SETUPS_AT_ONCE]]
        held = [event.debate for _, event in chunk if event and event.debate] if exact else []
        setups = debates.setups(store, held) if held else {}
        for each, event in chunk:
            setup = setups.get(event.debate or "") if event else None
            yield each, today.differing(each, event, setup).parts
