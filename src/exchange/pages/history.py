"""A hypothesis's score events as readers are shown them: as a table, a plot, or JSON."""

from collections.abc import Sequence
from enum import StrEnum

from exchange.domain.bands import Band, Bands, Certainty
from exchange.domain.event import Cause, Outcome, ScoreEvent, Share, current
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.noun import Noun
from exchange.domain.score import State
from exchange.pages import words


class Kind(StrEnum):
    """What a plot tells apart by shape; the words are its legend."""

    SCORE = "score"
    CONTESTED = "contested"
    DEMONSTRATION = "demonstration"
    IMPORTED = "imported"
    NOISE = "re-roll within noise"
    DEMONSTRATION_NOISE = "demonstration within noise"
    OUTCOME = "outcome"
    NONE = "no number"


class HistoryEvent(Noun):
    """A score event. `value`, `low`, `high` are in [0, 1], None where there is none; `at` is UTC, ISO 8601.

    `band` is the one of today's bands that holds the value, `neighbour` the word of the band that an open score may
    belong to instead. `stood`: it was the current score from then on, until the next that stood; `current`: it is so
    still. `policy` is the policy's title.
    """

    number: int
    at: str
    state: State
    reason: str | None
    value: float | None
    low: float | None
    high: float | None
    band: Band | None
    certainty: Certainty | None
    neighbour: str | None
    cause: Cause
    change: float | None
    shares: tuple[Share, ...]
    policy: str
    debate: str | None
    origin: str | None
    demonstration: bool
    imported: bool
    within_noise: bool
    outcome: Outcome | None
    stood: bool
    current: bool

    @property
    def kind(self) -> Kind:
        """How a plot marks it."""
        told = {
            Kind.OUTCOME: self.outcome is not None,
            Kind.NONE: self.value is None,
            Kind.DEMONSTRATION_NOISE: self.within_noise and self.demonstration,
            Kind.NOISE: self.within_noise,
            Kind.IMPORTED: self.imported,
            Kind.DEMONSTRATION: self.demonstration,
            Kind.CONTESTED: self.state is State.CONTESTED,
        }
        return next((kind for kind, holds in told.items() if holds), Kind.SCORE)

    @property
    def score(self) -> str:
        """Number and interval, as far as there are any; else the state."""
        if self.value is None:
            return self.state.value
        interval = f" ({self.low:.2f}–{self.high:.2f})" if self.low is not None else ""
        return f"{self.value:.2f}{interval}"

    @property
    def place(self) -> str:
        """The band's symbol and word, and its certainty; empty where there is no number."""
        if self.band is None:
            return ""
        perhaps = f", perhaps {self.neighbour}" if self.neighbour else ""
        sure = f" ({self.certainty}{perhaps})" if self.certainty else ""
        return f"{self.band.symbol} {self.band.word}{sure}"

    @property
    def marks(self) -> tuple[str, ...]:
        """What a reader must not miss of it, in words."""
        told = {
            "current": self.current,
            "contested": self.state is State.CONTESTED,
            "demonstration": self.demonstration,
            f"imported from {self.origin}": self.imported,
            "within noise": self.within_noise,
        }
        said = [mark for mark, holds in told.items() if holds]
        if self.outcome:
            said.append(f"{self.outcome.resolution}: {self.outcome.source}")
        elif self.reason:
            said.append(self.reason)
        return tuple(said)


class History(Noun):
    """A hypothesis's score events, oldest first."""

    hypothesis: str
    title: str
    events: tuple[HistoryEvent, ...]

    @property
    def current(self) -> HistoryEvent | None:
        return next((event for event in self.events if event.current), None)


def told(hypothesis: Hypothesis, events: Sequence[tuple[int, ScoreEvent]], table: Bands) -> History:
    """The history of these events, which come with their numbers, oldest first."""
    stood = _stood(events)
    standing, latest = set(stood), stood[-1] if stood else None
    shown = tuple(_shown(number, event, table, number in standing, number == latest) for number, event in events)
    return History(hypothesis=hypothesis.id, title=hypothesis.title, events=shown)


def _stood(events: Sequence[tuple[int, ScoreEvent]]) -> list[int]:
    """The numbers of those that were the current one when they came."""
    found: list[int] = []
    stood: tuple[ScoreEvent, ...] = ()
    for number, event in events:
        if current((*stood, event)) is event:
            found.append(number)
            stood = (event,)
    return found


def _shown(number: int, event: ScoreEvent, table: Bands, stood: bool, latest: bool) -> HistoryEvent:
    score = event.score
    return HistoryEvent(
        number=number,
        at=event.at,
        state=score.state,
        reason=score.reason,
        value=score.value,
        low=score.low,
        high=score.high,
        band=None if score.value is None else table.of(score.value),
        certainty=score.certainty,
        neighbour=words.band(score.neighbour, table),
        cause=event.cause,
        change=event.change,
        shares=event.shares,
        policy=score.policy,
        debate=event.debate,
        origin=event.origin,
        demonstration=event.demonstration,
        imported=event.imported,
        within_noise=event.within_noise,
        outcome=event.outcome,
        stood=stood,
        current=latest,
    )
