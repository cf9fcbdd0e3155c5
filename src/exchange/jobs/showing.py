"""Everything that is known of one hypothesis."""

from typing import Any

from exchange.config import Settings, bands
from exchange.domain.debate import Turn
from exchange.domain.event import ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.noun import Noun
from exchange.domain.verdict import Unscored, Verdict
from exchange.errors import NotFound
from exchange.jobs.baseline import Compared, compared
from exchange.jobs.basis_today import Differing, Today
from exchange.jobs.costs import cost_in_words
from exchange.jobs.ranking import Ranking, Ranks
from exchange.pages.related import RelatedHypothesis, shown
from exchange.pages.words import reason
from exchange.store import debates, hypotheses, relations, scores, spending
from exchange.store.debates import StoredDebate
from exchange.store.engine import Store


class DebateView(Noun):
    """A debate with its turns, its verdicts and what it came to."""

    id: str
    state: str
    stop_reason: str | None
    format: str
    rubric: str
    started_at: str
    ended_at: str | None
    by_title: bool
    claim: str
    models: dict[str, str]
    passages: tuple[dict[str, Any], ...]
    turns: tuple[Turn, ...]
    verdicts: tuple[Verdict | Unscored, ...]
    spent: dict[str, Any]


class View(Noun):
    """What `show` shows: the claim, how it stands, where it ranks, every score event, and one debate.

    `legend` says what the words mean that are said of the score; `out_of_date` are the parts of its basis that differ today,
    and `baseline` is what its panel said without a debate. `outcome` is the latest event that says what became of the
    hypothesis in the world.
    """

    hypothesis: Hypothesis
    standing: RelatedHypothesis
    legend: dict[str, str]
    ranks: Ranks
    out_of_date: Differing
    outcome: ScoreEvent | None
    pages: dict[str, tuple[str, ...]]
    events: tuple[ScoreEvent, ...]
    current: ScoreEvent | None
    baseline: Compared | None
    debate: DebateView | None
    unfinished: str | None


def view(store: Store, name: str, settings: Settings, debate: str | None = None) -> View:
    """With that debate, or the one behind the current score, or the latest. Raises NotFound, BrokenDigest."""
    hypothesis = hypotheses.hypothesis(store, name)
    current = scores.current(store, (name,)).get(name)
    held = _held(store, name, debate or (current.debate if current else None))
    unfinished = debates.open_debate(store, name)
    out_of_date = _out_of_date(store, hypothesis, current)
    standing = _standing(store, hypothesis, current, settings, out_of_date.parts)
    return View(
        hypothesis=hypothesis,
        standing=standing,
        legend=standing.legend,
        ranks=Ranking(store).of(hypothesis),
        out_of_date=out_of_date,
        outcome=scores.outcomes(store, (name,)).get(name),
        pages=_pages(store, name),
        events=tuple(scores.events(store, name)),
        current=current,
        baseline=compared(store, current) if current else None,
        debate=_debate(store, held) if held else None,
        unfinished=unfinished.id if unfinished else None,
    )


def _held(store: Store, name: str, wanted: str | None) -> StoredDebate | None:
    held = debates.debate(store, wanted) if wanted else debates.latest(store, name)
    if held and held.hypothesis != name:
        raise NotFound(f"{name} has no debate {held.id}. `exchange show {name}` names those that it has.")
    return held


def _out_of_date(store: Store, hypothesis: Hypothesis, current: ScoreEvent | None) -> Differing:
    setup = debates.debate(store, current.debate).setup if current and current.debate else None
    return Today(store).differing(hypothesis, current, setup)


def _standing(
    store: Store,
    hypothesis: Hypothesis,
    current: ScoreEvent | None,
    settings: Settings,
    changed: tuple[str, ...],
) -> RelatedHypothesis:
    imported = scores.imported_values(store, (hypothesis.id,)).get(hypothesis.id, [])
    outcome = scores.outcomes(store, (hypothesis.id,)).get(hypothesis.id)
    return shown(hypothesis, current, imported, None, settings.site, bands(), changed, outcome)


def _pages(store: Store, name: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for page, relation in relations.related(store, hypothesis=name):
        found[page] = tuple(reason(why, *names) for why, names in relation.reasons)
    return found


def _debate(store: Store, held: StoredDebate) -> DebateView:
    spent = spending.spent(store, held.id)
    setup = held.setup
    return DebateView(
        id=held.id,
        state=held.state,
        stop_reason=held.stop_reason,
        format=setup.format.name,
        rubric=setup.rubric.name,
        started_at=held.started_at,
        ended_at=held.ended_at,
        by_title=setup.brief.by_title,
        claim=setup.brief.claim,
        models={seat.name: seat.model for seat in setup.seats},
        passages=tuple(passage.model_dump(mode="json", exclude={"sentences"}) for passage in setup.brief.passages),
        turns=debates.turns(store, held.id),
        verdicts=debates.verdicts(store, held.id),
        spent=vars(spent) | {"in_words": cost_in_words(spent)},
    )
