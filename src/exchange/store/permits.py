"""Permits for all processes of one store: each takes the next moments of a model's minute, and gives back what it leaves.

A moment is taken in a transaction, so that nobody has it twice; several are taken at once, for calls that wait.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import bindparam, select, text, update

from exchange.domain.rates import LATE, MINUTE, Pace, Rate, believed, given, rate_of
from exchange.errors import StoreError
from exchange.store.clock import seconds
from exchange.store.engine import Store, Transaction
from exchange.store.tables import PaceRow, table
from exchange.store.writer import Writer

# Moments that are taken at once: as many as there are in half a second, and not more calls than these.
_SLICES, _MOST = 120, 100
_PACES = table(PaceRow)
_FIRST = text(
    "INSERT INTO pace (model, call_at, token_at, token_gap, not_before) VALUES (:of, 0, 0, 0, 0) ON CONFLICT DO NOTHING"
)
_PACE = select(_PACES).where(_PACES.c.model == bindparam("of")).with_for_update()
_KEEP = update(_PACES).where(_PACES.c.model == bindparam("of"))
_GIVE_BACK = (
    update(_PACES)
    .where(_PACES.c.model == bindparam("of"), _PACES.c.call_at == bindparam("end"))
    .values(call_at=bindparam("left"))
)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Caller:
    """A call of about so many tokens that waits for its moment."""

    tokens: int
    turn: "asyncio.Future[None]"


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Moments that were taken: in so many seconds each, and what the row then said."""

    delays: tuple[float, ...]
    began: float
    pace: Pace


@dataclass(kw_only=True)
class SharedPermits:
    """The domain's Permits over the table `pace`; used as an asynchronous context manager, it gives back what is left."""

    store: Store
    writer: Writer
    rates: Mapping[str, Rate]
    minute: float = MINUTE
    _waiting: dict[str, deque[_Caller]] = field(default_factory=dict)
    _serving: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def limited(self, model: str) -> bool:
        """Is there a limit for the model?"""
        return rate_of(self.rates, model).limits

    async def permit(self, model: str, tokens: int) -> None:
        """Returns when a call of about so many tokens may begin. Raises StoreError."""
        rate = rate_of(self.rates, model)
        caller = _Caller(tokens=tokens, turn=asyncio.get_running_loop().create_future())
        self._waiting.setdefault(model, deque()).append(caller)
        if model not in self._serving or self._serving[model].done():
            self._serving[model] = asyncio.create_task(self._serve(model, rate))
        await caller.turn

    async def pause(self, model: str, seconds: float) -> None:
        """Lets no process take moments of the model for so many seconds; those that are taken stay. Raises StoreError."""
        await self.writer.commit(put_off, self.store, model, seconds)

    async def close(self) -> None:
        """Ends what still waits for moments, and gives back those that nobody will use."""
        for task in self._serving.values():
            task.cancel()
            with suppress(asyncio.CancelledError, StoreError):
                await task

    async def _serve(self, model: str, rate: Rate) -> None:
        """Takes moments as long as anybody waits."""
        waiting = self._waiting[model]
        try:
            while wants := [each.tokens for each in waiting if not each.turn.done()]:
                taken = await self.writer.commit(take, self.store, model, rate, wants[:_MOST], self.minute)
                await self._spend(model, taken)
        except StoreError as error:
            for each in waiting:
                if not each.turn.done():
                    each.turn.set_exception(error)
            waiting.clear()

    async def _spend(self, model: str, taken: Slice) -> None:
        """Gives each moment to the caller that is next when it comes."""
        loop, waiting = asyncio.get_running_loop(), self._waiting[model]
        began, used = loop.time(), 0
        try:
            for delay in taken.delays:
                await asyncio.sleep(began + delay - loop.time())
                while waiting and waiting[0].turn.done():
                    waiting.popleft()
                if not waiting:
                    break
                if loop.time() - began - delay < self.minute * LATE:
                    waiting.popleft().turn.set_result(None)
                used += 1
        finally:
            if used < len(taken.delays):
                await self.writer.commit(give_back, self.store, model, taken, used)


def take(store: Store, model: str, rate: Rate, tokens: Sequence[int], minute: float = MINUTE) -> Slice:
    """The next moments for calls of so many tokens: one at least, and those of half a second (of a minute)."""
    with store.writing() as transaction:
        pace, now = _pace(transaction, model), seconds(transaction)
        times, after = given(believed(pace, now, minute), rate, tokens, now, minute / _SLICES, minute)
        transaction.execute(_KEEP, dict(of=model) | vars(after))
    return Slice(delays=tuple(at - now for at in times), began=now, pace=after)


def give_back(store: Store, model: str, taken: Slice, used: int) -> None:
    """Gives back all moments but the first `used`, where nobody has taken later ones."""
    with store.writing() as transaction:
        left = taken.began + taken.delays[used]
        transaction.execute(_GIVE_BACK, dict(of=model, end=taken.pace.call_at, left=left))


def put_off(store: Store, model: str, pause: float) -> None:
    """Gives no moment of the model for so many seconds."""
    with store.writing() as transaction:
        pace = _pace(transaction, model)
        until = max(pace.not_before, seconds(transaction) + pause)
        transaction.execute(_KEEP, dict(of=model, not_before=until))


def _pace(transaction: Transaction, model: str) -> Pace:
    """The model's pace, which nobody else changes until the transaction ends."""
    transaction.execute(_FIRST, dict(of=model))
    row = transaction.execute(_PACE, dict(of=model)).one()
    return Pace(call_at=row.call_at, token_at=row.token_at, token_gap=row.token_gap, not_before=row.not_before)
