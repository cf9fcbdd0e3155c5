"""What every call of a process passes before it begins: is anything stopped, is there a place, is it time?"""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from exchange.domain.rates import LATE, MINUTE, Permits
from exchange.errors import AuthError, ExchangeError, Interrupted, Parked, QuotaExhausted, TransientError
from exchange.llm.model import Model
from exchange.llm.permits import OwnPermits
from exchange.llm.spec import parse

_OPENAI = "OpenAI"
# Seconds within which a server refuses a key or an account: what it says later is an answer, and takes as long as one.
_REFUSES_WITHIN = 2.0


@dataclass(kw_only=True)
class _Server:
    """A server that has not answered yet is asked by one call alone: a wrong key or an empty account costs one call."""

    answered: bool
    refusal: ExchangeError | None = None
    asked_at: float | None = None
    _first: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Nobody else is inside, until the server has answered once, or is silent for so long that it refuses nobody."""
        async with AsyncExitStack() as stack:
            if not self.answered and await self._is_first():
                stack.callback(self._leave)
            if self.answered:
                await stack.aclose()
            yield

    async def _is_first(self) -> bool:
        """Waits for its turn; False where the one before was asked so long ago that it is not refused."""
        while True:
            silent = 0.0 if self.asked_at is None else time.monotonic() - self.asked_at
            try:
                async with asyncio.timeout(_REFUSES_WITHIN - silent):
                    return await self._first.acquire()
            except TimeoutError:
                if silent >= _REFUSES_WITHIN:
                    return False

    def _leave(self) -> None:
        self.asked_at = None
        self._first.release()


@dataclass(kw_only=True)
class Gate:
    """One for a process. `halt`, once set, lets no further call begin; `concurrency` calls run at the same time.

    `permits` keeps the models' limits. `minute` is in seconds, and is another length in tests alone.
    """

    halt: asyncio.Event
    concurrency: int = 64
    permits: Permits = field(default_factory=OwnPermits)
    minute: float = MINUTE
    stopped: ExchangeError | None = None
    _places: dict[str, asyncio.Semaphore] = field(default_factory=dict)
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
            permitted = await self._in_time(name, tokens)
            async with self._all:
                if time.monotonic() - permitted > self.minute * LATE:
                    # With others, a call that waited so long for a place could be one too many.
                    await self._in_time(name, tokens)
                self.check(server.refusal)
                server.asked_at = server.asked_at or time.monotonic()
                try:
                    yield
                except (AuthError, QuotaExhausted, Parked) as error:
                    server.refusal = error
                    raise
                except TransientError as error:
                    await self._leave_alone(name, error.retry_after or 0)
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

    async def _in_time(self, name: str, tokens: int) -> float:
        """Waits until the call may begin, and returns when that was."""
        while (pause := self._pause(name)) > 0 and not self.halt.is_set():
            await self._unless_halted(asyncio.sleep(pause))
        if self.permits.limited(name):
            await self._unless_halted(self.permits.permit(name, tokens))
        return time.monotonic()

    async def _leave_alone(self, name: str, seconds: float) -> None:
        """Lets no call to the model begin for so many seconds, here and wherever its limit is shared."""
        if seconds > 0:
            self._not_before[name] = max(self._pause(name), seconds) + time.monotonic()
            if self.permits.limited(name):
                await self.permits.pause(name, seconds)

    def _pause(self, name: str) -> float:
        """For how many seconds the model's server asked to be left alone."""
        return self._not_before.get(name, 0) - time.monotonic()

    async def _unless_halted(self, wait: Coroutine[Any, Any, object]) -> None:
        halted, waited = asyncio.create_task(self.halt.wait()), asyncio.create_task(wait)
        try:
            await asyncio.wait({halted, waited}, return_when=asyncio.FIRST_COMPLETED)
            if waited.done():
                waited.result()
        finally:
            halted.cancel()
            waited.cancel()
