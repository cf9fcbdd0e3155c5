"""What blind ratings teach of each criterion: how far two of them differ by chance, and how far judges agree."""

from collections.abc import Mapping, Sequence

import numpy as np

from exchange.domain.rubric import Rubric
from exchange.scoring.agreement import alpha, disagreement
from exchange.scoring.pool import DIGITS
from exchange.scoring.rubric import Panel, opinions

# With one unit, all disagreement lies within it, and there is nothing to hold it against.
_LEAST_UNITS = 2
Units = dict[str, list[list[float]]]


def units(priors: Sequence[Panel], rubric: Rubric) -> Units:
    """Criterion -> for each panel that several models rated it in, their ratings."""
    ratings, panel_of = opinions(priors, rubric)
    starts = [at for at, panel in enumerate(panel_of) if at and panel != panel_of[at - 1]]
    found: Units = {criterion.name: [] for criterion in rubric.criteria}
    for panel in np.split(ratings, starts):
        for name, column in zip(found, panel.T, strict=True):
            given = column[~np.isnan(column)].tolist()
            if len(given) > 1:
                found[name].append(given)
    return found


def learned(gathered: Mapping[str, Sequence[Sequence[float]]]) -> tuple[dict[str, float], dict[str, float | None]]:
    """By criterion, the expected disagreement and Krippendorff's alpha; without those of which too little is known.

    That is where fewer than two panels have ratings of several models, or where all ratings are the same.
    """
    chance = {name: disagreement(rated) for name, rated in sorted(gathered.items()) if len(rated) >= _LEAST_UNITS}
    expected = {name: round(value, DIGITS) for name, value in chance.items() if round(value, DIGITS) > 0}
    return expected, {name: _rounded(alpha(gathered[name])) for name in expected}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
