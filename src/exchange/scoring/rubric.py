"""Ratings -> one number for each criterion, how far judges agree on it, and the weighted mean of all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exchange.domain.policy import Policy
from exchange.domain.rubric import Rubric
from exchange.scoring.agreement import expected_by_lot
from exchange.scoring.ballots import Ballot
from exchange.scoring.pool import Numbers, in_turn, rounded

_NOTHING = float("nan")
Panel = Sequence[Ballot]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rated:
    """One panel's ratings: each criterion that has a value as a CriterionScore's fields, those that have none, and all."""

    criteria: list[dict[str, Any]]
    missing: tuple[str, ...]
    composite: float | None


def rated(finals: Sequence[Panel], priors: Sequence[Panel], rubric: Rubric, policy: Policy) -> list[Rated]:
    """For each panel, from its final ballots; judges' agreement from those before the debate, which makes them err alike.

    A criterion's value is the mean over models, each model's over its seats, each seat's over its sittings. The composite
    is sum(weight * value) / sum(weight) over the criteria that have a value.
    """
    values, spread = _pooled(finals, rubric)
    _, blind = _pooled(priors, rubric)
    expected = expected_by_lot(list(rubric.scale.values()))
    chance = np.array([policy.disagreement.get(each.name, expected) or _NOTHING for each in rubric.criteria])
    columns = (rounded(values).tolist(), rounded(spread).tolist(), rounded(1 - 2 * blind**2 / chance).tolist())
    return [
        _rated(rubric, policy, composite, *row)
        for composite, *row in zip(_composites(values, rubric), *columns, strict=True)
    ]


def _rated(
    rubric: Rubric,
    policy: Policy,
    composite: float,
    values: Sequence[float],
    spread: Sequence[float],
    agreement: Sequence[float],
) -> Rated:
    rows = zip(rubric.criteria, values, spread, agreement, strict=True)
    return Rated(
        criteria=[
            dict(
                name=criterion.name,
                label=criterion.label,
                weight=criterion.weight,
                value=value,
                spread=_known(between),
                agreement=_known(alike),
                alpha=policy.agreement.get(criterion.name),
            )
            for criterion, value, between, alike in rows
            if value == value
        ],
        missing=tuple(
            criterion.name for criterion, value in zip(rubric.criteria, values, strict=True) if value != value
        ),
        composite=_known(composite),
    )


def _composites(values: Numbers, rubric: Rubric) -> list[float]:
    weights = np.array([criterion.weight for criterion in rubric.criteria])
    given = ~np.isnan(values)
    total = in_turn((np.where(given, values, 0.0) * weights).T)
    with np.errstate(invalid="ignore"):
        composites: list[float] = rounded(total / in_turn((given * weights).T)).tolist()
    return composites


def opinions(panels: Sequence[Panel], rubric: Rubric) -> tuple[Numbers, list[int]]:
    """Each model's mean rating, (models, criteria), with the place of its panel; NaN where it gave none."""
    names = [criterion.name for criterion in rubric.criteria]
    worth: dict[str | None, float] = {None: _NOTHING, **dict[str | None, float](rubric.scale.items())}
    sat = list(_sittings(panels))
    if not sat:
        return np.empty((0, len(names))), []
    rows = np.array([[worth[word] for word in map(ballot.ratings.get, names)] for _, ballot in sat])
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


def _known(value: float) -> float | None:
    return None if value != value else value
