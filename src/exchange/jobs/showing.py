"""Everything that is known of one hypothesis, and a line on each of them all."""

from typing import Any

from exchange.config import Settings, bands
from exchange.domain.debate import Turn
from exchange.domain.event import ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.noun import Noun
from exchange.domain.verdict import Unscored, Verdict
from exchange.errors import NotFound
from exchange.pages.related import RelatedHypothesis, best_first, shown
from exchange.pages.words import reason
from exchange.store import debates, hypotheses, scores, spending
from exchange.store.debates import StoredDebate
from exchange.store.engine import Store
from exchange.store.spending import Spent


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
    """What `show` shows: the claim, how it stands, every score event, and one debate."""

    hypothesis: Hypothesis
    standing: RelatedHypothesis
    pages: dict[str, tuple[str, ...]]
    events: tuple[ScoreEvent, ...]
    current: ScoreEvent | None
    debate: DebateView | None
    unfinished: str | None


def view(store: Store, name: str, settings: Settings, debate: str | None = None) -> View:
    """With that debate, or the one behind the current score, or the latest. Raises NotFound, BrokenDigest."""
    hypothesis = hypotheses.hypothesis(store, name)
    current = scores.current(store, (name,)).get(name)
    wanted = debate or (current.debate if current else None)
    held = debates.debate(store, wanted) if wanted else debates.latest(store, name)
    if held and held.hypothesis != name:
        raise NotFound(f"{name} has no debate {held.id}. `exchange show {name}` names those that it has.")
    unfinished = debates.open_debate(store, name)
    return View(
        hypothesis=hypothesis,
        standing=_standing(store, hypothesis, current, settings),
        pages=_pages(store, name),
        events=tuple(scores.events(store, name)),
        current=current,
        debate=_debate(store, held) if held else None,
        unfinished=unfinished.id if unfinished else None,
    )


def standings(store: Store, settings: Settings) -> list[RelatedHypothesis]:
    """Every hypothesis as pages show it, best first, demonstrations behind the others, those without a number last."""
    current, imported, table = scores.current(store), scores.imported_values(store), bands()
    outcomes = scores.outcomes(store)
    items = [
        shown(each, current.get(each.id), imported.get(each.id, ()), (), settings.site, table, outcomes.get(each.id))
        for each in hypotheses.every(store)
    ]
    return sorted(items, key=best_first)


def cost_in_words(spent: Spent) -> str:
    """Dollars, as far as prices are known; unknown is said to be unknown, never zero."""
    if spent.unpriced and not spent.at_most:
        return "cost unknown"
    known = f"${spent.cost:.4f}"
    if spent.unpriced:
        return f"at least {known}, {spent.unpriced} calls of unknown price"
    if spent.at_most > spent.cost:
        return f"{known}, at most ${spent.at_most:.4f} with calls whose cost nobody said"
    return known


def _standing(
    store: Store, hypothesis: Hypothesis, current: ScoreEvent | None, settings: Settings
) -> RelatedHypothesis:
    imported = scores.imported_values(store, (hypothesis.id,)).get(hypothesis.id, [])
    outcome = scores.outcomes(store, (hypothesis.id,)).get(hypothesis.id)
    return shown(hypothesis, current, imported, (), settings.site, bands(), outcome)


def _pages(store: Store, name: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for concern in hypotheses.concerns(store, hypothesis=name):
        found[concern.page] = (*found.get(concern.page, ()), reason(concern.why, concern.entity))
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
