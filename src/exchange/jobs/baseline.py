"""What the same panel says without a debate, beside what it says after one: and what each cost."""

from exchange.domain.event import ScoreEvent
from exchange.domain.noun import Noun
from exchange.domain.score import Baseline, Score
from exchange.domain.verdict import When
from exchange.jobs.costs import cost_in_words
from exchange.store import debates, spending
from exchange.store.engine import Store
from exchange.store.spending import Spent


class Panel(Noun):
    """A panel's value with its interval, None where there is no number; its calls, failed ones too, and their cost."""

    value: float | None
    low: float | None
    high: float | None
    calls: int
    cost: float
    in_words: str


class Compared(Noun):
    """The panel `without` a debate and `debated`; the `shared` calls, those of the priors, are counted in both."""

    without: Panel
    debated: Panel
    shared: int


def compared(store: Store, event: ScoreEvent) -> Compared | None:
    """Of a debate that was held with a baseline; None of any other."""
    name = event.debate
    if name is None or not debates.debate(store, name).setup.baseline:
        return None
    return Compared(
        without=_panel(event.score.baseline, spending.spent(store, name, only=(When.PRIOR, When.BASELINE))),
        debated=_panel(event.score, spending.spent(store, name, but=(When.BASELINE,))),
        shared=spending.spent(store, name, only=(When.PRIOR,)).calls,
    )


def _panel(number: Baseline | Score | None, spent: Spent) -> Panel:
    return Panel(
        value=number.value if number else None,
        low=number.low if number else None,
        high=number.high if number else None,
        calls=spent.calls,
        cost=spent.cost,
        in_words=cost_in_words(spent),
    )
