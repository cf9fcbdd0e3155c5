"""What calls may cost, in US dollars."""

from pydantic import Field

from exchange.domain.noun import Noun


class Price(Noun):
    """US dollars for a million tokens in, and for a million tokens out."""

    input: float = Field(ge=0, le=100_000)
    output: float = Field(ge=0, le=100_000)


class Budget(Noun):
    """Caps in US dollars: on what one run may cost, and on what all runs of a day (UTC) may; None is no cap."""

    run: float | None = Field(default=None, ge=0)
    day: float | None = Field(default=None, ge=0)

    @property
    def capped(self) -> bool:
        """Is there any cap?"""
        return self.run is not None or self.day is not None


class Estimate(Noun):
    """Calls still to be made, and their cost; None where a model's price is unknown."""

    calls: int = Field(ge=0)
    low: float | None
    expected: float | None
    worst: float | None
