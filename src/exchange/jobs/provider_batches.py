"""Provider batches from outside: which there are, their end before their time, and what they brought."""

import asyncio
from collections.abc import Sequence

from exchange.domain.batches import ProviderBatch
from exchange.errors import ConfigError
from exchange.jobs.run import Run
from exchange.store import provider_batches


async def cancel(run: Run, named: Sequence[ProviderBatch]) -> None:
    """Asks the provider to end each batch, and waits until what was done by then is in the ledger; the rest costs nothing.

    Whoever awaits answers of it, here or in another process, is told that it was interrupted. `run` must go by batches.
    Raises SetupError, ModelError, StoreError, Interrupted.
    """
    for each in named:
        await run.writer(provider_batches.cancelled, run.store, each.id)
        provider = run.provider(each.model)
        if provider and (known := await run.writer(provider_batches.batch, run.store, each.id)).provider_id:
            await provider.cancel(known.provider_id or "")
    await settled(run, named)


async def settled(run: Run, named: Sequence[ProviderBatch]) -> None:
    """Waits until every call of the batches has its outcome. Raises as `cancel` does."""
    if run.collector is None:
        raise ConfigError("Batches are seen to their ends by a run that goes by batches; this one does not.")
    await asyncio.gather(*map(run.collector.ended, named))
