"""What a judge said in one sitting, or why nothing could be read."""

from enum import StrEnum

from pydantic import Field

from exchange.domain.debate import PromptUsed
from exchange.domain.noun import Noun


class When(StrEnum):
    """A sitting is before the debate or after it."""

    PRIOR = "prior"
    FINAL = "final"


class Order(StrEnum):
    """Whose turns the judge reads first; before the debate there is nothing to order."""

    BLIND = "blind"
    PROPOSER_FIRST = "proposer-first"
    CRITIC_FIRST = "critic-first"


class Sitting(Noun):
    """One judge, before or after the debate, in one order."""

    seat: str
    model: str
    when: When
    order: Order

    @property
    def place(self) -> str:
        """Where the sitting is in its debate, as questions name it: `judge-2/final/critic-first`."""
        return "/".join((self.seat, self.when.value, self.order.value))


class Rating(Noun):
    """A judge's word on one criterion: the reason, then a word of the rubric's scale."""

    criterion: str
    reason: str
    rating: str


class Verdict(Noun):
    """Ratings on every criterion and a credence in percent (0 to 100)."""

    sitting: Sitting
    ratings: tuple[Rating, ...]
    reason: str
    credence: int = Field(ge=0, le=100)
    prompts: tuple[PromptUsed, ...]
    call: int


class Unscored(Noun):
    """No verdict, and why: never a number, always counted."""

    sitting: Sitting
    reason: str
