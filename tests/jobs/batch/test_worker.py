"""A worker and its engine, on an SQLite file with the scripted model."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from exchange.config import settings
from exchange.domain.work import Asked, BatchState, Chosen, ItemState
from exchange.domain.worker import WorkerState
from exchange.errors import ConfigError
from exchange.jobs.batch.worker import Worker
from exchange.jobs.queue import Queue, Schedule
from exchange.store import batches, workers
from exchange.store.engine import Store, open_store
from tests import builders, images
from tests.conftest import ROOT
from tests.jobs.batch.places import began

HYPOTHESES = ["h-0e9a3b1c", "h-5d20c7f4"]
PATIENCE = 30.0
# A worker that ends as it has claimed the item whose task it was handed.
ENDS = """
import asyncio, os, sys
from pathlib import Path
from exchange.jobs.queue import Queue
from exchange.store import items, workers
from exchange.store.engine import open_store
from exchange.store.owners import this_process

async def end(task):
    items.claim(store, task.batch, owner, 600, False, task.ordinal)
    os._exit(9)

async def main():
    workers.enter(store, "w-ended", owner)
    async with Queue(store).serving("w-ended", 1, end, end):
        await asyncio.Event().wait()

store, owner = open_store(Path(sys.argv[1])), this_process()
asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def _engine() -> None:
    if find_spec("dbos") is None:
        if os.environ.get("CI"):
            pytest.fail("dbos is not installed")
        pytest.skip("dbos is not installed")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "exchange.db"
    path.write_bytes(images.with_examples())
    opened = open_store(path)
    yield opened
    opened.close()


@pytest.fixture
def queue(store: Store) -> Iterator[Queue]:
    made = Queue(store)
    yield made
    made.close()


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    script = builders.agreeable_script(tmp_path / "script.json", quote="that coats lipid droplets in most cell types")
    return Asked(chosen=Chosen(undebated=True), format="quick", proposer=script, critic=script, judges=(script,))


@pytest.fixture
def batch(store: Store, asked: Asked) -> str:
    return began(store, HYPOTHESES, asked)


async def worked(store: Store, queue: Queue, until: Callable[[], bool]) -> Worker:
    """A worker that was stopped once that is so."""
    halt, chosen = asyncio.Event(), settings(limits={"heartbeat_seconds": 2, "debates": 2, "outage_seconds": 0})
    worker = Worker(store=store, settings=chosen, queue=queue, halt=halt, told=lambda *_: None, say=lambda _: None)
    work = asyncio.create_task(worker.work())
    async with asyncio.timeout(PATIENCE):
        while not work.done() and not until():  # noqa: ASYNC110 # what is waited for stands in the database
            await asyncio.sleep(0.05)
        halt.set()
        await work
    return worker


def scored(store: Store) -> list[tuple[object, ...]]:
    with store.reading() as transaction:
        counted = "SELECT hypothesis_id, count(*) FROM score_event GROUP BY hypothesis_id ORDER BY hypothesis_id"
        return [tuple(row) for row in transaction.exec_driver_sql(counted)]


async def test_what_is_handed_over_twice_is_done_once_and_its_batch_ends(
    store: Store, queue: Queue, batch: str
) -> None:
    for _ in range(2):
        queue.hand_over(batch, batches.left(store, batch))

    await worked(store, queue, lambda: batches.batch(store, batch).state is BatchState.DONE)

    assert scored(store) == [(each, 1) for each in HYPOTHESES]


async def test_what_an_ended_worker_had_is_taken_over(store: Store, queue: Queue, batch: str) -> None:
    queue.hand_over(batch, [1])
    command = [sys.executable, "-c", ENDS, os.environ["EXCHANGE_DB"]]
    code = (await asyncio.to_thread(subprocess.run, command, cwd=ROOT, timeout=PATIENCE)).returncode
    before = batches.counts(store, batch)[ItemState.TAKEN]

    await worked(store, queue, lambda: batches.counts(store, batch)[ItemState.DONE] == 1)

    assert (code, before) == (9, 1)
    assert {each.id: each.state for each in workers.every(store)}["w-ended"] is WorkerState.GONE


async def test_an_item_that_must_be_alone_is_done_with_nothing_beside_it(
    store: Store, queue: Queue, batch: str
) -> None:
    with store.writing() as transaction:
        transaction.exec_driver_sql("UPDATE batch_item SET alone = TRUE WHERE ordinal = 2")
    queue.hand_over(batch, batches.left(store, batch))

    await worked(store, queue, lambda: batches.batch(store, batch).state is BatchState.DONE)

    with store.reading() as transaction:
        held = transaction.exec_driver_sql("SELECT started_at, ended_at FROM debate ORDER BY started_at").all()
    assert held[0].ended_at <= held[1].started_at


async def test_a_worker_that_is_stopped_leaves_with_nothing_taken(store: Store, queue: Queue, batch: str) -> None:
    worker = await worked(store, queue, lambda: bool(workers.every(store)))

    assert [each.state for each in workers.every(store)] == [WorkerState.LEFT]
    assert worker.stop is None
    assert batches.counts(store, batch)[ItemState.TAKEN] == 0


async def test_a_worker_whose_settings_lack_something_ends_and_its_items_are_tried_by_another(
    store: Store, queue: Queue, asked: Asked
) -> None:
    models = dict(proposer="openai:m", critic="openai:m", judges=("openai:m",))
    batch = began(store, HYPOTHESES, asked.model_copy(update=models))
    queue.hand_over(batch, batches.left(store, batch))

    with pytest.raises(ConfigError, match="paid_calls is off"):
        await worked(store, queue, lambda: False)

    assert batches.counts(store, batch)[ItemState.WAITING] == 2


async def test_what_is_handed_over_for_a_cancelled_batch_is_left_alone(store: Store, queue: Queue, batch: str) -> None:
    queue.hand_over(batch, batches.left(store, batch))
    batches.cancel(store, batch)

    await worked(store, queue, lambda: bool(workers.every(store)))

    assert scored(store) == []


async def test_what_is_scheduled_is_begun_by_a_worker_and_once_as_long_as_nothing_changes(
    store: Store, queue: Queue, asked: Asked
) -> None:
    every_second = "* * * * * *"
    queue.plan(Schedule(name="rescore-1", cron=every_second, wishes=dict(asked=asked.to_json(), max_cost=None)))

    await worked(store, queue, lambda: any(each.state is BatchState.DONE for each in batches.every(store)))

    assert (len(batches.every(store)), scored(store)) == (1, [(each, 1) for each in HYPOTHESES])


def test_a_schedule_is_kept_and_can_be_ended(queue: Queue, asked: Asked) -> None:
    schedule = Schedule(name="rescore-1", cron="0 2 * * *", wishes=dict(asked=asked.to_json(), max_cost=2.0))
    queue.plan(schedule)
    before = list(queue.schedules())
    queue.unplan("rescore-1")

    assert (before, list(queue.schedules())) == ([schedule], [])
