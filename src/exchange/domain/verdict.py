"""What a judge said in one sitting, or why nothing could be read."""

from enum import StrEnum

from pydantic import Field

from exchange.domain.debate import PromptUsed
from exchange.domain.noun import Noun


class When(StrEnum):
    """A sitting is before the debate, between two turns, or after it; a baseline's is one more without any debate."""

    PRIOR = "prior"
    BASELINE = "baseline"
    INTERIM = "interim"
    FINAL = "final"


class Order(StrEnum):
    """Whose turns the judge reads first; before the debate there is nothing to order."""

    BLIND = "blind"
    PROPOSER_FIRST = "proposer-first"
    CRITIC_FIRST = "critic-first"


class Sitting(Noun):
    """One judge, before or after the debate, in one order.

    `number` tells apart what happens several times: for an interim sitting how many turns were heard, for a baseline's
    the how manieth it is, from 1; else 0.
    """

    seat: str
    model: str
    when: When
    order: Order
    number: int = Field(default=0, ge=0, le=1_000)

    @property
    def place(self) -> str:
        """Where the sitting is in its debate: `judge-2/final/critic-first`, `judge-2/interim-3/proposer-first`."""
        when = f"{self.when.value}-{self.number}" if self.number else self.when.value
        return "/".join((self.seat, when, self.order.value))


class Rating(Noun):
    """A judge's word on one criterion: the reason, then a word of the rubric's scale."""

    criterion: str
    reason: str
    rating: str


class Verdict(Noun):
    """Ratings on every criterion and a credence in percent (0 to 100); `call` is None in an imported debate."""

    sitting: Sitting
    ratings: tuple[Rating, ...]
    reason: str
    credence: int = Field(ge=0, le=100)
    prompts: tuple[PromptUsed, ...]
    call: int | None


class Unscored(Noun):
    """No verdict, and why: never a number, always counted."""

    sitting: Sitting
    reason: str
