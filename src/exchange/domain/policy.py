"""The constants of the pool, shipped or fitted: a score names the policy that computed it."""

from pydantic import Field

from exchange.domain.identity import digest
from exchange.domain.noun import Noun

# Outcomes that a calibration must rest on before a score may leave out "uncalibrated".
ENOUGH_OUTCOMES = 20


class Policy(Noun):
    """What turns verdicts into a score, but for the rubric.

    `clip` bounds a credence from below (and 1 - clip from above); `spread` is the typical standard deviation between
    judges in logits, worth `spread_weight` degrees of freedom; `correlation` is rho between judges' errors; `level`
    is the interval's nominal coverage; `split` are the credences that a split panel has judges on both sides of.

    What outcomes taught: `weights` by a judge's model, 1 where it has none; `intercept` and `slope` of the calibration
    in logits, fitted on `outcomes` resolved hypotheses. What blind verdicts taught: `disagreement`, by criterion, the
    mean squared difference between two ratings drawn at random from all, which agreement is measured against, and
    `agreement`, Krippendorff's alpha over the hypotheses that it was learned from.

    `wobble` is the standard deviation in logits of one sitting about the judge's own mean, with nothing else changed:
    what a re-roll must exceed to count.
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
    weights: dict[str, float] = Field(default_factory=dict)
    intercept: float = 0.0
    slope: float = Field(default=1.0, gt=0)
    outcomes: int = Field(default=0, ge=0)
    disagreement: dict[str, float] = Field(default_factory=dict)
    agreement: dict[str, float | None] = Field(default_factory=dict)
    wobble: float = Field(default=0.5, gt=0)

    @property
    def digest(self) -> str:
        """Over the fields that are not at their default: a field that came later leaves older digests as they are."""
        return digest(self.model_dump(mode="json", exclude_defaults=True))

    @property
    def title(self) -> str:
        """Name and version, as scores and people write it."""
        return f"{self.name} {self.version}"

    @property
    def calibrated(self) -> bool:
        return self.outcomes >= ENOUGH_OUTCOMES


# The clip bounded the mean of log-odds best over ten public panels; the spread is that of 65 LLM judge configurations
# on LLMBar Natural with this clip; rho .4 gives six LLM judges the weight of about two.
_FIRST = Policy(
    name="cold",
    version="1",
    clip=0.10,
    spread=1.08,
    spread_weight=4,
    correlation=0.4,
    level=0.90,
    firm=0.90,
    leaning=0.60,
    split=(0.40, 0.60),
)
# With rho .2 three judges' intervals cover the whole panel's score in .97 of cases on pooledmaRket and on LLMBar
# Natural; with .4 in .99, wider than their level asks for. The wobble makes a judge of typical spread change sides in
# about 14% of cases on identical input.
COLD = _FIRST.model_copy(update={"version": "2", "correlation": 0.2})
SHIPPED = {policy.digest: policy for policy in (_FIRST, COLD)}
