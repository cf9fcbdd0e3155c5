"""The criteria that judges rate, their weights and their scale."""

from math import isclose
from typing import Self

from pydantic import Field, model_validator

from exchange.domain.identity import digest
from exchange.domain.noun import Noun


class Criterion(Noun):
    """One question to the judges; `weight` is its share of the composite."""

    name: str = Field(pattern=r"^[a-z][a-z_]*$")
    label: str
    question: str
    weight: float = Field(gt=0, le=1)


class Rubric(Noun):
    """Criteria whose weights add up to 1, and a scale from words to values in [0, 1], worst first."""

    name: str
    version: str
    about: str
    scale: dict[str, float] = Field(min_length=2)
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @property
    def digest(self) -> str:
        return digest(self.model_dump(mode="json"))

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = sum(criterion.weight for criterion in self.criteria)
        if not isclose(total, 1, abs_tol=1e-9):
            raise ValueError(f"the weights add up to {total:.6g}, not to 1")
        names = [criterion.name for criterion in self.criteria]
        if len(set(names)) != len(names):
            raise ValueError("a criterion is named twice")
        values = list(self.scale.values())
        if values != sorted(values) or values[0] < 0 or values[-1] > 1:
            raise ValueError("the scale must rise from its first word to its last, within 0 and 1")
        return self
