"""A worker: does the items that the engine hands out, as long as it is not told to stop; any number, on any machine."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from exchange.config import Settings
from exchange.domain.identity import new_worker_id
from exchange.domain.work import Asked, ItemState
from exchange.errors import (
    AuthError,
    ConfigError,
    ExchangeError,
    Interrupted,
    NotFound,
    Parked,
    QuotaExhausted,
    StoreError,
    TransientError,
)
from exchange.jobs.batch.beginning import begin
from exchange.jobs.batch.bench import LATER, Bench, opened
from exchange.jobs.batch.choosing import choose
from exchange.jobs.batch.floor import Floor
from exchange.jobs.batch.item import let_go_of_quarantined
from exchange.jobs.batch.running import Told
from exchange.jobs.queue import Queue, Task
from exchange.store import batches, items, workers
from exchange.store.clock import now
from exchange.store.engine import Store
from exchange.store.owners import Owner, this_process
from exchange.store.writer import Writer

# Seconds until a task comes back that nobody could do just now.
_SOON = 1.0
# Parts of a heartbeat after which a worker is heard of again.
_BEATS = 4
# Seconds in which the engine notes that the last tasks have ended.
_NOTED = 0.5

Say = Callable[[str], None]
# What this worker's settings, key or account meet, another one's may not.
_OURS = (AuthError, ConfigError, QuotaExhausted)


@dataclass(kw_only=True)
class Worker:
    """One process; `told` hears of every try, `say` of what else there is to be known."""

    store: Store
    settings: Settings
    queue: Queue
    halt: asyncio.Event
    told: Told
    say: Say
    name: str = field(default_factory=new_worker_id)
    owner: Owner = field(default_factory=this_process)
    stop: ExchangeError | None = None
    _benches: dict[str, Bench] = field(default_factory=dict)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def work(self) -> None:
        """Works until `halt` is set, and gives back what it had. Raises what stopped it: StoreError, AuthError, ConfigError, QuotaExhausted."""
        limits = self.settings.limits
        self._owner = self.owner.to_json()
        self._floor = Floor(places=limits.debates)
        with Writer(limits.outage_seconds) as self._writer:
            await self._writer(workers.enter, self.store, self.name, self.owner)
            beat = asyncio.create_task(self._beat())
            try:
                async with self.queue.serving(self.name, limits.debates, self.do, self.begin):
                    self.say(f"{self.name} is at work, on {limits.debates} hypotheses at once.")
                    await self.halt.wait()
                    await self._floor.empty()
                    await asyncio.sleep(_NOTED)
                await self._left()
            finally:
                beat.cancel()
                with suppress(asyncio.CancelledError):
                    await beat
                for bench in self._benches.values():
                    await bench.close()
        if self.stop:
            raise self.stop

    async def do(self, task: Task) -> None:
        """What the engine has a task done by: tries its item, and puts the task in again as long as that is wanted."""
        try:
            seconds = await self._tried(task)
        except StoreError as error:
            self._end(error)
            seconds = _SOON
        if seconds is not None:
            await self._writer(self.queue.again, task, seconds)

    async def begin(self, wishes: dict[str, Any]) -> None:
        """What the engine has a schedule begun by: the batch of those wishes, or the open one of the same, is handed out."""
        asked, planned = Asked.model_validate_json(wishes["asked"]), now()
        # A thread of its own: to choose among many takes longer than a heartbeat.
        with Writer(self.settings.limits.outage_seconds) as writer:
            name = await writer(self._begun, asked, wishes.get("max_cost"), planned)
            if name is None:
                self.say("What is scheduled has nothing to do.")
                return
            left = await writer(batches.left, self.store, name)
            await writer(self.queue.hand_over, name, left)
        self.say(f"{name}: {len(left):,} hypotheses, as scheduled.")

    def _begun(self, asked: Asked, more: float | None, planned: str) -> str | None:
        same = batches.under_way(self.store, asked)
        if same and more is not None and not batches.worked_on(self.store, same):
            batches.recap(self.store, same, batches.spent(self.store, same) + more)
        if same:
            return same
        choice = choose(self.store, asked, self.settings, None, None, lambda _: None)
        return begin(self.store, asked, choice, more, planned) if choice.candidates else None

    async def _tried(self, task: Task) -> float | None:
        """In how many seconds the task is to come back; None where nothing is left of it."""
        if self.halt.is_set():
            return _SOON
        bench = await self._bench(task)
        if not isinstance(bench, Bench):
            return bench
        bench.users += 1
        try:
            return await self._at(bench, task)
        finally:
            bench.users -= 1
            if bench.over and not bench.users and self._benches.get(task.batch) is bench:
                await self._benches.pop(task.batch).close()

    async def _at(self, bench: Bench, task: Task) -> float | None:
        found = await self._writer(items.standing, self.store, task.batch, task.ordinal)
        bench.over = found is None
        if found is None or found.state not in (ItemState.WAITING, ItemState.TAKEN):
            return None
        if found.state is ItemState.TAKEN and (found.owner != self._owner or task.ordinal in bench.flying):
            return self.settings.limits.heartbeat_seconds
        if found.state is ItemState.TAKEN:
            await self._writer(items.disown, self.store, task.batch, self.owner, task.ordinal)
        async with self._floor.place(found.alone):
            if self.halt.is_set() or bench.stop:
                return _SOON
            return await self._once(bench, task, found.alone)

    async def _once(self, bench: Bench, task: Task, alone: bool) -> float | None:
        item = await bench.claim(task.ordinal, self.owner, alone)
        if item is None:
            return _SOON
        try:
            state = await bench.do(item, self.told)
        except ExchangeError as error:
            return self._stopped(bench, task, error)
        if state is ItemState.WAITING:
            return 0.0
        if not bench.flying:
            await self._close(bench.batch.id)
        return None if state else _SOON

    def _stopped(self, bench: Bench, task: Task, error: ExchangeError) -> float | None:
        """What stops one item of a batch stops them all: for a while, or until the batch is handed over again."""
        if isinstance(error, Interrupted):
            return _SOON
        if isinstance(error, (*_OURS, StoreError)):
            self._end(error)
            return _SOON
        if bench.stop is None:
            bench.ends(
                error, max(LATER, error.retry_after or 0.0) if isinstance(error, Parked | TransientError) else None
            )
            self.say(f"{bench.batch.id}: {error}")
        return bench.pause(task.round)

    async def _bench(self, task: Task) -> Bench | float | None:
        """The batch's bench; or in how many seconds the task is to come back, None where it need not."""
        async with self._opening:
            found = self._benches.get(task.batch)
            if found and found.stop:
                pause = found.pause(task.round)
                if pause is None or pause or found.users:
                    return pause if pause is None else max(pause, _SOON)
                await self._benches.pop(task.batch).close()
                found = None
            if found is None:
                try:
                    found = await opened(self.store, self.settings, task.batch, task.round, self.halt)
                except NotFound:
                    return None
                self._benches[task.batch] = found
            return found

    async def _close(self, name: str) -> None:
        """Ends the batch where nothing is left of it."""
        if await self._writer(batches.close, self.store, name):
            await self._writer(let_go_of_quarantined, self.store, name)
            self.say(f"{name} is done.")
            while await self._writer(self.queue.forget, name):
                pass

    def _end(self, error: ExchangeError) -> None:
        self.stop = self.stop or error
        self.halt.set()

    async def _left(self) -> None:
        """Gives back what it still had: the engine is down, so that nothing comes in again."""
        for name in await self._writer(batches.open_ones, self.store):
            await self._writer(items.disown, self.store, name, self.owner)
        await self._writer(self.queue.hand_back, self.name)
        await self._writer(workers.leave, self.store, self.name)

    async def _beat(self) -> None:
        seconds, own = self.settings.limits.heartbeat_seconds, True
        while True:
            try:
                own = await self._heard_of(own)
            except StoreError as error:
                self._end(error)
                return
            await asyncio.sleep(seconds / _BEATS)

    async def _heard_of(self, judges: bool) -> bool:
        """Says that this one is alive; who was silent itself says of nobody that he is dead, until the next time."""
        seconds = self.settings.limits.heartbeat_seconds
        before = await self._writer(workers.beat, self.store, self.name)
        on_time = before < seconds
        for name in await self._writer(batches.open_ones, self.store):
            await self._writer(items.renew, self.store, name, self.owner, seconds)
            if on_time and judges:
                await self._writer(items.free, self.store, name)
                await self._close(name)
        for silent in await self._writer(workers.silent, self.store, seconds) if on_time and judges else []:
            await self._take_over(silent)
        return on_time

    async def _take_over(self, silent: workers.Worker) -> None:
        seconds = self.settings.limits.heartbeat_seconds
        if silent.id == self.name or not await self._writer(workers.take, self.store, silent, self.name, seconds):
            return
        number = await self._writer(self.queue.hand_back, silent.id)
        await self._writer(workers.bury, self.store, silent)
        self.say(
            f"{silent.id} ({silent.owner or 'somewhere'}) was silent for {silent.silent:.0f} s: {number} of its hypotheses are handed out again."
        )
