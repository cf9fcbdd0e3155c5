"""One command's work: its cap, its models, and the gate that all of its calls pass."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from exchange.config import Settings, prices
from exchange.domain.identity import new_run_id
from exchange.domain.money import Budget
from exchange.domain.rates import MINUTE, Rate
from exchange.domain.setup import Setup
from exchange.errors import ConfigError
from exchange.llm.connect import Access, connect
from exchange.llm.gate import Gate
from exchange.llm.model import Model
from exchange.llm.prices import Prices
from exchange.store.engine import Store
from exchange.store.permits import SharedPermits
from exchange.store.writer import Writer

Connect = Callable[[str, Access], Model]


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
    _models: dict[str, Model] = field(default_factory=dict)

    def models(self, setup: Setup) -> dict[str, Model]:
        """Every model of the setup, connected.

        Raises UnknownModel, and ConfigError for a lacking key or, where there is a cap, for a price that is not known.
        """
        if self.budget.capped:
            self._priced(setup)
        limits = self.settings.limits
        access = Access(
            paid_calls=self.settings.paid_calls,
            keys=self.settings.keys,
            concurrency=limits.concurrency,
            connect_seconds=limits.connect_seconds,
            call_seconds=limits.call_seconds,
        )
        for name in setup.models:
            if name not in self._models:
                self._models[name] = self.connect(name, access)
        return {name: self._models[name] for name in setup.models}

    async def close(self) -> None:
        """Lets go of the models' connections."""
        for model in self._models.values():
            await model.close()

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
) -> AsyncIterator[Run]:
    """A run that may cost `max_cost` US dollars. `halt`, once set, lets calls in flight settle and begins no other.

    Processes that name the same `run` share the cap; all processes of a store share the models' limits. `minute` is
    in seconds, and is another length in tests alone. A database whose server is gone is waited for, `patience` seconds at most.
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
        )
        try:
            yield made
        finally:
            await permits.close()
            await made.close()
