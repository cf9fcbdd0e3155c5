"""One command's work: its cap, its models, and the gate that all of its calls pass."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

from exchange.config import Settings, prices
from exchange.domain.batches import ProviderBatch
from exchange.domain.calls import Via
from exchange.domain.identity import new_run_id
from exchange.domain.money import Budget
from exchange.domain.rates import MINUTE, Rate
from exchange.domain.setup import Setup
from exchange.errors import ConfigError, SetupError
from exchange.llm.batching.collector import Collector
from exchange.llm.batching.pace import Pace
from exchange.llm.batching.provider import Provider
from exchange.llm.connect import Access, connect, connect_batches
from exchange.llm.gate import Gate
from exchange.llm.model import Model
from exchange.llm.prices import Prices
from exchange.store import provider_batches
from exchange.store.engine import Store
from exchange.store.permits import SharedPermits
from exchange.store.provider_batches import BatchLedger
from exchange.store.writer import Writer

Connect = Callable[[str, Access], Model]
ConnectBatches = Callable[[str, Access], Provider | None]


@dataclass(frozen=True, kw_only=True)
class Run:
    """Everything that debates of one run share. A process has one run at a time."""

    id: str
    store: Store
    settings: Settings
    budget: Budget
    prices: Prices
    gate: Gate
    writer: Writer
    connect: Connect
    connect_batches: ConnectBatches = connect_batches
    collector: Collector | None = None
    _providers: dict[str, Provider | None] = field(default_factory=dict)
    _models: dict[str, Model] = field(default_factory=dict)

    def models(self, setup: Setup) -> dict[str, Model]:
        """Every model of the setup, connected.

        Raises UnknownModel, and ConfigError for a lacking key or, where there is a cap, for a price that is not known.
        """
        if self.budget.capped:
            self._priced(setup)
        for name in setup.models:
            if name not in self._models:
                self._models[name] = self.connect(name, self._access)
        return {name: self._models[name] for name in setup.models}

    def provider(self, name: str) -> Provider | None:
        """Where the model's batches go; None where it is asked one by one. Raises SetupError."""
        if name not in self._providers:
            self._providers[name] = self.connect_batches(name, self._access)
        return self._providers[name]

    async def close(self) -> None:
        """Lets go of batches under way, and of the connections."""
        if self.collector:
            await self.collector.close()
        for connected in (*self._models.values(), *self._providers.values()):
            if connected:
                await connected.close()

    @property
    def _access(self) -> Access:
        limits = self.settings.limits
        return Access(
            paid_calls=self.settings.paid_calls,
            keys=self.settings.keys,
            concurrency=limits.concurrency,
            connect_seconds=limits.connect_seconds,
            call_seconds=limits.call_seconds,
        )

    def _priced(self, setup: Setup) -> None:
        for name in setup.models:
            if not self.prices.known(name):
                raise ConfigError(
                    f"There is a cap on what calls may cost, and the price of {name} is not known. Write it into your "
                    "prices.toml (see configs/prices.toml), or go without --max-cost and limits.daily_cost."
                )


@asynccontextmanager
async def running(
    store: Store,
    settings: Settings,
    max_cost: float | None = None,
    halt: asyncio.Event | None = None,
    connect: Connect = connect,
    run: str | None = None,
    minute: float = MINUTE,
    patience: float = 0.0,
    via: Via = Via.CALL,
    connect_batches: ConnectBatches = connect_batches,
    on_batch: Callable[[ProviderBatch, str], None] = lambda *_: None,
) -> AsyncIterator[Run]:
    """A run that may cost `max_cost` US dollars. `halt`, once set, lets calls in flight settle and begins no other.

    Processes that name the same `run` share the cap; all processes of a store share the models' limits. `minute` is
    in seconds, and is another length in tests alone. A database whose server is gone is waited for, `patience` seconds at most.

    `via` a batch, answers may take a day; batches of earlier runs are seen to their ends meanwhile. `on_batch` hears of
    each, with a sentence.
    """
    rates = {name: Rate(requests=rate.requests, tokens=rate.tokens) for name, rate in settings.rates.items()}
    with Writer(patience) as writer:
        permits = SharedPermits(store=store, writer=writer, rates=rates, minute=minute)
        gate = Gate(
            halt=halt or asyncio.Event(), concurrency=settings.limits.concurrency, permits=permits, minute=minute
        )
        made = Run(
            id=run or new_run_id(),
            store=store,
            settings=settings,
            budget=Budget(run=max_cost, day=settings.limits.cap),
            prices=Prices(own=prices()),
            gate=gate,
            writer=writer,
            connect=connect,
            connect_batches=connect_batches,
        )
        if via is Via.BATCH:
            made = replace(made, collector=_collector(made, on_batch))
        try:
            if made.collector:
                await take_up(made)
            yield made
        finally:
            await permits.close()
            await made.close()


async def take_up(run: Run) -> list[ProviderBatch]:
    """Goes on with every batch whose outcome is awaited; those whose model cannot be reached here are left, unnamed."""
    left = await run.writer(provider_batches.unsettled, run.store)
    for each in left:
        # A lacking key, say: whoever has it goes on with that batch.
        with suppress(SetupError):
            if run.collector and run.collector.takes(each.model):
                run.collector.follow(each)
    return left


def _collector(run: Run, on_batch: Callable[[ProviderBatch, str], None]) -> Collector:
    chosen = run.settings.batches
    return Collector(
        journal=BatchLedger(store=run.store, writer=run.writer, run=run.id, budget=run.budget),
        providers=run.provider,
        prices=run.prices,
        pace=Pace(
            quiet=chosen.quiet_seconds,
            first=chosen.first_pause,
            longest=chosen.longest_pause,
            requests=chosen.requests,
            bytes=chosen.bytes,
        ),
        gate=run.gate,
        on_batch=on_batch,
    )
