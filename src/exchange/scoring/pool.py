"""Judges' probabilities -> one probability with its uncertainty, for one panel or for many at once.

Every number is made by operations that treat each panel alone, and a panel's judges are put in order before they are
added up: so that neither their order nor the other panels of a batch can change a digit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, stdtr, stdtrit

from exchange.domain.policy import Policy

Numbers = NDArray[np.float64]
# What is stored is rounded to so many decimals, so that it can be computed again to the last one.
DIGITS = 9


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """For each of n panels a t distribution in log-odds: its centre, its scale, and its degrees of freedom.

    `spread` is the standard deviation between judges, shrunk; `effective` how many independent judges a panel is worth.
    All have the shape (n,).
    """

    centre: Numbers
    scale: Numbers
    freedom: Numbers
    spread: Numbers
    effective: Numbers

    @property
    def value(self) -> Numbers:
        """The pooled probabilities."""
        return _array(expit(self.centre))

    def interval(self, level: float) -> tuple[Numbers, Numbers]:
        """The central intervals of that coverage, as probabilities."""
        reach = stdtrit(self.freedom, (1 + level) / 2) * self.scale
        return _array(expit(self.centre - reach)), _array(expit(self.centre + reach))

    def below(self, probability: float) -> Numbers:
        """The probability that the score lies below that one."""
        return _array(stdtr(self.freedom, (logit(probability) - self.centre) / self.scale))


def pool(panels: Sequence[Mapping[str, float]], policy: Policy) -> Pooled:
    """Each panel maps a model to its probability, in [0, 1]; no panel is empty.

    With x = logit(clip(p)), weights w by model and k = (sum w)^2 / sum w^2: the mean of x under w, calibrated by the
    policy's intercept and slope; s^2 = ((k - 1) * variance + v * spread^2) / (k - 1 + v), shrunk towards the policy's
    spread with its weight v; the scale slope * s / sqrt(n), n = k / (1 + (k - 1) * rho); and k - 1 + v degrees of freedom.
    """
    x, w = _sorted(panels, policy)
    total = in_turn(w)
    mean = in_turn(w * x) / total
    count = total * total / in_turn(w * w)
    variance = in_turn(w * (x - mean) ** 2) / total * count
    freedom = count - 1 + policy.spread_weight
    spread = np.sqrt((variance + policy.spread_weight * policy.spread**2) / freedom)
    independent = effective(count, policy.correlation)
    return Pooled(
        centre=policy.intercept + policy.slope * mean,
        scale=policy.slope * spread / np.sqrt(independent),
        freedom=freedom,
        spread=spread,
        effective=independent,
    )


def effective(judges: Any, correlation: float) -> Any:
    """How many independent judges so many correlated ones are worth: k / (1 + (k - 1) * rho)."""
    return judges / (1 + (judges - 1) * correlation)


def in_turn(rows: Iterable[Numbers]) -> Numbers:
    """The sum of the rows, one after the other: numpy's own sum may group them by the size of the batch."""
    first, *rest = rows
    total = first.astype(np.float64)
    for row in rest:
        total = total + row
    return total


def rounded(values: Numbers) -> Numbers:
    """As stored: 9 decimals, and no negative zero."""
    return np.round(values, DIGITS) + 0.0


def mean(values: Sequence[float]) -> float:
    """The plain mean, exactly summed; of one or two, exact without more ado."""
    if len(values) == 1:
        return values[0]
    return (values[0] + values[1]) / 2 if len(values) == 2 else fsum(values) / len(values)


def by_model(values: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Samples of one model count as one judge, whose probability is their mean."""
    pairs = list(values)
    alone = dict(pairs)
    if len(alone) == len(pairs):
        return alone
    together: dict[str, list[float]] = {}
    for model, value in pairs:
        together.setdefault(model, []).append(value)
    return {model: mean(samples) for model, samples in together.items()}


def _sorted(panels: Sequence[Mapping[str, float]], policy: Policy) -> tuple[Numbers, Numbers]:
    """Clipped log-odds and weights, both (judges, panels), lowest first; seats that a panel lacks have weight 0."""
    shape = (max(len(panel) for panel in panels), len(panels))
    p, w = np.full(shape, 0.5), np.zeros(shape)
    for at, panel in enumerate(panels):
        p[: len(panel), at] = list(panel.values())
        w[: len(panel), at] = [policy.weights.get(model, 1.0) for model in panel] if policy.weights else 1.0
    x = logit(np.clip(p, policy.clip, 1 - policy.clip))
    order = np.lexsort((w, x), axis=0)
    return np.take_along_axis(x, order, axis=0), np.take_along_axis(w, order, axis=0)


def _array(values: Any) -> Numbers:
    return np.asarray(values, dtype=np.float64)
