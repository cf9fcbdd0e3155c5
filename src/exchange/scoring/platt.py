"""Calibration: a straight line in log-odds, held near the identity until outcomes say otherwise."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from exchange.scoring.track import Numbers

# The variances of the normal priors: intercept about 0, slope about 1.
_INTERCEPT, _SLOPE = 0.5, 0.5
# A slope of nothing would call every hypothesis alike, and sure of it.
_LEAST_SLOPE = 0.05
# Left to itself, the search ends some 1e-6 away, and what it finds is stored to nine decimals.
_TO_THE_END = {"ftol": 0.0, "gtol": 1e-11}


def platt(x: Numbers, truth: Numbers) -> tuple[float, float]:
    """Intercept a and slope b of logit p = a + b x, at the maximum of the posterior; (0, 1) without outcomes.

    a ~ N(0, .5), b ~ N(1, .5), variances (Platt 1999, with priors in place of his smoothed targets). `x` are pooled
    log-odds, `truth` 0 or 1, both of shape (n,).
    """

    def loss(line: Numbers) -> tuple[float, Numbers]:
        z = line[0] + line[1] * x
        prior = line[0] ** 2 / (2 * _INTERCEPT) + (line[1] - 1) ** 2 / (2 * _SLOPE)
        miss = expit(z) - truth
        slope = np.array([miss.sum() + line[0] / _INTERCEPT, (miss * x).sum() + (line[1] - 1) / _SLOPE])
        return float((np.logaddexp(0, z) - truth * z).sum() + prior), slope

    found = minimize(
        loss,
        np.array([0.0, 1.0]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None), (_LEAST_SLOPE, None)],
        options=_TO_THE_END,
    )
    return float(found.x[0]), float(found.x[1])
