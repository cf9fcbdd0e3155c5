"""What the verdicts add up to."""

from enum import StrEnum

from pydantic import Field

from exchange.domain.bands import Certainty
from exchange.domain.debate import Role
from exchange.domain.noun import Noun


class State(StrEnum):
    """Whether there is a number, and whether the judges agree on it."""

    SCORED = "scored"
    CONTESTED = "contested"
    INSUFFICIENT = "insufficient"
    FAILED = "failed"


class CriterionScore(Noun):
    """The pooled rating of one criterion, in [0, 1].

    `spread` is the standard deviation between judges' final ratings. `agreement` is that of the blind ratings:
    1 - observed / expected squared difference, 1 where all say the same, about 0 where they might as well draw lots;
    its mean over hypotheses is Krippendorff's alpha, which `alpha` is as far as a policy has learned it.
    """

    name: str
    label: str
    weight: float = Field(ge=0, le=1)
    value: float = Field(ge=0, le=1)
    spread: float | None = Field(default=None, ge=0, le=1)
    agreement: float | None = Field(default=None, le=1)
    alpha: float | None = Field(default=None, le=1)


class JudgeScore(Noun):
    """One judge before and after: probabilities in [0, 1], None where there was no verdict.

    `flipped`: the verdict changed sides with the order of presentation. `weight` is the policy's for the judge's model.
    """

    seat: str
    model: str
    prior: float | None = Field(ge=0, le=1)
    final: float | None = Field(ge=0, le=1)
    shift: float | None = Field(ge=-1, le=1)
    by_order: dict[str, float]
    flipped: bool = False
    weight: float = Field(default=1.0, gt=0)


class Conduct(Noun):
    """What can be checked of one side's turns: arguments, and citations by what the evidence check found."""

    role: Role
    arguments: int = Field(ge=0)
    verified: int = Field(ge=0)
    misquoted: int = Field(ge=0)
    unquoted: int = Field(ge=0)
    unknown: int = Field(ge=0)
    unchecked: int = Field(default=0, ge=0)


class Baseline(Noun):
    """The same panel without a debate: its value, interval, and how many sittings it rests on."""

    value: float = Field(ge=0, le=1)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    sittings: int = Field(ge=1)


class Score(Noun):
    """`value` is the pooled credence with its interval `low` to `high`; `composite` is the rubric's weighted mean.

    All are in [0, 1] and rounded to 9 decimals. Where the state is insufficient or failed they are None and `reason`
    says why. `neighbour` is the band that the score may belong to instead, where its certainty is open; `edges` are the
    bands that the certainty was found for.

    `unscored` counts the sittings before and after the debate that gave no readable verdict; `spread` is the standard
    deviation between judges in logits, shrunk towards the policy's; `effective` is how many independent judges the
    panel is worth; `flips` counts judges whose verdict changed sides with the order; `outcomes` is how many known
    outcomes the policy was fitted on.
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
    spread: float | None = Field(default=None, ge=0)
    effective: float | None = Field(default=None, gt=0)
    flips: int = Field(default=0, ge=0)
    outcomes: int = Field(default=0, ge=0)
    conduct: tuple[Conduct, ...] = ()
    baseline: Baseline | None = None
