"""Scoring stored hypotheses again under another policy, against plain sqlite3 that reads and writes the same columns."""

import json
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from exchange.jobs.rescoring import rescore
from exchange.scoring.policy import COLD
from exchange.store import policies
from exchange.store.engine import open_store
from tests.bench.limits import Limits
from tests.bench.stores import fill

_READ = (
    "SELECT id, record, digest FROM score_event WHERE debate_id IS NOT NULL",
    'SELECT debate_id, seat, model, "when", "order", record, digest FROM verdict',
)
_SLOWEST, _FLAT = 5, 1.2
_COLUMNS = "hypothesis_id, debate_id, cause, state, value, low, high, composite, standing, demonstration, policy, record, digest, at"
_POLICY = COLD.model_copy(
    update=dict(name="bench", version="1", weights={"transcript:first": 1.5}, intercept=-0.2, slope=1.3, outcomes=40)
)


def run(limits: Limits, sizes: Sequence[int] = (5_000, 100_000), rounds: int = 3) -> None:
    """Prints, for each size, seconds of both, their ratio, and the most memory that a process of ours took."""
    memory = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            made = Path(folder) / f"{size}.db"
            fill(made, size)
            memory[size] = _compare(made, size, rounds, limits)
    smallest, largest = memory[min(sizes)], memory[max(sizes)]
    limits.at_most("memory, the largest size against the smallest", largest / smallest, _FLAT)


def _compare(made: Path, size: int, rounds: int, limits: Limits) -> float:
    ratios, memory = [], 0
    for _ in range(rounds):
        ours, memory, wanted = _ours(made)
        floor = _floor(made, wanted)
        ratios.append(ours / floor)
        print(
            f"rescoring {size:,} hypotheses: {ours:.1f} s, plain sqlite3 {floor:.1f} s, ratio {ours / floor:.2f}, "
            f"{size / ours:,.0f} a second, at most {memory / 1024:.0f} MB",
            flush=True,
        )
    limits.at_most(f"rescoring {size:,}, median ratio to sqlite3", statistics.median(ratios), _SLOWEST)
    return memory


def _ours(made: Path) -> tuple[float, int, list[tuple[object, ...]]]:
    """Seconds and KiB of a process of its own, and the rows that it appended."""
    copy = made.with_suffix(".ours.db")
    shutil.copy(made, copy)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.rescoring", str(copy)], capture_output=True, text=True, check=True
    )
    said = json.loads(done.stdout)
    with closing(sqlite3.connect(copy)) as connection:
        rows = connection.execute(f"SELECT {_COLUMNS} FROM score_event WHERE cause = 'new policy'").fetchall()
    _remove(copy)
    return said["seconds"], said["memory"], rows


def _floor(made: Path, rows: list[tuple[object, ...]]) -> float:
    copy = made.with_suffix(".floor.db")
    shutil.copy(made, copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        begun = time.perf_counter()
        for wanted in _READ:
            for _ in connection.execute(wanted):
                pass
        connection.execute("BEGIN IMMEDIATE")
        marks = ", ".join("?" * len(_COLUMNS.split(",")))
        connection.executemany(f"INSERT INTO score_event ({_COLUMNS}) VALUES ({marks})", rows)
        connection.execute("COMMIT")
        seconds = time.perf_counter() - begun
    _remove(copy)
    return seconds


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)


def _measured(path: Path) -> None:
    store = open_store(path)
    with store.writing() as transaction:
        policies.add(transaction, _POLICY)
    begun = time.perf_counter()
    rescore(store, _POLICY)
    seconds = time.perf_counter() - begun
    store.close()
    took = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"seconds": seconds, "memory": max(took)}))


if __name__ == "__main__":
    _measured(Path(sys.argv[1]))
