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


class Format(Noun):
    """One debate format; `rounds` counts the rebuttals after proposal and critique."""

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

    @property
    def digest(self) -> str:
        return digest(self.model_dump(mode="json"))
