"""What every call of a process passes before it begins: is anything stopped, is there a place, is it time?"""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from aiolimiter import AsyncLimiter

from exchange.errors import AuthError, ExchangeError, Interrupted, Parked, QuotaExhausted, TransientError
from exchange.llm.model import Model
from exchange.llm.spec import parse

# A tenth of the limit may go at once; the rest is spread so thin that no sixty seconds hold more than the limit.
_AT_ONCE = 10
_SPREAD = 0.97
_OPENAI = "OpenAI"


@dataclass(frozen=True, kw_only=True)
class Rate:
    """What a model allows in a minute; None is no limit."""

    requests: int | None = None
    tokens: int | None = None


@dataclass(kw_only=True)
class _Server:
    """A server that has not answered yet is asked by one call alone: a wrong key or an empty account costs one call."""

    answered: bool
    refusal: ExchangeError | None = None
    _first: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Nobody else is inside, until the server has answered once."""
        async with AsyncExitStack() as stack:
            if not self.answered:
                await self._first.acquire()
                stack.callback(self._first.release)
            if self.answered:
                await stack.aclose()
            yield


@dataclass(kw_only=True)
class Gate:
    """One for a process. `halt`, once set, lets no further call begin; `concurrency` calls run at the same time.

    `rates` are by full name or a pattern of it. `minute` is in seconds, and is another length in tests alone.
    """

    halt: asyncio.Event
    concurrency: int = 64
    rates: Mapping[str, Rate] = field(default_factory=dict)
    minute: float = 60.0
    stopped: ExchangeError | None = None
    _places: dict[str, asyncio.Semaphore] = field(default_factory=dict)
    _limiters: dict[str, tuple[AsyncLimiter | None, AsyncLimiter | None]] = field(default_factory=dict)
    _servers: dict[str, _Server] = field(default_factory=dict)
    _not_before: dict[str, float] = field(default_factory=dict)
    _under_way: int = 0
    _settled: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._all = asyncio.Semaphore(self.concurrency)

    @asynccontextmanager
    async def passage(self, name: str, model: Model, tokens: int) -> AsyncIterator[None]:
        """Lets one call through, which begins and ends inside. `tokens` is about what it will use.

        Raises Interrupted, what stopped all calls, or what the model's server refuses every call with.
        """
        spec = parse(name)
        address = (spec.url or _OPENAI) if spec.paid else name
        server = self._servers.setdefault(address, _Server(answered=not spec.paid))
        async with self._places.setdefault(name, asyncio.Semaphore(model.concurrency)), server.alone():
            await self._in_time(name, tokens)
            async with self._all:
                self.check(server.refusal)
                try:
                    yield
                except (AuthError, QuotaExhausted, Parked) as error:
                    server.refusal = error
                    raise
                except TransientError as error:
                    self._not_before[name] = max(self._pause(name), error.retry_after or 0) + time.monotonic()
                    raise
                server.answered = True

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Counts a call whose intent is committed, until its outcome is."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._settled.set()

    def check(self, refusal: ExchangeError | None = None) -> None:
        """Raises what lets no further call begin, if anything does."""
        if self.halt.is_set():
            raise Interrupted("The debate was interrupted.")
        if stopped := self.stopped or refusal:
            raise stopped

    async def another_settles(self) -> bool:
        """Waits until a call that is under way has ended; False where there is none."""
        if not self._under_way:
            return False
        self._settled.clear()
        await self._settled.wait()
        return True

    async def pause(self, seconds: float) -> None:
        """Waits, but not past an interruption."""
        await self._unless_halted(asyncio.sleep(seconds))

    async def _in_time(self, name: str, tokens: int) -> None:
        if name not in self._limiters:
            rate = next((rate for pattern, rate in self.rates.items() if fnmatchcase(name, pattern)), Rate())
            self._limiters[name] = (self._limiter(rate.requests), self._limiter(rate.tokens, 2))
        while (pause := self._pause(name)) > 0 and not self.halt.is_set():
            await self._unless_halted(asyncio.sleep(pause))
        by_call, by_token = self._limiters[name]
        if by_call:
            await self._unless_halted(by_call.acquire())
        if by_token:
            await self._unless_halted(by_token.acquire(min(tokens, by_token.max_rate)))

    def _pause(self, name: str) -> float:
        """For how many seconds the model's server asked to be left alone."""
        return self._not_before.get(name, 0) - time.monotonic()

    def _limiter(self, limit: int | None, at_once: int = _AT_ONCE) -> AsyncLimiter | None:
        if limit is None:
            return None
        burst = max(1, limit // at_once)
        spread = (limit - burst if burst > 1 else limit) * _SPREAD
        return AsyncLimiter(burst, self.minute * burst / spread)

    async def _unless_halted(self, wait: Coroutine[Any, Any, object]) -> None:
        halted, waited = asyncio.create_task(self.halt.wait()), asyncio.create_task(wait)
        try:
            await asyncio.wait({halted, waited}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            halted.cancel()
            waited.cancel()
