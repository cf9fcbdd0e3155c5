"""A process that has everything loaded and forks children, so that a debate that is killed costs no second import.

Each line of stdin is an order in JSON. Back come a line with the children's process ids, and, once all have ended, one
with their exit codes, negative for a signal.
"""

import asyncio
import atexit
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import redirect_stderr
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import event

import exchange.debate.graph
import exchange.llm.openai.batches  # noqa: F401 # loaded before the first fork
from exchange.config import Settings, settings
from exchange.debate.context import Event
from exchange.domain.calls import Via
from exchange.domain.debate import Turn
from exchange.jobs.debate import Observer, debate
from exchange.jobs.importing import import_files, read_files
from exchange.jobs.run import running
from exchange.jobs.setup import Wishes
from exchange.store.clock import at
from exchange.store.engine import MEMORY, Store, open_store
from exchange.store.owners import started
from tests.conftest import ROOT
from tests.faults import poisoned
from tests.faults.injected import FaultyStore, Point, connecting, connecting_batches

_PACE = ("quiet_seconds", "first_pause", "longest_pause")


class Zygote:
    """The other end: gives orders, one after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        atexit.register(self._end)

    def fork(self, children: int = 1, **order: Any) -> list[int]:
        """Starts so many children with that order; returns their process ids."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order | {"children": children}) + "\n")
        self._process.stdin.flush()
        return self._line()

    def ended(self) -> list[int]:
        """Waits for the children; their exit codes."""
        return self._line()

    def _line(self) -> list[int]:
        assert self._process.stdout
        return [int(each) for each in self._process.stdout.readline().split()]

    def _end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)


@cache
def zygote() -> Zygote:
    """The one that this process has."""
    return Zygote()


def serve() -> None:
    """Forks for each line, once a debate in memory has loaded and warmed what only running loads."""
    _warm()
    for line in sys.stdin:
        order = json.loads(line)
        children = [_child(order | {"number": number}) for number in range(order["children"])]
        print(*children, flush=True)
        print(*(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children), flush=True)


def _warm() -> None:
    store = open_store(MEMORY, create=True)
    import_files(store, read_files([ROOT / "examples"]))
    script = f"scripted:{ROOT / 'examples' / 'scripted.json'}"
    order = dict(format="quick", debater=script, judges=[script], hypotheses=["h-0e9a3b1c"], db=os.devnull)
    asyncio.run(_hold(store, settings(), order, Point()))
    store.close()


def _child(order: dict[str, Any]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with Path(order["db"]).with_suffix(".errors").open("a") as errors, redirect_stderr(errors):
                code = _obey(order)
        finally:
            os._exit(code)
    return child


def _obey(order: dict[str, Any]) -> int:
    """Holds the debates. What stops one is written down; the exit code is then 1."""
    os.environ.update(order.get("environment", {}))
    if increments := order.get("increments"):
        return _increment(Path(order["db"]), increments)
    point = Point(**order.get("point", {}))
    limits, pace = (
        {"concurrency": order["concurrency"], "attempts": 2},
        dict(zip(_PACE, order.get("pace", ()), strict=False)),
    )
    chosen = settings(db=order["db"], limits=limits, batches=pace or None)
    time.sleep(max(0.0, order.get("begin", 0.0) - time.time()))
    store = FaultyStore(open_store(chosen.database), point)
    if order.get("commit"):
        number, seconds = order["commit"]
        _die_in_commit(store, number, seconds, Path(order["db"]).with_suffix(".died"))
    try:
        if "batch" in order:
            asyncio.run(poisoned.work_on(store, order))
        else:
            asyncio.run(_hold(store, chosen, order, point))
    except Exception as error:  # noqa: BLE001 # whatever stops it is what is tried out
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    Path(order["db"]).with_suffix(".points").write_text(json.dumps([point.writes, point.calls, point.requests]))
    return 0


def _increment(path: Path, times: int) -> int:
    """Transactions of which each reads what the one before it wrote."""
    store = open_store(path)
    for _ in range(times):
        with store.writing() as transaction:
            value = transaction.exec_driver_sql("SELECT name FROM entity WHERE slug = 'counter'").scalar_one()
            transaction.exec_driver_sql("UPDATE entity SET name = ? WHERE slug = 'counter'", (str(int(value) + 1),))
    store.close()
    return 0


async def _hold(store: Store, chosen: Settings, order: dict[str, Any], point: Point) -> None:
    observer = Observer(begun=lambda *_: None, event=_Heard(order["db"]), wait=lambda *_: None)
    wishes = Wishes(
        format=order["format"], proposer=order["debater"], critic=order["debater"], judges=tuple(order["judges"])
    )
    names = order["hypotheses"][order.get("number", 0) :: order["shares"]] if "shares" in order else order["hypotheses"]
    shared = {key: order[key] for key in ("max_cost", "run", "minute") if key in order}
    via = Via(order.get("via", "call"))
    async with running(
        store, chosen, connect=connecting(point), via=via, connect_batches=connecting_batches(point), **shared
    ) as run:
        asked = (debate(run, name, wishes, observer, at(started())) for name in names)
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


class _Heard:
    """Writes down every turn that it is told of, at once."""

    def __init__(self, db: str) -> None:
        self._path = None if db == os.devnull else Path(db).with_suffix(".heard")

    def __call__(self, what: Event) -> None:
        if self._path and isinstance(what, Turn):
            with self._path.open("a") as file:
                file.write(what.to_json() + "\n")


def _die_in_commit(store: Store, number: int, seconds: float, told: Path) -> None:
    """SIGKILL so many seconds after the n-th commit has begun: SQLite lets go of Python's lock while it writes.

    When that was is written to `told`.
    """
    begun = 0

    def committing(_: object) -> None:
        nonlocal begun
        begun += 1
        if begun == number:
            threading.Thread(target=_kill_after, args=(seconds, told)).start()

    event.listen(store.engine, "commit", committing)


def _kill_after(seconds: float, told: Path) -> None:
    time.sleep(seconds)
    told.write_text(str(time.time()))
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    serve()
