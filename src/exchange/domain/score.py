"""What the verdicts add up to."""

from enum import StrEnum

from pydantic import Field

from exchange.domain.bands import Certainty
from exchange.domain.identity import digest
from exchange.domain.noun import Noun


class State(StrEnum):
    """Whether there is a number, and whether the judges agree on it."""

    SCORED = "scored"
    CONTESTED = "contested"
    INSUFFICIENT = "insufficient"
    FAILED = "failed"


class Cause(StrEnum):
    """Why a score event was appended."""

    FIRST_DEBATE = "first debate"
    NEW_EVIDENCE = "new evidence"
    NEW_JUDGE = "new judge or model"
    NEW_RULES = "new prompts or rubric"
    NEW_POLICY = "new policy"
    REROLL = "re-roll"
    IMPORTED = "imported"
    OUTCOME = "outcome"
    WITHDRAWN = "withdrawn"


class Policy(Noun):
    """The constants of the pool: a score names the policy that computed it.

    `clip` bounds a credence from below (and 1 - clip from above); `spread` is the typical standard deviation between
    judges in logits, worth `spread_weight` degrees of freedom; `correlation` is rho between judges' errors; `level`
    is the interval's nominal coverage; `split` are the credences that a split panel has judges on both sides of.
    """

    name: str
    version: str
    clip: float = Field(gt=0, lt=0.5)
    spread: float = Field(gt=0)
    spread_weight: float = Field(gt=0)
    correlation: float = Field(ge=0, lt=1)
    level: float = Field(gt=0.5, lt=1)
    firm: float = Field(gt=0.5, lt=1)
    leaning: float = Field(gt=0.5, lt=1)
    split: tuple[float, float]

    @property
    def digest(self) -> str:
        return digest(self.model_dump(mode="json"))


class CriterionScore(Noun):
    """The pooled rating of one criterion; both numbers in [0, 1]."""

    name: str
    label: str
    weight: float = Field(ge=0, le=1)
    value: float = Field(ge=0, le=1)


class JudgeScore(Noun):
    """One judge before and after: probabilities in [0, 1], None where there was no verdict."""

    seat: str
    model: str
    prior: float | None = Field(ge=0, le=1)
    final: float | None = Field(ge=0, le=1)
    shift: float | None = Field(ge=-1, le=1)
    by_order: dict[str, float]


class Score(Noun):
    """`value` is the pooled credence with its interval `low` to `high`; `composite` is the rubric's weighted mean.

    All are in [0, 1] and rounded to 9 decimals. Where the state is insufficient or failed they are None and `reason`
    says why. `neighbour` is the band that the score may belong to instead, where its certainty is open; `edges` are the
    bands that the certainty was found for.
    """

    state: State
    reason: str | None = None
    value: float | None = Field(default=None, ge=0, le=1)
    low: float | None = Field(default=None, ge=0, le=1)
    high: float | None = Field(default=None, ge=0, le=1)
    composite: float | None = Field(default=None, ge=0, le=1)
    prior: float | None = Field(default=None, ge=0, le=1)
    shift: float | None = Field(default=None, ge=-1, le=1)
    certainty: Certainty | None = None
    neighbour: str | None = None
    edges: dict[str, float] = Field(default_factory=dict)
    criteria: tuple[CriterionScore, ...] = ()
    judges: tuple[JudgeScore, ...] = ()
    unscored: int = Field(default=0, ge=0)
    missing_criteria: tuple[str, ...] = ()
    policy: str
    policy_digest: str


class Basis(Noun):
    """Digests of all that a score rests on."""

    claim: str
    entities: str
    evidence: str
    prompts: str
    rubric: str
    models: str
    policy: str


class ScoreEvent(Noun):
    """An appended change of a hypothesis's score. `at` is UTC, ISO 8601; `origin` names where an imported score is from.

    `demonstration` is set where the format is one (then `full_format` is not), where any role was scripted, or where
    the embedded model judged.
    """

    hypothesis: str
    cause: Cause
    score: Score
    at: str
    debate: str | None = None
    format: str | None = None
    full_format: bool = True
    demonstration: bool = False
    scripted: bool = False
    origin: str | None = None
    basis: Basis | None = None

    @property
    def imported(self) -> bool:
        return self.cause is Cause.IMPORTED

    @property
    def standing(self) -> int:
        """Which event is the current one: the highest standing, then the latest.

        A number from a full debate stands above all; a demonstration never displaces it, nor does a debate that
        gave no number; an imported score gives way to the first own debate that has something to say.
        """
        has_number = self.score.value is not None
        if self.score.state is State.FAILED:
            return 0
        if self.imported:
            return 2
        if self.demonstration:
            if not has_number:
                return 1
            return 4 if self.full_format else 3
        return 6 if has_number else 5
