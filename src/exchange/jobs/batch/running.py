"""A batch, worked on by this process: so many items at once, until nothing is left to do or something stops all of it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from exchange.domain.calls import Via
from exchange.domain.work import BatchState, Became, Item, ItemState
from exchange.errors import ExchangeError, StoreError, TransientError
from exchange.jobs.batch.item import let_go_of_quarantined, work_on
from exchange.jobs.debate import Observer
from exchange.jobs.run import Run
from exchange.store import batches, items
from exchange.store.batches import Batch
from exchange.store.owners import Owner, this_process

# Seconds until it is looked again for what other processes have left.
_LOOK_AGAIN = 1.0
# So many items that failed one after the other at their first try, because no server could be had, are no matter of theirs.
ALL_FAIL = 20


# Hears what became of a try; the state is the item's, None where another process has it by now.
Told = Callable[[Item, Became, ItemState | None], None]


@dataclass(kw_only=True)
class _Worker:
    """What one process does of a batch: what it has in flight, and what lets it take no further item."""

    run: Run
    batch: Batch
    told: Told
    observer: Observer
    owner: Owner = field(default_factory=this_process)
    flying: set[asyncio.Task[None]] = field(default_factory=set)
    alone: bool = False
    stop: ExchangeError | None = None
    failing: int = 0

    async def work(self) -> None:
        await self._free()
        beat = asyncio.create_task(self._beat())
        try:
            while await self._step():
                pass
        finally:
            beat.cancel()
            with suppress(asyncio.CancelledError):
                await beat
        if self.stop:
            raise self.stop

    async def _step(self) -> bool:
        """Takes another item, or waits for one that is in flight, or for other processes; is there more to do?"""
        if item := await self._next():
            self.alone = item.alone
            self.flying.add(asyncio.create_task(self._one(item)))
            return True
        if self.flying:
            done, self.flying = await asyncio.wait(self.flying, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            self.alone = self.alone and bool(self.flying)
            return True
        return self.stop is None and await self._others_have_some()

    async def _next(self) -> Item | None:
        limits = self.run.settings.limits
        if self.stop or self.alone or len(self.flying) >= self._at_once:
            return None
        try:
            self.run.gate.check()
            return await self.run.writer(
                items.claim, self.run.store, self.batch.id, self.owner, limits.lease_seconds, bool(self.flying)
            )
        except ExchangeError as error:
            self.stop = error
            return None

    @property
    def _at_once(self) -> int:
        """So many items in flight: a file for a provider holds the questions of all that are."""
        chosen = self.run.settings
        return chosen.batches.debates if self.batch.asked.via is Via.BATCH else chosen.limits.debates

    async def _one(self, item: Item) -> None:
        run = self.run
        # A provider has a day for a file; nothing hangs that waits for it.
        seconds = None if self.batch.asked.via is Via.BATCH else run.settings.limits.item_seconds
        try:
            became = await work_on(run, item, self.batch.asked, self.batch.begun_at, seconds, self.observer)
            state = await run.writer(items.settle, run.store, item, became)
        except ExchangeError as error:
            self.stop = self.stop or error
            # Where it cannot be given back, it is free as soon as this process ends.
            with suppress(StoreError):
                await run.writer(items.put_back, run.store, item)
            return
        self._count(item, became)
        self.told(item, became, state)

    def _count(self, item: Item, became: Became) -> None:
        if item.tries > 1:
            return
        self.failing = self.failing + 1 if became.error == TransientError.__name__ else 0
        if self.failing >= ALL_FAIL:
            self.stop = self.stop or TransientError(
                f"{self.failing} hypotheses one after the other met the same: {became.reason}. The batch goes on later: "
                f"`exchange batch resume {self.batch.id}`"
            )

    async def _others_have_some(self) -> bool:
        """Waits a little where other processes still have items, which may come back; ends the batch where none is left."""
        if (await self._free()).waiting:
            return True
        if await self.run.writer(batches.close, self.run.store, self.batch.id):
            await self.run.writer(let_go_of_quarantined, self.run.store, self.batch.id)
            return False
        left = await self.run.writer(batches.counts, self.run.store, self.batch.id)
        if not left[ItemState.TAKEN] and not await self._open():
            return False
        try:
            await self.run.gate.pause(_LOOK_AGAIN)
            self.run.gate.check()
        except ExchangeError as error:
            self.stop = error
        return self.stop is None

    async def _open(self) -> bool:
        found = await self.run.writer(batches.batch, self.run.store, self.batch.id)
        return found.state is BatchState.OPEN

    async def _free(self) -> items.Freed:
        return await self.run.writer(items.free, self.run.store, self.batch.id)

    async def _beat(self) -> None:
        """Renews the leases, and takes over what dead processes had."""
        seconds = self.run.settings.limits.lease_seconds
        while True:
            await asyncio.sleep(seconds / 3)
            # The next beat may succeed; if none does, the leases run out, and another process takes the items over.
            with suppress(StoreError):
                await self.run.writer(items.renew, self.run.store, self.batch.id, self.owner, seconds)
                await self._free()


async def work(run: Run, batch: Batch, told: Told, observer: Observer) -> None:
    """Works on the batch until nothing is left of it, here or elsewhere; `told` hears of every try.

    Any number of processes may do so at the same time: each item is one's. The run must have the batch's id as its own,
    so that its cap holds for all of them.

    Raises what stopped it, with the items in flight given back: Interrupted, LimitReached, what a server refuses every call
    with, TransientError where no server can be had, StoreError. The same goes on.
    """
    await _Worker(run=run, batch=batch, told=told, observer=observer).work()


def watching(answered: Callable[[float | None], None]) -> Observer:
    """An observer that hears of nothing but what each new answer cost, None where that is unknown."""

    def ignore(*_: object) -> None: ...

    return Observer(
        begun=ignore,
        event=ignore,
        wait=ignore,
        answer=lambda answer: None if answer.replayed else answered(answer.reply.cost),
    )
