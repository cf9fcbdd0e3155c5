"""How far judges agree: Krippendorff's alpha for interval data, over many hypotheses and within one.

alpha = 1 - D_o / D_e, D_o the mean squared difference between two ratings of one unit, D_e between any two ratings
(Krippendorff, Content Analysis, 4th edition, chapter 12). D_e is known only from many units, so that the agreement
within one takes it from those, or as long as there are none from drawing the scale's values by lot. Such agreements,
each weighted with its number of ratings, have alpha as their mean.
"""

from collections.abc import Iterable, Sequence
from math import fsum


def alpha(units: Iterable[Sequence[float]]) -> float | None:
    """Krippendorff's alpha over units, each with the ratings that it got; None where nothing can differ."""
    paired = [unit for unit in units if len(unit) > 1]
    expected = disagreement(paired)
    if not expected:
        return None
    observed = fsum(len(unit) * _within(unit) for unit in paired) / sum(len(unit) for unit in paired)
    return 1 - observed / expected


def disagreement(units: Iterable[Sequence[float]]) -> float:
    """D_e: the mean squared difference between two ratings of all units with at least two; 0 where there are none."""
    return _within([rating for unit in units if len(unit) > 1 for rating in unit])


def expected_by_lot(scale: Sequence[float]) -> float:
    """D_e of ratings that are drawn from the scale by lot: twice the variance of its values."""
    middle = fsum(scale) / len(scale)
    return 2 * fsum((value - middle) ** 2 for value in scale) / len(scale)


def _within(ratings: Sequence[float]) -> float:
    """The mean squared difference over all pairs: twice the sample variance; 0 with fewer than two ratings."""
    if len(ratings) < 2:
        return 0.0
    middle = fsum(ratings) / len(ratings)
    return 2 * fsum((rating - middle) ** 2 for rating in ratings) / (len(ratings) - 1)
