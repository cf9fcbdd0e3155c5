"""Permits for one process that shares its limits with nobody."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from exchange.domain.rates import LATE, MINUTE, Pace, Rate, given, rate_of


@dataclass(kw_only=True)
class OwnPermits:
    """Gives each call its time. `minute` is in seconds, and is another length in tests alone."""

    rates: Mapping[str, Rate] = field(default_factory=dict)
    minute: float = MINUTE
    _paces: dict[str, Pace] = field(default_factory=dict)

    def limited(self, model: str) -> bool:
        """Is there a limit for the model?"""
        return rate_of(self.rates, model).limits

    async def permit(self, model: str, tokens: int) -> None:
        """Returns when a call of about so many tokens may begin."""
        rate, late = rate_of(self.rates, model), True
        while late:
            now = time.monotonic()
            (at,), self._paces[model] = given(self._pace(model), rate, [tokens], now, 0.0, self.minute)
            await asyncio.sleep(at - now)
            late = time.monotonic() - at > self.minute * LATE

    async def pause(self, model: str, seconds: float) -> None:
        """Lets no call to the model begin for so many seconds."""
        pace = self._pace(model)
        self._paces[model] = replace(pace, not_before=max(pace.not_before, time.monotonic() + seconds))

    def _pace(self, model: str) -> Pace:
        return self._paces.get(model, Pace())
