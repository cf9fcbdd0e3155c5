"""The disk takes no more, from the n-th write on: what was told is kept, and nothing is paid for that cannot be kept."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exchange.jobs.verify import verify
from exchange.store.engine import open_store
from exchange.testing import Served
from exchange.testing.provider import Provider, provider
from tests.faults import outside
from tests.faults.outcome import Outcome, Size
from tests.faults.zygote import zygote

# Writes of the debate: at which ones the disk fails in the quick size.
_QUICK = (17,)
_WAYS = {"io": "no file can grow (EFBIG)", "full": "the database is full (SQLITE_FULL)"}


def disk(size: Size) -> Iterator[Outcome]:
    """A line for each way in which a disk fails."""
    with outside.ground(size) as name:
        folder = Path(name)
        outside.imported(folder / "new.db", 1)
        with provider(log=folder / "calls", latency=0.005) as bought_from:
            calm = _copy(folder, "calm")
            _held(calm, bought_from, {})
            writes = int(calm.with_suffix(".points").read_text().strip("[]").split(",")[0])
            numbers = _QUICK if size is Size.QUICK else range(1, writes + 1)
            for how, said in _WAYS.items():
                yield _line(folder, bought_from, calm, how, said, list(numbers))


def _line(folder: Path, bought_from: Provider, calm: Path, how: str, said: str, numbers: list[int]) -> Outcome:
    broken, lost, failures, unkept = list[str](), 0, 0, 0
    for number in numbers:
        path, before = _copy(folder, f"{how}-{number}"), len(bought_from.served)
        failed = _held(path, bought_from, dict(what="disk", number=number, how=how)) != 0
        failures += failed
        unkept += _unkept(path, bought_from.served[before:])
        broken += [f"write {number}: {each}" for each in _other_errors(path)]
        if failed and _held(path, bought_from, {}):
            broken.append(f"write {number}: it did not go on: {path.with_suffix('.errors').read_text()}")
        lost += outside.turns_lost(path)
        broken += [f"write {number}: {each}" for each in _at_the_end(path, calm, bought_from.served[before:])]
    if lost:
        broken.append(f"{lost} acknowledged turns were lost")
    if unkept:
        broken.append(f"{unkept} calls were made whose intent could not be kept")
    counts = {
        "writes tried": len(numbers),
        "failed there": failures,
        "acknowledged turns lost": lost,
        "calls without a kept intent": unkept,
    }
    return Outcome(row=f"disk: {said}", counts=dict(counts), broken=tuple(broken))


def _unkept(path: Path, served: tuple[Served, ...]) -> int:
    """How many calls were made although their intent could not be kept."""
    return max(0, len(served) - int(outside.rows(path, "count(*) FROM call")[0][0]))


def _other_errors(path: Path) -> Iterator[str]:
    errors = path.with_suffix(".errors").read_text()
    if any(not line.startswith("StoreError") for line in errors.splitlines()):
        yield f"it ended otherwise than with StoreError: {errors}"


def _at_the_end(path: Path, calm: Path, served: tuple[Served, ...]) -> Iterator[str]:
    if outside.end_state(path) != outside.end_state(calm):
        yield "it ended otherwise than undisturbed"
    yield from outside.broken(path, served)
    store = open_store(path)
    yield from (f"{each.where}: {each.why}" for each in verify(store).broken)
    store.close()


def _held(path: Path, bought_from: Provider, point: dict[str, Any]) -> int:
    model = f"openai:tiny@{bought_from.url}"
    names = [name for (name,) in outside.rows(path, "id FROM hypothesis")]
    order: dict[str, Any] = dict(format="panel", debater=model, judges=[model, model], concurrency=8, hypotheses=names)
    order |= dict(environment=outside.home(path.parent))
    zygote().fork(**order, db=str(path), point=point)
    return zygote().ended()[0]


def _copy(folder: Path, name: str) -> Path:
    return Path(shutil.copy(folder / "new.db", folder / f"{name}.db"))
