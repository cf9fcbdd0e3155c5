"""`exchange worker`."""

import asyncio
import json as codec
import os
import sys
from datetime import UTC, datetime
from typing import NoReturn

from exchange.cli.exits import INTERRUPTED
from exchange.cli.halting import until_halted
from exchange.cli.watching import in_time, values
from exchange.cli.words import tame
from exchange.config import settings
from exchange.domain.work import Became, Item, ItemState
from exchange.jobs.batch.worker import Worker
from exchange.jobs.queue import Queue
from exchange.store import workers
from exchange.store.engine import open_store


class _Words:
    """What a worker says, on stderr; with `json`, a line on stdout for each try."""

    def __init__(self, json: bool) -> None:
        self._json = json

    def say(self, line: str) -> None:
        sys.stderr.write(tame(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {line}") + "\n")
        sys.stderr.flush()

    def told(self, item: Item, became: Became, state: ItemState | None) -> None:
        if self._json:
            print(codec.dumps(values(item, became, state), ensure_ascii=False), flush=True)
        if became.error:
            self.say(
                f"{item.hypothesis}: {state or 'taken over'} after try {item.tries}: {became.error}: {became.reason}"
            )

    def stop_at_once(self) -> NoReturn:
        self.say("Stopped. Another worker takes over what was in flight.")
        os._exit(INTERRUPTED)


def run(paid: bool | None, db: str | None, json: bool) -> None:
    """Works until it is stopped, and then gives back what it had."""
    chosen = settings(db=db, paid_calls=paid)
    words, store = _Words(json), open_store(chosen.database)
    try:
        queue = Queue(store)
        try:

            async def worked(halt: asyncio.Event) -> None:
                await Worker(
                    store=store, settings=chosen, queue=queue, halt=halt, told=words.told, say=words.say
                ).work()

            until_halted(worked, words)
        finally:
            queue.close()
    finally:
        store.close()
    words.say("What was in flight has settled, the rest is given back.")


def run_list(db: str | None, json: bool) -> None:
    """Prints who works on the database, and who did lately."""
    chosen = settings(db=db)
    store = open_store(chosen.database)
    try:
        silent = {each.id for each in workers.silent(store, chosen.limits.heartbeat_seconds)}
        found = [_fields(each, each.id in silent) for each in workers.every(store)]
    finally:
        store.close()
    if json:
        print(codec.dumps(found, indent=2))
        return
    for each in found:
        print(
            f"{each['id']}  {each['state']}, {each['process']}, heard of {in_time(float(str(each['silent'])))} ago, "
            f"began {in_time(float(str(each['lasts'])))} ago"
        )
    if not found:
        print("There is no worker. `exchange worker` is one.")


def _fields(worker: workers.Worker, silent: bool) -> dict[str, object]:
    return dict(
        id=worker.id,
        state="silent" if silent else worker.state.value,
        process=str(worker.owner or "unknown"),
        silent=round(worker.silent, 3),
        lasts=round(worker.lasts, 3),
    )
