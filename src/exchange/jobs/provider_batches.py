"""Provider batches from outside: which there are, their end before their time, and what they brought."""

import asyncio
from collections.abc import Sequence

from exchange.domain.batches import ProviderBatch
from exchange.errors import ConfigError, ExchangeError, ModelError, SetupError
from exchange.jobs.run import Run
from exchange.llm.batching.course import ended_early
from exchange.store import provider_batches


async def cancel(run: Run, named: Sequence[ProviderBatch]) -> None:
    """Asks the provider to end each batch, and waits until what was done by then is in the ledger; the rest costs nothing.

    Whoever awaits answers of it, here or in another process, is told that it was interrupted. `run` must go by batches.
    Raises SetupError, ModelError, StoreError, Interrupted.
    """
    await run.writer(provider_batches.cancelled, run.store, *(each.id for each in named))
    ended: list[ProviderBatch] = []
    failed: ExchangeError | None = None
    for each in named:
        try:
            await _asked_to_end(run, each)
            ended.append(each)
        except (ModelError, SetupError) as error:
            # The others are to be ended all the same.
            failed = failed or error
    await settled(run, ended)
    if failed:
        raise failed


async def _asked_to_end(run: Run, each: ProviderBatch) -> None:
    """One that the provider does not have yet is ended by whoever was to send it."""
    provider, known = run.provider(each.model), await run.writer(provider_batches.batch, run.store, each.id)
    if provider and run.collector and known.provider_id:
        await ended_early(run.collector.pace, run.gate, provider, known.provider_id)


async def settled(run: Run, named: Sequence[ProviderBatch]) -> None:
    """Waits until every call of the batches has its outcome. Raises as `cancel` does."""
    if run.collector is None:
        raise ConfigError("Batches are seen to their ends by a run that goes by batches; this one does not.")
    await asyncio.gather(*map(run.collector.ended, named))
