"""A process that works on a batch some of whose hypotheses are poison to it; and which these are."""

import os
import re
from contextlib import closing
from pathlib import Path
from sqlite3 import connect as connect_database
from typing import Any

from exchange.config import settings
from exchange.domain.calls import Form, Question, Reply
from exchange.jobs.batch.running import watching, work
from exchange.jobs.run import running
from exchange.llm.connect import Access, connect
from exchange.llm.model import Model
from exchange.store import batches
from exchange.store.engine import Store

WAYS = ("raise", "hang", "big", "exit")
EXITED = 9
# One hypothesis of so many is poison.
_EVERY = 20
_CLAIM = re.compile(r"Claim (\d+)\b")


def way(text: str) -> str | None:
    """How the hypothesis that the text is about is poison; None for a wholesome one."""
    found = _CLAIM.search(text)
    number = int(found[1]) if found else 0
    return WAYS[number // _EVERY % len(WAYS)] if number % _EVERY == 1 else None


async def work_on(store: Store, order: dict[str, Any]) -> None:
    """Works on the order's batch; if it is `poisoned`, with models that raise, and that end this process."""
    chosen = settings(limits={"attempts": 2, **order["limits"]})
    batch = batches.batch(store, order["batch"])
    exits = Path(order["db"]).with_suffix(".exits")

    def connecting(full: str, access: Access) -> Model:
        model = connect(full, access)
        return _Poisoned(model, Path(order["db"]), exits) if order["poisoned"] else model

    async with running(store, chosen, batch.cap, connect=connecting, run=batch.id) as run:
        await work(run, batch, lambda *_: None, watching(lambda _: None))


class _Poisoned:
    def __init__(self, model: Model, database: Path, exits: Path) -> None:
        self.concurrency = model.concurrency
        self._model, self._database, self._exits = model, database, exits

    async def attempt(self, question: Question, form: Form) -> Reply:
        bad = way(question.messages[-1].content)
        if bad == "raise":
            raise RuntimeError("poison")
        if bad == "exit":
            self._leave(question.messages[-1].content)
        return await self._model.attempt(question, form)

    async def close(self) -> None:
        await self._model.close()

    def _leave(self, text: str) -> None:
        """Ends the process, once it is written down how many items it had then."""
        found = _CLAIM.search(text)
        with closing(connect_database(self._database, timeout=30)) as connection:
            (taken,) = connection.execute("SELECT count(*) FROM batch_item WHERE state = 'taken'").fetchone()
        with self._exits.open("a") as file:
            file.write(f"{found[1] if found else ''} {taken}\n")
        os._exit(EXITED)
