"""The shape of a debate."""

from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from exchange.domain.identity import digest
from exchange.domain.noun import Noun
from exchange.domain.verdict import Order


class Quotes(StrEnum):
    """How a debater quotes: in words of its own choosing, or by picking one of the passage's sentences."""

    FREE = "free"
    OFFERED = "offered"


class BriefSize(Noun):
    """How much of the pages goes into the brief."""

    passages: int = Field(ge=1, le=500)
    characters: int = Field(ge=40, le=20_000)
    """The longest that one passage may be; it is cut at the end of a sentence."""


class Speech(Noun):
    """How long a turn may be. Lengths are in characters, `max_tokens` bounds the whole reply."""

    arguments: int = Field(ge=1, le=12)
    citations: int = Field(ge=1, le=8)
    length: int = Field(ge=40, le=4_000)
    max_tokens: int = Field(ge=64, le=64_000)


class Judging(Noun):
    """How long a verdict's reasons may be, and in which orders a judge reads the debate."""

    orders: tuple[Literal[Order.PROPOSER_FIRST, Order.CRITIC_FIRST], ...] = Field(min_length=1, max_length=2)
    length: int = Field(ge=20, le=4_000)
    max_tokens: int = Field(ge=64, le=64_000)

    @model_validator(mode="after")
    def _names_each_order_once(self) -> Self:
        if len(set(self.orders)) != len(self.orders):
            raise ValueError("an order is named twice")
        return self


class Seating(Noun):
    """The models of a debate: full names, or names of exchange.toml's [models]."""

    proposer: str
    critic: str
    judges: tuple[str, ...] = Field(min_length=1, max_length=15)


class Stop(Noun):
    """When a debate ends before its rounds are spent. What is None or False never ends it.

    `nothing_new`: a rebuttal repeats what was argued before and cites nothing that was not cited. With `poll`, every judge
    is asked after each turn from the critique on; then `stable` is how far the pooled credence, and `settled` how far any
    judge's, may move between two polls for the debate to be over: `stable` where the judges are of one mind, `settled`
    where they stand on opposite sides. `cost` is what the calls so far may have cost, in US dollars.
    """

    nothing_new: bool = False
    poll: bool = False
    stable: float | None = Field(default=None, gt=0, lt=1)
    settled: float | None = Field(default=None, gt=0, lt=1)
    cost: float | None = Field(default=None, ge=0)


class Format(Noun):
    """One debate format; `rounds` counts the rebuttals after proposal and critique, unless `stop` ends it before.

    `verified` is how many citations must have been found in their passages, or there is no number.
    """

    name: str
    version: str
    about: str
    demonstration: bool
    quorum: int = Field(ge=1, le=15)
    rounds: int = Field(ge=0, le=10)
    rubric: str
    quotes: Quotes
    brief: BriefSize
    speech: Speech
    judging: Judging
    models: Seating
    stop: Stop = Stop()
    verified: int = Field(default=1, ge=0)

    @property
    def digest(self) -> str:
        """Over the keys that are not at their default: a key that came later leaves older digests as they are."""
        return digest(self.model_dump(mode="json", exclude_defaults=True))
