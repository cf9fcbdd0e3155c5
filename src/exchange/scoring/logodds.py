"""Probabilities and their log-odds."""

from math import exp, log


def logit(probability: float) -> float:
    """ln(p / (1 - p)); infinite at 0 and 1."""
    if probability <= 0:
        return float("-inf")
    if probability >= 1:
        return float("inf")
    return log(probability / (1 - probability))


def expit(logits: float) -> float:
    """The inverse of `logit`, for finite logits."""
    if logits >= 0:
        return 1 / (1 + exp(-logits))
    return exp(logits) / (1 + exp(logits))


def clipped(probability: float, clip: float) -> float:
    """`probability`, kept within clip and 1 - clip."""
    return min(max(probability, clip), 1 - clip)
