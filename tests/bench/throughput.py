"""Whole debates against a bare loop of the same calls, with so many calls in flight, taking turns in one run.

`python -m tests.bench.throughput ours|bare …` is one of the two children: each line of stdin is how many debates or
calls it is to make, and it answers with a line of JSON. `python -m tests.bench.throughput postgres` measures PostgreSQL.
"""

import asyncio
import cProfile
import json
import os
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openai
import psutil

from exchange.config import settings
from exchange.domain.address import where
from exchange.jobs.databases import copy
from exchange.jobs.debate import Observer, debate
from exchange.jobs.run import Run, running
from exchange.jobs.setup import Wishes
from exchange.store.engine import open_store
from tests import postgres
from tests.bench.limits import Limits
from tests.conftest import ROOT
from tests.faults.outside import imported, rows

_IN_FLIGHT, _LATENCY = 64, 0.05
# Debates at once: a panel's thirteen calls go in six steps, so that each has two or three in flight.
_AT_ONCE = 64
_SLOWEST, _FLAT = 0.35, 1.1
# Whose time a profile's seconds are, by a part of the file's name; the first that fits.
_ROOMS = {
    "fences": ("debate/fence", "domain/neutral"),
    "prompts": ("exchange/prompts", "debate/questions", "debate/transcript"),
    "graph": ("langgraph", "langchain", "langsmith", "debate/graph", "debate/moves"),
    "ledger": ("exchange/store", "sqlalchemy", "sqlmodel", "sqlite3"),
    "validation": ("pydantic", "debate/replies", "debate/readings", "llm/reply", "llm/completion", "domain/noun"),
    "SDK": ("openai/", "httpx2", "httpcore2", "h11", "anyio", "sniffio"),
    "digests and JSON": ("domain/identity", "json/", "hashlib"),
    "event loop": ("asyncio", "selectors", "concurrent", "threading", "contextlib"),
}
# What takes time and no CPU: for sockets, for other threads, for the disk.
_WAITS = ("'poll' of 'select.epoll'", "'acquire' of '_thread.lock'", "'commit' of 'sqlite3.Connection'")
Child = Callable[[int], dict[str, Any]]


def run(limits: Limits, rounds: int = 8, each: int = 250, memory: Sequence[int] = (500, 5_000)) -> None:
    """Prints calls a second of both, their ratio, seconds of CPU, and memory after so many debates."""
    with tempfile.TemporaryDirectory() as folder, _child("tests.bench.answering", str(_LATENCY)) as server:
        path = Path(folder) / "exchange.db"
        imported(path, memory[-1] + 1)
        with _child(__spec__.name, "ours", str(path), server.url) as ours:
            calls = ours(1)["calls"]
            with _child(__spec__.name, "bare", str(path), server.url) as bare:
                bare(calls)
                ratios, taken = _compare(ours, bare, rounds, each)
            what = f"calls a second, {rounds * each:,} debates, median ratio to bare"
            limits.between(what, statistics.median(ratios), _SLOWEST, 9)
            _memory(ours, taken, memory, limits)
        print(f"  the server: {server.last()}")
    profile()


def profile(debates: int = 100) -> None:
    """Prints what the CPU of a call goes into, by room: shares of a profile, of what a call takes without one."""
    with tempfile.TemporaryDirectory() as folder, _child("tests.bench.answering", str(_LATENCY)) as server:
        path = Path(folder) / "exchange.db"
        imported(path, 3 * debates)
        with _child(__spec__.name, "ours", str(path), server.url) as ours:
            ours(debates // 2)
            cpu = 1000 * ours(debates)["cpu"]
        with _child(__spec__.name, "ours", str(path), server.url, "profiled") as ours:
            ours(1)
            ours(debates)
            rooms = ours(0)["profile"]
    taken = sum(rooms.values())
    parts = ", ".join(f"{room} {cpu * seconds / taken:.2f}" for room, seconds in rooms.items())
    print(f"  of {cpu:.2f} ms CPU a call: {parts}", flush=True)


def on_postgres(rounds: int = 4, each: int = 150) -> None:
    """Prints the same of a store on PostgreSQL, with a server of its own on this machine, for which there is no limit."""
    postgres.started()
    address = postgres.create()
    with tempfile.TemporaryDirectory() as folder, _child("tests.bench.answering", str(_LATENCY)) as server:
        path = Path(folder) / "exchange.db"
        imported(path, rounds * each + 2)
        copy(path, address, lambda *_: None)
        with _child(__spec__.name, "ours", str(path), server.url) as first:
            first(1)
        with (
            _child(__spec__.name, "ours", str(path), server.url, address.url) as ours,
            _child(__spec__.name, "bare", str(path), server.url) as bare,
        ):
            bare(each)
            ratios, _ = _compare(ours, bare, rounds, each)
    print(f"  on PostgreSQL, {rounds * each:,} debates, median ratio to bare: {statistics.median(ratios):.3f}")
    postgres.drop(address)


def _compare(ours: Child, bare: Child, rounds: int, each: int) -> tuple[list[float], dict[int, float]]:
    """The two by turns: the ratios of their rates, and the memory of ours after so many debates."""
    ratios, taken = [], {}
    for number in range(1, rounds + 1):
        floor = bare(each * 6)
        held = ours(each)
        ratios.append(held["rate"] / floor["rate"])
        taken[number * each] = held["memory"]
        print(
            f"throughput, round {number}: {held['rate']:.0f} calls a second ({1000 * held['cpu']:.2f} ms CPU a call), bare "
            f"{floor['rate']:.0f} ({1000 * floor['cpu']:.2f} ms), ratio {ratios[-1]:.3f}, {held['memory']:.0f} MB",
            flush=True,
        )
    return ratios, taken


def _memory(ours: Child, taken: dict[int, float], sizes: Sequence[int], limits: Limits) -> None:
    for size in sizes:
        if size not in taken:
            taken[size] = ours(size - max(taken))["memory"]
    smallest, largest = taken[sizes[0]], taken[sizes[-1]]
    print(f"  memory after {sizes[0]:,} debates {smallest:.0f} MB, after {sizes[-1]:,} {largest:.0f} MB")
    limits.at_most("memory, the most debates against the fewest", largest / smallest, _FLAT)


class _Process:
    """A child: a number goes in, a line of JSON comes out."""

    def __init__(self, *arguments: str) -> None:
        environment = os.environ | {"EXCHANGE_PAID_CALLS": "true", "EXCHANGE_LIMITS__CONCURRENCY": str(_IN_FLIGHT)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )
        self.url = self._line() if arguments[0] == "tests.bench.answering" else ""

    def __call__(self, many: int) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(f"{many}\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._line())
        return found

    def last(self) -> str:
        """What it says once it is told that nothing more comes."""
        assert self._process.stdin
        self._process.stdin.close()
        return self._line()

    def end(self) -> None:
        """Waits until it has ended."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(60)

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


@contextmanager
def _child(*arguments: str) -> Iterator[_Process]:
    process = _Process(*arguments)
    try:
        yield process
    finally:
        process.end()


async def _bare(path: Path) -> None:
    """The requests of the first debate, again and again, and nothing else."""
    wanted = rows(path, "model, question FROM call")
    asked = [_request(model, json.loads(question)) for model, question in wanted]
    places = asyncio.Semaphore(_IN_FLIGHT)
    async with openai.AsyncOpenAI(api_key="none", base_url=_url(wanted[0][0]), max_retries=0) as client:

        async def call(number: int) -> None:
            async with places:
                answer = await client.chat.completions.create(**asked[number % len(asked)])
                assert answer.choices[0].message.content

        async def calls(many: int) -> int:
            await asyncio.gather(*map(call, range(many)))
            return many

        await _obey(calls)


def _url(model: str) -> str:
    return model.partition("@")[2]


def _request(model: str, question: dict[str, Any]) -> dict[str, Any]:
    schema = {"name": question["schema_name"], "strict": True, "schema": question["reply_schema"]}
    return dict(
        model=model.removeprefix("openai:").partition("@")[0],
        messages=question["messages"],
        response_format={"type": "json_schema", "json_schema": schema},
        max_tokens=question["max_tokens"],
    )


async def _ours(path: Path, url: str, profiled: bool, database: str) -> None:
    names = iter([name for (name,) in rows(path, "id FROM hypothesis ORDER BY id")])
    wishes = Wishes(
        format="panel",
        proposer=f"openai:debater@{url}",
        critic=f"openai:debater@{url}",
        judges=tuple(f"openai:judge-{number}@{url}" for number in range(1, 4)),
    )
    store, ended = open_store(where(database)), Counter[str]()
    made = 0

    def answered(*_: object) -> None:
        nonlocal made
        made += 1

    observer = Observer(
        begun=lambda *_: None, event=lambda *_: None, wait=lambda *_: ended.update(["retry"]), answer=answered
    )

    async def one(run: Run, places: asyncio.Semaphore, name: str) -> None:
        async with places:
            event = await debate(run, name, wishes, observer)
            ended[event.score.state] += 1

    async with running(store, settings(db=database)) as run:
        places = asyncio.Semaphore(_AT_ONCE)

        async def hold(many: int) -> int:
            before = made
            async with asyncio.TaskGroup() as group:
                for _ in range(many):
                    group.create_task(one(run, places, next(names)))
            return made - before

        profilers = (cProfile.Profile(), cProfile.Profile()) if profiled else ()
        for profiler in profilers[1:]:
            await run.writer(profiler.enable)
        await _obey(hold, profilers)
    print(ended, file=sys.stderr)
    store.close()


async def _obey(work: Callable[[int], Any], profilers: Sequence[cProfile.Profile] = ()) -> None:
    process = psutil.Process()
    while line := await asyncio.to_thread(sys.stdin.readline):
        begun, cpu = time.perf_counter(), time.process_time()
        for profiler in profilers[:1]:
            profiler.enable()
        calls = await work(int(line))
        for profiler in profilers[:1]:
            profiler.disable()
        seconds, spent = time.perf_counter() - begun, time.process_time() - cpu
        said: dict[str, Any] = {"calls": calls, "memory": process.memory_info().rss / 2**20, "profile": {}}
        if calls:
            said |= {"rate": calls / seconds, "cpu": spent / calls}
        elif profilers:
            said["profile"] = _by_room(pstats.Stats(*profilers))
        print(json.dumps(said), flush=True)


def _by_room(stats: Any) -> dict[str, float]:
    """Seconds of each room's own functions; built-in ones count where they are called from."""
    seconds = Counter[str]()
    for (file, _, name), (_, _, own, _, callers) in stats.stats.items():
        if any(wait in name for wait in _WAITS):
            continue
        if file == "~" and callers:
            for (caller, _, _), called in callers.items():
                seconds[_room(caller)] += called[2]
        else:
            seconds[_room(file)] += own
    return dict(seconds.most_common())


def _room(file: str) -> str:
    return next((room for room, parts in _ROOMS.items() if any(part in file for part in parts)), "other")


if __name__ == "__main__":
    if sys.argv[1] == "profile":
        profile()
    elif sys.argv[1] == "postgres":
        on_postgres()
    elif sys.argv[1] == "bare":
        asyncio.run(_bare(Path(sys.argv[2])))
    else:
        on = next((each for each in sys.argv if each.startswith("postgresql")), sys.argv[2])
        asyncio.run(_ours(Path(sys.argv[2]), sys.argv[3], "profiled" in sys.argv, on))
