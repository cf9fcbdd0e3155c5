"""Ratings -> one number for each criterion, and their weighted mean."""

from collections.abc import Mapping, Sequence
from math import fsum

from exchange.domain.rubric import Rubric
from exchange.domain.score import CriterionScore
from exchange.domain.verdict import Verdict
from exchange.scoring.pool import by_model, mean


def criteria(verdicts: Sequence[Verdict], rubric: Rubric) -> dict[str, float]:
    """Criterion -> its pooled rating in [0, 1]: the mean over models, each model's over its seats, each seat's over orders."""
    pooled: dict[str, float] = {}
    for criterion in rubric.criteria:
        seats: dict[tuple[str, str], list[float]] = {}
        for verdict in verdicts:
            seat = (verdict.sitting.seat, verdict.sitting.model)
            for rating in verdict.ratings:
                if rating.criterion == criterion.name:
                    seats.setdefault(seat, []).append(rubric.scale[rating.rating])
        if seats:
            means = [mean(values) for values in seats.values()]
            pooled[criterion.name] = mean(by_model(means, [model for _, model in seats]))
    return pooled


def composite(pooled: Mapping[str, float], rubric: Rubric) -> float | None:
    """sum(weight * value) / sum(weight) over the criteria that have a value; None where none has one."""
    rated = [(criterion.weight, pooled[criterion.name]) for criterion in rubric.criteria if criterion.name in pooled]
    if not rated:
        return None
    return fsum(weight * value for weight, value in rated) / fsum(weight for weight, _ in rated)


def report(pooled: Mapping[str, float], rubric: Rubric) -> tuple[CriterionScore, ...]:
    """The criteria that have a value, in the rubric's order."""
    return tuple(
        CriterionScore(
            name=criterion.name, label=criterion.label, weight=criterion.weight, value=rounded(pooled[criterion.name])
        )
        for criterion in rubric.criteria
        if criterion.name in pooled
    )


def rounded(value: float) -> float:
    """As stored: 9 decimals, and no negative zero."""
    return round(value, 9) + 0.0
