"""Named ranges of the score, with their words, symbols and colours."""

from bisect import bisect_right
from enum import StrEnum
from functools import cached_property
from typing import Self

from pydantic import Field, model_validator

from exchange.domain.noun import Noun


class Certainty(StrEnum):
    """How sure it is that the score lies in its band."""

    FIRM = "firm"
    LEANING = "leaning"
    OPEN = "open"


class Band(Noun):
    """From `low` (included) up to the next band. Colours are #rrggbb: on a pastel badge, on white, on near-black."""

    name: str
    word: str
    symbol: str
    low: float = Field(ge=0, lt=1)
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")
    light: str = Field(pattern=r"^#[0-9a-f]{6}$")
    dark: str = Field(pattern=r"^#[0-9a-f]{6}$")


class Bands(Noun):
    """All bands, lowest first; together they cover 0 to 1."""

    bands: tuple[Band, ...] = Field(min_length=1)

    def of(self, value: float) -> Band:
        """The band that holds `value`."""
        return self.bands[bisect_right(self._lows, value) - 1]

    @cached_property
    def _lows(self) -> tuple[float, ...]:
        return tuple(band.low for band in self.bands)

    @property
    def edges(self) -> dict[str, float]:
        """Each band's name and where it begins, lowest first."""
        return {band.name: band.low for band in self.bands}

    @model_validator(mode="after")
    def _cover(self) -> Self:
        lows = [band.low for band in self.bands]
        if lows[0] != 0 or lows != sorted(set(lows)):
            raise ValueError("bands must start at 0 and rise")
        return self
