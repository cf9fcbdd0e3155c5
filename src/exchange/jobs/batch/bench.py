"""What a worker does of one batch: its run, under the batch's own id, so that its cap holds for all workers."""

import asyncio
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

from exchange.config import Settings
from exchange.domain.work import Became, Item, ItemState
from exchange.errors import ConfigError, ExchangeError, StoreError, TransientError
from exchange.jobs.batch.item import work_on
from exchange.jobs.batch.running import ALL_FAIL, Told, watching
from exchange.jobs.run import Run, running
from exchange.store import batches, items
from exchange.store.batches import Batch
from exchange.store.engine import Store
from exchange.store.owners import Owner

# Seconds after which a server that could not be had is tried again.
LATER = 60.0


@dataclass(kw_only=True)
class Bench:
    """A batch that is worked on; `flying` are the ordinals of its items that are being done, `users` the tasks that are at it.

    It is `over` where the batch is not open any more, and `stop` is what ended it here:
    it goes on at `again_at`, on the clock of `time.monotonic`, or only when it is handed over anew.
    """

    batch: Batch
    run: Run
    round: str
    stack: AsyncExitStack
    flying: set[int] = field(default_factory=set)
    users: int = 0
    over: bool = False
    stop: ExchangeError | None = None
    again_at: float | None = None
    failing: int = 0

    def ends(self, error: ExchangeError, pause: float | None) -> None:
        """Stops it, for so many seconds or for good."""
        self.stop, self.again_at = error, None if pause is None else time.monotonic() + pause

    def pause(self, named: str) -> float | None:
        """For how many seconds a task of that round has to wait; None where it need not come back."""
        if self.stop is None or named != self.round:
            return 0.0
        return None if self.again_at is None else max(0.0, self.again_at - time.monotonic())

    async def close(self) -> None:
        """Lets go of its connections, once nothing is flying."""
        await self.stack.aclose()

    async def claim(self, ordinal: int, owner: Owner, alone: bool) -> Item | None:
        """The item, leased; None where it is not to be had."""
        seconds = self.run.settings.limits.heartbeat_seconds
        return await self.run.writer(
            items.claim, self.run.store, self.batch.id, owner, seconds, not alone, ordinal=ordinal
        )

    async def do(self, item: Item, told: Told) -> ItemState | None:
        """The item's state after a try. Raises what stops the batch, with the item given back.

        So does ConfigError: what this worker's settings lack, a key or a price, another one's may have.
        """
        run, seconds = self.run, self.run.settings.limits.item_seconds
        self.flying.add(item.ordinal)
        try:
            became = await work_on(run, item, self.batch.asked, self.batch.begun_at, seconds, watching(lambda _: None))
            if became.error == ConfigError.__name__:
                raise ConfigError(became.reason)
            state = await run.writer(items.settle, run.store, item, became)
        except ExchangeError:
            with suppress(StoreError):
                await run.writer(items.put_back, run.store, item)
            raise
        finally:
            self.flying.discard(item.ordinal)
        told(item, became, state)
        self._count(item, became)
        return state

    def _count(self, item: Item, became: Became) -> None:
        if item.tries == 1:
            self.failing = self.failing + 1 if became.error == TransientError.__name__ else 0
        if self.failing >= ALL_FAIL and self.stop is None:
            self.ends(
                TransientError(f"{self.failing} hypotheses one after the other met the same: {became.reason}"), LATER
            )


async def opened(store: Store, settings: Settings, name: str, named: str, halt: asyncio.Event) -> Bench:
    """The bench of a batch, for one handing over of it. Raises NotFound."""
    batch, stack = batches.batch(store, name), AsyncExitStack()
    limits = settings.limits
    run = await stack.enter_async_context(
        running(store, settings, batch.cap, halt, run=batch.id, patience=limits.outage_seconds)
    )
    return Bench(batch=batch, run=run, round=named, stack=stack)
