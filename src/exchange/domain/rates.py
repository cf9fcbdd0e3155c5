"""What a model allows in a minute, when calls may begin under it, and the protocol of whoever says so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Protocol

MINUTE = 60.0
# So much of a limit is used: what is left is for calls that set out later than they might have, by 3 s of a minute.
_SPREAD = 0.95
# Minutes ahead that moments are taken: half a second for each process that shares the limit.
_AHEAD = 2
LATE = 1 / 60
"""A moment that has passed by more than this, of a minute, is not used: with others it could be one too many."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """What a model allows in a minute; None is no limit."""

    requests: int | None = None
    tokens: int | None = None

    @property
    def limits(self) -> bool:
        """Does it limit anything?"""
        return self.requests is not None or self.tokens is not None


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How far a model's time is given away, in seconds since the epoch.

    The next call begins at `call_at` at the earliest, and `token_gap` or its own gap after `token_at`, whichever is the
    longer; none before `not_before`, for which its server asked.
    """

    call_at: float = 0.0
    token_at: float = 0.0
    token_gap: float = 0.0
    not_before: float = 0.0


class Permits(Protocol):
    """Whoever says when calls may begin; all who share it keep one limit together."""

    def limited(self, model: str) -> bool:
        """Is there a limit for the model?"""

    async def permit(self, model: str, tokens: int) -> None:
        """Returns when a call of about so many tokens may begin, which it then does at once. Raises StoreError."""

    async def pause(self, model: str, seconds: float) -> None:
        """Notes that the model's server asked to be left alone for so many seconds."""


def rate_of(rates: Mapping[str, Rate], model: str) -> Rate:
    """The first rate whose pattern fits the model's full name; none limits nothing."""
    return next((rate for pattern, rate in rates.items() if fnmatchcase(model, pattern)), Rate())


def given(
    pace: Pace, rate: Rate, tokens: Sequence[int], now: float, within: float, minute: float = MINUTE
) -> tuple[list[float], Pace]:
    """When calls of so many tokens may begin, one after the other, and the pace thereafter.

    There is one time at least, and none later than the first by more than `within` seconds. No sliding minute holds more
    calls, or more tokens, than the rate allows, be they taken by whomever: equal gaps for calls; for tokens each gap is
    as long as the larger of the two calls beside it asks, `k / (L - k)` of a minute for k of L tokens.
    """
    times: list[float] = []
    for at, after in _times(pace, rate, tokens, now, minute):
        if times and at > times[0] + within:
            break
        times.append(at)
        pace = after
    return times, pace


def believed(pace: Pace, now: float, minute: float = MINUTE) -> Pace:
    """The pace; where it is further ahead than processes take moments, the clock was set back, and a minute must do."""
    if max(pace.call_at, pace.token_at) <= now + _AHEAD * minute:
        return pace
    return Pace(call_at=now + minute, not_before=pace.not_before)


def _times(pace: Pace, rate: Rate, tokens: Sequence[int], now: float, minute: float) -> Iterator[tuple[float, Pace]]:
    for count in tokens:
        gap = _gap(rate.tokens, count, minute)
        free = max(pace.call_at, pace.token_at + max(pace.token_gap, gap) if rate.tokens else 0.0)
        at = max(now, free, pace.not_before)
        step = minute / (rate.requests * _SPREAD) if rate.requests else 0.0
        pace = replace(pace, call_at=at + step, token_at=at, token_gap=gap)
        yield at, pace


def _gap(limit: int | None, tokens: int, minute: float) -> float:
    """Seconds before and behind a call of so many tokens; one that takes more than half of the limit counts as half."""
    if limit is None:
        return 0.0
    counted = min(tokens, limit / 2)
    return minute * counted / ((limit - counted) * _SPREAD)
