"""Judges' probabilities -> one probability with its uncertainty."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from scipy.special import stdtr, stdtrit

from exchange.domain.policy import Policy
from exchange.scoring.logodds import clipped, expit, logit


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """A t distribution in log-odds: its centre, its scale, and its degrees of freedom."""

    centre: float
    scale: float
    freedom: float

    @property
    def value(self) -> float:
        """The pooled probability."""
        return expit(self.centre)

    def interval(self, level: float) -> tuple[float, float]:
        """The central interval of that coverage, as probabilities."""
        reach = float(stdtrit(self.freedom, (1 + level) / 2)) * self.scale
        return expit(self.centre - reach), expit(self.centre + reach)

    def within(self, low: float, high: float) -> float:
        """The probability that the score lies between two probabilities."""
        return self._below(high) - self._below(low)

    def _below(self, probability: float) -> float:
        return float(stdtr(self.freedom, (logit(probability) - self.centre) / self.scale))


def pool(probabilities: Sequence[float], models: Sequence[str], policy: Policy) -> Pooled:
    """The mean of clipped log-odds; samples of one model count as one judge, whose probability is their mean.

    The scale is s / sqrt(n_eff), with s^2 = ((k - 1) * sample variance + w * spread^2) / (k - 1 + w) shrunk towards
    the policy's spread, w its weight, n_eff = k / (1 + (k - 1) * rho), and k - 1 + w degrees of freedom.
    Independent of the order of the judges: every sum is exact before it is rounded.
    """
    logits = [logit(clipped(probability, policy.clip)) for probability in by_model(probabilities, models)]
    judges = len(logits)
    centre = fsum(logits) / judges
    squares = fsum((each - centre) ** 2 for each in logits)
    freedom = judges - 1 + policy.spread_weight
    spread = sqrt((squares + policy.spread_weight * policy.spread**2) / freedom)
    return Pooled(centre=centre, scale=spread / sqrt(effective(judges, policy.correlation)), freedom=freedom)


def effective(judges: int, correlation: float) -> float:
    """How many independent judges so many correlated ones are worth: k / (1 + (k - 1) * rho)."""
    return judges / (1 + (judges - 1) * correlation)


def mean(values: Sequence[float]) -> float:
    """The plain mean, exactly summed."""
    return fsum(values) / len(values)


def by_model(values: Sequence[float], models: Sequence[str]) -> list[float]:
    """One value for each model: the mean of its samples."""
    together: dict[str, list[float]] = {}
    for value, model in zip(values, models, strict=True):
        together.setdefault(model, []).append(value)
    return [mean(samples) for _, samples in sorted(together.items())]
