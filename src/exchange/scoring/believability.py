"""How much each judge's word has been worth, from items whose truth is known."""

import numpy as np
from numpy.typing import NDArray

from exchange.scoring.track import Numbers, Track

# Measured over ten public panels: the rate at which a worse loss costs weight, how far that may go, and how many items
# a judge must have rated before the record says anything.
RATE = 6.0
FURTHEST = 4.0
LEAST_ITEMS = 3


def believability(track: Track) -> dict[str, float]:
    """Rater -> weight, about 1 for a judge like the others; raters of whom the record says nothing are left out.

    The loss of a verdict is (p - truth)^2, centred by item, since judges see different items, and times n / (n - 1) for
    an item with n verdicts. A judge's mean is shrunk by tau^2 / (tau^2 + s^2), with s^2 the variance of that mean and
    tau^2 between judges (DerSimonian and Laird 1986); the weight is exp(-rate * shrunk / mean loss). Where judges do not
    differ, tau^2 is 0 and all weights are 1.
    """
    if not len(track.p):
        return {}
    loss = (track.p - track.truth[track.item]) ** 2
    centred, used = _centred(loss, track)
    counts = np.bincount(track.rater[used], minlength=len(track.raters))
    means = np.bincount(track.rater[used], centred, len(track.raters)) / np.maximum(counts, 1)
    known = counts >= LEAST_ITEMS
    if known.sum() < 2 or not loss.mean():
        return {}
    squares = np.bincount(track.rater[used], (centred - means[track.rater[used]]) ** 2, len(track.raters))
    variance = squares[known].sum() / (counts[known] - 1).sum() / counts[known]
    shrunk = means[known] * _trust(means[known], variance)
    weights = np.exp(np.clip(-RATE * shrunk / loss.mean(), -FURTHEST, FURTHEST))
    names = [name for name, wanted in zip(track.raters, known, strict=True) if wanted]
    return dict(zip(names, weights.tolist(), strict=True))


def _centred(loss: Numbers, track: Track) -> tuple[Numbers, NDArray[np.bool_]]:
    """Each loss minus its item's mean, and which verdicts have company on their item."""
    counts = np.bincount(track.item, minlength=len(track.items))
    means = np.bincount(track.item, loss, len(track.items)) / np.maximum(counts, 1)
    used = counts[track.item] > 1
    company = counts[track.item[used]]
    return (loss[used] - means[track.item[used]]) * company / (company - 1), used


def _trust(means: Numbers, variance: Numbers) -> Numbers:
    """tau^2 / (tau^2 + s^2) for each judge."""
    if not variance.all():
        return np.ones_like(means)
    precision = 1 / variance
    total = precision.sum()
    excess = (precision * (means - (precision * means).sum() / total) ** 2).sum() - (len(means) - 1)
    between = max(0.0, float(excess / (total - (precision**2).sum() / total)))
    trust: Numbers = between / (between + variance)
    return trust
