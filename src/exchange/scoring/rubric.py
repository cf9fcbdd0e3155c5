"""Ratings -> one number for each criterion, how far judges agree on it, and the weighted mean of all."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exchange.domain.policy import Policy
from exchange.domain.rubric import Rubric
from exchange.scoring.agreement import expected_by_lot
from exchange.scoring.ballots import Ballot
from exchange.scoring.pool import Numbers, in_turn, rounded

_NOTHING = float("nan")
Panel = Sequence[Ballot]


class Rated(NamedTuple):
    """One panel's ratings: each criterion that has a value as a CriterionScore's fields, those that have none, and all."""

    criteria: list[dict[str, Any]]
    missing: tuple[str, ...]
    composite: float | None


def rated(finals: Sequence[Panel], priors: Sequence[Panel], rubric: Rubric, policy: Policy) -> list[Rated]:
    """For each panel, from its final ballots; judges' agreement from those before the debate, which makes them err alike.

    A criterion's value is the mean over models, each model's over its seats, each seat's over its sittings. The composite
    is sum(weight * value) / sum(weight) over the criteria that have a value.
    """
    pooled, between = _pooled([*finals, *priors], rubric)
    values, (spread, blind) = pooled[: len(finals)], np.split(between, [len(finals)])
    expected = expected_by_lot(list(rubric.scale.values()))
    chance = np.array([policy.disagreement.get(each.name, expected) or _NOTHING for each in rubric.criteria])
    columns = map(_known, (_composites(values, rubric), values, spread, 1 - 2 * blind**2 / chance))
    named = [(each.name, each.label, each.weight, policy.agreement.get(each.name)) for each in rubric.criteria]
    return [_rated(named, *row) for row in zip(*columns, strict=True)]


def _rated(
    named: Sequence[tuple[str, str, float, float | None]],
    composite: float | None,
    values: Sequence[float | None],
    spread: Sequence[float | None],
    agreement: Sequence[float | None],
) -> Rated:
    rows = zip(named, values, spread, agreement, strict=True)
    return Rated(
        criteria=[
            {
                "name": name,
                "label": label,
                "weight": weight,
                "value": value,
                "spread": between,
                "agreement": alike,
                "alpha": alpha,
            }
            for (name, label, weight, alpha), value, between, alike in rows
            if value is not None
        ],
        missing=tuple(each[0] for each, value in zip(named, values, strict=True) if value is None),
        composite=composite,
    )


def _composites(values: Numbers, rubric: Rubric) -> Numbers:
    weights = np.array([criterion.weight for criterion in rubric.criteria])
    given = ~np.isnan(values)
    total = in_turn((np.where(given, values, 0.0) * weights).T)
    with np.errstate(invalid="ignore"):
        return total / in_turn((given * weights).T)


def opinions(panels: Sequence[Panel], rubric: Rubric) -> tuple[Numbers, list[int]]:
    """Each model's mean rating, (models, criteria), with the place of its panel; NaN where it gave none."""
    names = [criterion.name for criterion in rubric.criteria]
    worth: dict[str | None, float] = {None: _NOTHING, **dict[str | None, float](rubric.scale.items())}
    sat = list(_sittings(panels))
    if not sat:
        return np.empty((0, len(names))), []
    said = (worth[word] for _, ballot in sat for word in map(ballot.ratings.get, names))
    rows = np.fromiter(said, np.float64, len(sat) * len(names)).reshape(len(sat), len(names))
    seats, at = _means(rows, [(panel, ballot.model, ballot.seat) for panel, ballot in sat])
    models, at = _means(seats, [key[:2] for key in at])
    return models, [panel for panel, _ in at]


def _pooled(panels: Sequence[Panel], rubric: Rubric) -> tuple[Numbers, Numbers]:
    """Mean and standard deviation between models, both (panels, criteria); NaN where there are none, or no two."""
    shape = (len(panels), len(rubric.criteria))
    mean, spread = np.full(shape, _NOTHING), np.full(shape, _NOTHING)
    models, panel_of = opinions(panels, rubric)
    if not panel_of:
        return mean, spread
    means, found = _means(models, panel_of)
    mean[found] = means
    deviations, _ = _means((models - mean[panel_of]) ** 2, panel_of)
    counts = np.add.reduceat(~np.isnan(models), _starts(panel_of), axis=0, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread[found] = np.sqrt(np.where(counts > 1, deviations * counts / (counts - 1), _NOTHING))
    return mean, spread


def _sittings(panels: Sequence[Panel]) -> Iterator[tuple[int, Ballot]]:
    """Every ballot with its panel, those of a model and of a seat together, in an order that is not the input's."""
    for at, panel in enumerate(panels):
        for ballot in sorted(panel, key=lambda each: (each.model, each.seat, each.order)):
            yield at, ballot


def _means(rows: Numbers, keys: Sequence[Any]) -> tuple[Numbers, list[Any]]:
    """The mean of each run of rows with one key, NaN left out, and the keys of the runs."""
    starts = _starts(keys)
    given = ~np.isnan(rows)
    total = np.add.reduceat(np.where(given, rows, 0.0), starts, axis=0)
    with np.errstate(invalid="ignore"):
        return total / np.add.reduceat(given, starts, axis=0, dtype=np.float64), [keys[start] for start in starts]


def _starts(keys: Sequence[Any]) -> NDArray[np.int64]:
    return np.array([at for at, key in enumerate(keys) if not at or key != keys[at - 1]], dtype=np.int64)


def _known(values: Numbers) -> list[Any]:
    """As stored, None in place of NaN."""
    known = rounded(values).astype(object)
    known[np.isnan(values)] = None
    return list(known.tolist())
