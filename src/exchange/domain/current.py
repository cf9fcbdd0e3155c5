"""A score event as far as readers are told of it."""

from pydantic import ConfigDict, Field

from exchange.domain.bands import Certainty
from exchange.domain.event import Basis, Cause, Outcome, ScoreEvent
from exchange.domain.noun import Noun
from exchange.domain.score import State


class _Glance(Noun):
    """A part of a record: what else the record holds is left unread, which halves the time that reading takes."""

    model_config = ConfigDict(extra="ignore")


class CurrentJudge(_Glance):
    """Who judged."""

    model: str


class CurrentScore(_Glance):
    """The fields of a Score that pages and lists show, with its units and ranges."""

    state: State
    reason: str | None = None
    value: float | None = Field(default=None, ge=0, le=1)
    low: float | None = Field(default=None, ge=0, le=1)
    high: float | None = Field(default=None, ge=0, le=1)
    composite: float | None = Field(default=None, ge=0, le=1)
    shift: float | None = Field(default=None, ge=-1, le=1)
    certainty: Certainty | None = None
    neighbour: str | None = None
    judges: tuple[CurrentJudge, ...] = ()
    spread: float | None = Field(default=None, ge=0)
    outcomes: int = Field(default=0, ge=0)


class Current(_Glance):
    """The fields of the current ScoreEvent, and of that of the outcome, that pages and lists show."""

    hypothesis: str
    cause: Cause
    score: CurrentScore
    at: str
    debate: str | None = None
    format: str | None = None
    demonstration: bool = False
    scripted: bool = False
    origin: str | None = None
    basis: Basis | None = None
    outcome: Outcome | None = None

    @property
    def imported(self) -> bool:
        return self.origin is not None


# A score event, whole or as far as readers are told of it.
Told = ScoreEvent | Current
