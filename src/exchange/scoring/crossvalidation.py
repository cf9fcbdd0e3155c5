"""What a fit is worth on items that it has not seen."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from exchange.domain.policy import Policy
from exchange.scoring.fit import fit, pooled
from exchange.scoring.track import Numbers, Places, Track


def cross_validated(blind: Track, final: Track, base: Policy, folds: int, repeats: int) -> Numbers:
    """Each item's probability under a fit on the other folds, of shape (repeats, items).

    `blind` and `final` hold the same items. Folds are stratified by outcome and drawn anew for each repeat, whose number
    is the seed. Raises ValueError for fewer than two items or folds.
    """
    count = min(folds, len(final.items))
    if count < 2:
        raise ValueError("cross-validation takes at least two items and two folds")
    rows = []
    for seed in range(repeats):
        fold, said = stratified(final.truth, count, seed), np.empty(len(final.items))
        for held_out in range(count):
            seen, unseen = fold != held_out, fold == held_out
            said[unseen] = pooled(final.of(unseen), fit(blind.of(seen), final.of(seen), base))
        rows.append(said)
    return np.array(rows)


def stratified(truth: Numbers, folds: int, seed: int) -> Places:
    """The fold of each item, so that every fold has its share of each outcome, within one item."""
    random = np.random.default_rng(seed)
    fold, dealt = np.empty(len(truth), dtype=np.int64), 0
    for outcome in (0.0, 1.0):
        places = random.permutation(np.flatnonzero(truth == outcome))
        fold[places] = (dealt + np.arange(len(places))) % folds
        dealt += len(places)
    return fold


def learning_curve(blind: Track, final: Track, base: Policy, sizes: Sequence[int], repeats: int) -> dict[int, Numbers]:
    """Size -> the Brier score, for each repeat, of a fit on so many outcomes on all other items."""
    found: dict[int, Numbers] = {}
    for size in sizes:
        if size >= len(final.items):
            continue
        losses = []
        for seed in range(repeats):
            seen = _sample(final.truth, size, seed)
            rest = final.of(~seen)
            said = pooled(rest, fit(blind.of(seen), final.of(seen), base))
            losses.append(float(((said - rest.truth) ** 2).mean()))
        found[size] = np.array(losses)
    return found


def _sample(truth: Numbers, size: int, seed: int) -> NDArray[np.bool_]:
    """So many items, each outcome with its share of them."""
    random = np.random.default_rng(seed)
    place = np.empty(len(truth))
    for outcome in (0.0, 1.0):
        own = random.permutation(np.flatnonzero(truth == outcome))
        place[own] = (np.arange(len(own)) + random.random()) / max(len(own), 1)
    chosen = np.zeros(len(truth), dtype=np.bool_)
    chosen[np.argsort(place, kind="stable")[:size]] = True
    return chosen
