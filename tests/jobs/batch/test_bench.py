"""When a batch that was stopped goes on."""

from contextlib import AsyncExitStack

import pytest

from exchange.config import settings
from exchange.domain.work import Asked, Chosen
from exchange.errors import LimitReached, TransientError
from exchange.jobs.batch.bench import Bench
from exchange.jobs.run import running
from exchange.store import batches
from exchange.store.engine import Store
from tests.jobs.batch.places import began

CAP, GONE = LimitReached("no more", limit=1, actual=2), TransientError("gone")


async def pause(store: Store, error: Exception, seconds: float | None, named: str) -> float | None:
    """For how long a task of the round `named` waits, where the error stopped the round `a`."""
    name = began(store, [], Asked(chosen=Chosen()))
    async with running(store, settings()) as run:
        bench = Bench(batch=batches.batch(store, name), run=run, round="a", stack=AsyncExitStack())
        assert isinstance(error, LimitReached | TransientError)
        bench.ends(error, seconds)
        return bench.pause(named)


async def test_what_met_its_cap_is_not_tried_again_in_the_same_round(store: Store) -> None:
    assert await pause(store, CAP, None, "a") is None


async def test_what_is_handed_over_again_goes_on_at_once(store: Store) -> None:
    assert await pause(store, CAP, None, "b") == 0


async def test_what_a_server_that_was_gone_stopped_goes_on_after_a_pause(store: Store) -> None:
    assert await pause(store, GONE, 60, "a") == pytest.approx(60, abs=5)
