"""How good probabilities are, once the truth is known: over the last axis, so that resamples are measured together."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from exchange.scoring.track import Numbers

Measure = Callable[[Numbers, Numbers], Numbers]
_SMALLEST = 1e-6
_FEW, _BINS, _BINS_OF_FEW = 200, 10, 5
_RESAMPLES = 1_000
_AT_ONCE = 2_000_000


def brier(p: Numbers, truth: Numbers) -> Numbers:
    """The mean squared error (Brier 1950): 0 is perfect, .25 what always saying .5 gets."""
    return np.asarray(((p - truth) ** 2).mean(axis=-1))


def log_loss(p: Numbers, truth: Numbers) -> Numbers:
    """The mean of -ln of the probability that was given to what is true; p is kept 1e-6 away from 0 and 1."""
    kept = np.clip(p, _SMALLEST, 1 - _SMALLEST)
    return np.asarray(-(truth * np.log(kept) + (1 - truth) * np.log1p(-kept)).mean(axis=-1))


def auc(p: Numbers, truth: Numbers) -> Numbers:
    """The probability that a true item is ranked above a false one, ties half; NaN where there are not both."""
    true = truth.sum(axis=-1)
    false = truth.shape[-1] - true
    ranks = (rankdata(p, axis=-1) * truth).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((ranks - true * (true + 1) / 2) / (true * false))


def ece(p: Numbers, truth: Numbers) -> Numbers:
    """The expected calibration error: |mean p - share of true| over bins of equal count, 5 below 200 items, else 10."""
    order = np.argsort(p, axis=-1, kind="stable")
    ranked, true = np.take_along_axis(p, order, -1), np.take_along_axis(truth, order, -1)
    gaps = [
        len(places) * np.abs(ranked[..., places].mean(axis=-1) - true[..., places].mean(axis=-1))
        for places in bins(p.shape[-1])
    ]
    return np.asarray(sum(gaps) / p.shape[-1])


def bins(items: int) -> list[NDArray[np.int64]]:
    """The places of each bin among the ranked items; no bin is empty."""
    wanted = _BINS_OF_FEW if items < _FEW else _BINS
    return list(np.array_split(np.arange(items), min(wanted, items)))


MEASURES: Mapping[str, Measure] = {"brier": brier, "log_loss": log_loss, "auc": auc, "ece": ece}


def measured(p: Numbers, truth: Numbers) -> dict[str, float | None]:
    """Each measure, averaged over repeats: `p` is (n,) or (repeats, n), `truth` (n,). None where it cannot be said."""
    repeats = np.atleast_2d(p)
    whole = np.broadcast_to(truth, repeats.shape)
    return {name: _number(measure(repeats, whole).mean()) for name, measure in MEASURES.items()}


def intervals(p: Numbers, truth: Numbers, seed: int = 0) -> dict[str, tuple[float, float] | None]:
    """95% intervals of `measured`, from the percentiles of 1,000 bootstrap samples of items."""
    repeats = np.atleast_2d(p)
    items = repeats.shape[-1]
    random = np.random.default_rng(seed)
    drawn: dict[str, list[Numbers]] = {name: [] for name in MEASURES}
    left = _RESAMPLES
    while left:
        count = min(left, max(1, _AT_ONCE // (items * len(repeats))))
        chosen = random.integers(0, items, (count, items))
        sample, whole = repeats[:, chosen], np.broadcast_to(truth[chosen], (len(repeats), count, items))
        for name, measure in MEASURES.items():
            drawn[name].append(measure(sample, whole).mean(axis=0))
        left -= count
    return {name: _ends(np.concatenate(values)) for name, values in drawn.items()}


def _ends(values: Numbers) -> tuple[float, float] | None:
    kept = values[np.isfinite(values)]
    if not len(kept):
        return None
    low, high = np.percentile(kept, [2.5, 97.5]).tolist()
    return low, high


def _number(value: Numbers) -> float | None:
    return float(value) if np.isfinite(value) else None


def reliability(p: Numbers, truth: Numbers) -> Sequence[tuple[float, float, int]]:
    """For each bin the mean probability, the share of true items, and how many items; repeats are averaged by item."""
    each = np.atleast_2d(p).mean(axis=0)
    order = np.argsort(each, kind="stable")
    return [
        (float(each[order[places]].mean()), float(truth[order[places]].mean()), len(places))
        for places in bins(len(each))
    ]
