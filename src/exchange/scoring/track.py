"""What judges said of items whose truth is known: the record that weights and calibration are learned from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exchange.scoring.pool import mean

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Track:
    """Probabilities of shape (n,), each with the place of its item and of its rater in `items` and `raters`.

    `truth` is 0 or 1 for each item. A rater who rated an item several times counts as one, with the mean.
    """

    items: tuple[str, ...]
    raters: tuple[str, ...]
    item: Places
    rater: Places
    p: Numbers
    truth: Numbers

    def of(self, chosen: NDArray[np.bool_]) -> "Track":
        """The part with the chosen items, in which the raters keep their places."""
        rows = chosen[self.item]
        places = np.cumsum(chosen) - 1
        return Track(
            items=tuple(name for name, wanted in zip(self.items, chosen, strict=True) if wanted),
            raters=self.raters,
            item=places[self.item[rows]],
            rater=self.rater[rows],
            p=self.p[rows],
            truth=self.truth[chosen],
        )

    def panels(self) -> list[dict[str, float]]:
        """For each item, rater -> probability: what the pool takes."""
        found: list[dict[str, float]] = [{} for _ in self.items]
        for at, who, p in zip(self.item.tolist(), self.rater.tolist(), self.p.tolist(), strict=True):
            found[at][self.raters[who]] = p
        return found

    def counts(self) -> Places:
        """How many raters each item has."""
        return np.bincount(self.item, minlength=len(self.items))

    def means(self) -> Numbers:
        """The plain mean of each item's probabilities."""
        return np.bincount(self.item, self.p, len(self.items)) / self.counts()


def track(rows: Iterable[tuple[str, str, float]], truth: Mapping[str, float]) -> Track:
    """From rows of item, rater and probability; items, those of `truth`, and raters in the order of their names.

    An item without rows is kept, so that blind and final verdicts on the same items fit together.
    """
    together: dict[tuple[str, str], list[float]] = {}
    for item, rater, p in rows:
        together.setdefault((item, rater), []).append(p)
    pairs = sorted(together)
    items, raters = sorted(truth), sorted({rater for _, rater in pairs})
    return Track(
        items=tuple(items),
        raters=tuple(raters),
        item=_places((item for item, _ in pairs), items),
        rater=_places((rater for _, rater in pairs), raters),
        p=np.array([mean(together[pair]) for pair in pairs]),
        truth=np.array([truth[name] for name in items], dtype=np.float64),
    )


def _places(names: Iterable[str], known: Sequence[str]) -> Places:
    at = {name: place for place, name in enumerate(known)}
    return np.array([at[name] for name in names], dtype=np.int64)
