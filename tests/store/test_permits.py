"""Processes that share a store share a model's minute."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from exchange.domain.rates import Rate
from exchange.errors import StoreError
from exchange.store.engine import Store, open_store
from exchange.store.permits import SharedPermits, give_back, put_off, take
from exchange.store.writer import Writer
from tests import images

MODEL, OTHER = "openai:tiny", "openai:other"
RATES = {"openai:*": Rate(requests=60)}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "exchange.db"
    path.write_bytes(images.blank())
    opened = open_store(path)
    yield opened
    opened.close()


@asynccontextmanager
async def sharing(store: Store, minute: float, requests: int = 60) -> AsyncIterator[SharedPermits]:
    """As a process of its own would have them: with a writer of its own."""
    with Writer() as writer:
        permits = SharedPermits(store=store, writer=writer, rates={"openai:*": Rate(requests=requests)}, minute=minute)
        try:
            yield permits
        finally:
            await permits.close()


async def permitted(permits: SharedPermits, many: int, times: list[float]) -> None:
    async def one() -> None:
        await permits.permit(MODEL, 10)
        times.append(time.monotonic())

    await asyncio.gather(*(one() for _ in range(many)))


async def test_two_who_share_a_store_keep_one_limit_and_use_most_of_it(store: Store) -> None:
    times: list[float] = []
    async with sharing(store, 3.0) as here, sharing(store, 3.0) as there:
        await asyncio.gather(permitted(here, 45, times), permitted(there, 45, times))
    times.sort()
    most = max(sum(start <= each < start + 3 for each in times) for start in times)

    assert (len(times), most <= 60, times[-1] - times[0] < 89 * 3 / 60 / 0.8) == (90, True, True)


def test_nobody_is_given_a_moment_that_another_has(store: Store) -> None:
    first, second = (take(store, MODEL, RATES["openai:*"], [1, 1], 120.0) for _ in range(2))

    assert second.began + second.delays[0] >= first.began + first.delays[-1] + 120 / 60


def test_another_model_has_moments_of_its_own(store: Store) -> None:
    take(store, MODEL, RATES["openai:*"], [1])

    assert take(store, OTHER, RATES["openai:*"], [1]).delays == (0.0,)


def test_moments_that_are_given_back_are_taken_by_the_next(store: Store) -> None:
    rate = Rate(requests=1_200)
    first = take(store, MODEL, rate, [1] * 5)
    give_back(store, MODEL, first, 2)
    second = take(store, MODEL, rate, [1])

    assert second.began + second.delays[0] == pytest.approx(max(second.began, first.began + first.delays[2]))


def test_moments_behind_which_others_were_taken_stay_taken(store: Store) -> None:
    rate = Rate(requests=1_200)
    first, second = take(store, MODEL, rate, [1] * 5), take(store, MODEL, rate, [1] * 5)
    give_back(store, MODEL, first, 2)
    third = take(store, MODEL, rate, [1])

    assert third.began + third.delays[0] >= second.began + second.delays[-1]


def test_a_pause_that_a_server_asked_one_for_holds_for_all(store: Store) -> None:
    put_off(store, MODEL, 30.0)

    assert take(store, MODEL, RATES["openai:*"], [1]).delays[0] == pytest.approx(30.0, abs=1.0)


async def test_callers_that_gave_up_leave_their_moments_to_others(store: Store) -> None:
    """A moment is about 2 s; five are taken together, of which one was used."""
    minute, rate = 1_200.0, Rate(requests=600)
    async with sharing(store, minute, rate.requests or 0) as permits:
        waiting = [asyncio.create_task(permits.permit(MODEL, 1)) for _ in range(50)]
        await asyncio.wait_for(waiting[0], 10)
        for each in waiting:
            each.cancel()

    assert take(store, MODEL, rate, [1], minute).delays[0] < 4


async def test_those_who_wait_are_told_that_the_store_cannot_be_used(store: Store) -> None:
    with store.writing() as transaction:
        transaction.exec_driver_sql("DROP TABLE pace")
    async with sharing(store, 60.0) as permits:
        ended = await asyncio.gather(*(permits.permit(MODEL, 1) for _ in range(3)), return_exceptions=True)

    assert [type(each) for each in ended] == [StoreError] * 3


async def test_a_model_without_a_limit_is_not_limited(store: Store) -> None:
    async with sharing(store, 60.0) as permits:
        assert (permits.limited("local:x"), permits.limited(MODEL)) == (False, True)
