"""A process that has everything loaded and forks a child for each order, so that a killed debate costs no second import.

Each line of stdin is an order in JSON; the child's process id comes back on a line, then, once it has ended, its status.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

import exchange.debate.graph
import exchange.llm.openai  # noqa: F401 # loaded before the first fork
from exchange.config import Settings, settings
from exchange.debate.context import Event
from exchange.domain.debate import Turn
from exchange.jobs.debate import Observer, debate
from exchange.jobs.run import running
from exchange.jobs.setup import Wishes
from exchange.store.engine import Store, open_store
from tests.conftest import ROOT


class Zygote:
    """The parent's end: one child at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def fork(self, **order: Any) -> int:
        """Starts a child with that order; returns its process id."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def ended(self) -> int:
        """Waits for the child; its exit code, negative for a signal."""
        return int(self._line())

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()


@contextmanager
def zygote(environment: dict[str, str]) -> Iterator[Zygote]:
    """The warmed process, with that environment on top of ours."""
    command = [sys.executable, "-m", "tests.faults.zygote"]
    variables = os.environ | environment
    with subprocess.Popen(
        command, cwd=ROOT, env=variables, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield Zygote(process)
        finally:
            assert process.stdin
            process.stdin.close()
            process.wait(30)


def serve() -> None:
    """Forks a child for each line."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _obey(json.loads(line))
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _obey(order: dict[str, Any]) -> None:
    """Holds the debates; never returns."""
    code = 1
    try:
        chosen = settings(db=order["db"], limits={"concurrency": order["concurrency"], "attempts": 2})
        store = open_store(chosen.database)
        if order.get("commit"):
            _die_in_commit(store, *order["commit"])
        asyncio.run(_hold(store, chosen, order))
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


async def _hold(store: Store, chosen: Settings, order: dict[str, Any]) -> None:
    observer = Observer(begun=lambda *_: None, event=_Heard(Path(order["heard"])), wait=lambda *_: None)
    wishes = Wishes(format="panel", proposer=order["proposer"], critic=order["critic"], judges=tuple(order["judges"]))
    async with running(store, chosen) as run:
        await asyncio.gather(*(debate(run, name, wishes, observer) for name in order["hypotheses"]))


class _Heard:
    """Writes down every turn that it is told of, at once."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a")

    def __call__(self, what: Event) -> None:
        if isinstance(what, Turn):
            self._file.write(what.to_json() + "\n")
            self._file.flush()


def _die_in_commit(store: Store, number: int, seconds: float) -> None:
    """SIGKILL so many seconds after the n-th commit has begun: SQLite lets go of Python's lock while it writes."""
    begun = 0

    def committing(_: object) -> None:
        nonlocal begun
        begun += 1
        if begun == number:
            threading.Thread(target=_kill_after, args=(seconds,)).start()

    event.listen(store.engine, "commit", committing)


def _kill_after(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    serve()
