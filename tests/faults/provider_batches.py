"""Verdicts by batches: whatever becomes of a batch, and whenever the process that awaits it is killed."""

import asyncio
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from exchange.domain.event import ScoreEvent
from exchange.errors import RequestRefused
from exchange.jobs.verify import verify
from exchange.store.engine import open_store
from exchange.testing import BATCHES, FaultServer
from exchange.testing.batch_fault import BatchFault
from tests import builders
from tests.faults import outside
from tests.faults.injected import EXITED
from tests.faults.outcome import Outcome, Size
from tests.faults.zygote import zygote
from tests.jobs.batching import held, quick
from tests.jobs.holding import all_played_by

_QUOTE, _PASSAGE = "Inflammatory signals raise PLIN2 in astrocytes within hours.", 2
_PACE = (0.02, 0.01, 0.02)
_QUICK_POINTS = 7
_ROUNDING = 1e-9
_PORT = re.compile(r"127\.0\.0\.1:\d+")
# These end with an error that names why; all others are asked again until they are scored.
_REFUSED = frozenset({"failed-line", "failed-whole"})
# In these an answer was paid for, and no file has it: it is counted at its worst, and bought again.
_LOST = frozenset({"lost-after-charge", "cut", "uncounted", "without-output-after-charge"})


def provider_batches(size: Size) -> Iterator[Outcome]:
    """A line for each thing that may become of a batch, and one for all moments at which its process may be killed."""
    with outside.ground(size) as name, patch.dict(os.environ, outside.home(Path(name))):
        folder = Path(name)
        debates = 20 if size is Size.FULL else 4
        for number, fault in enumerate(BATCHES.values()):
            yield _befallen(folder / f"{number}.db", fault, debates)
        yield _killed(folder, size)


def _befallen(path: Path, fault: BatchFault, debates: int) -> Outcome:
    """The first file meets the fault; those after it are good."""
    names, script = outside.imported(path, debates), _script(path)
    store = open_store(path)
    with FaultServer(batches=[fault]) as server:
        wanted = replace(all_played_by(script), judges=(f"openai:judge@{server.url}",))
        ended = asyncio.run(held(store, names, wanted, quick()))
        log, made = server.log, server.batches.made
    broken = [f"{each.where}: {each.why}" for each in verify(store).broken]
    store.close()
    kinds = Counter(type(each).__name__ for each in ended)
    scored, refused = kinds[ScoreEvent.__name__], kinds[RequestRefused.__name__]
    broken += outside.broken(path, log)
    if scored + refused != debates or bool(refused) != (fault.name in _REFUSED):
        broken.append(f"debates ended with {dict(kinds)}")
    again, unknown = outside.bought_again(log), _unknown(path)
    if again != unknown or bool(again) != (fault.name in _LOST):
        broken.append(f"{again} answers were bought again, and of {unknown} nobody knows")
    charged, known = outside.charged(log), outside.rows(path, "coalesce(sum(cost), 0) FROM call")[0][0]
    if not unknown and abs(charged - known) > _ROUNDING:
        broken.append(f"${charged:.6f} were charged, and the ledger says ${known:.6f}")
    if alone := sum(entry.batch is None for entry in log):
        broken.append(f"{alone} questions went alone")
    counts: dict[str, int | float | str] = {
        "debates": debates,
        "scored": scored,
        "named as failed": refused,
        "files": len(made),
    }
    counts |= {
        "answers bought": sum(entry.charged for entry in log),
        "bought again": again,
        "charged": f"${charged:.6f}",
    }
    return Outcome(row=f"batches, {fault.name}", counts=counts, broken=tuple(broken))


def _script(path: Path) -> str:
    return builders.agreeable_script(path.with_suffix(".script.json"), quote=_QUOTE, passage=_PASSAGE)


def _unknown(path: Path) -> int:
    found: int = outside.rows(path, "count(*) FROM call WHERE state = 'unknown'")[0][0]
    return found


def _killed(folder: Path, size: Size) -> Outcome:
    """A process is ended at each of its writes and requests; the next one goes on, and buys nothing twice."""
    new = folder / "new.db"
    names = outside.imported(new, 2)
    order = dict(format="quick", debater=_script(new), concurrency=8, hypotheses=names, via="batch", pace=_PACE)
    calm, writes, requests = _calm(folder, new, order)
    every = [
        *(
            dict(what="write", number=n, when=when)
            for n in range(1, writes + 1)
            for when in ("before", "inside", "after")
        ),
        *(dict(what="request", number=n, when=when) for n in range(1, requests + 1) for when in ("before", "after")),
    ]
    chosen = every if size is Size.FULL else every[:: max(1, len(every) // _QUICK_POINTS)]
    broken, hit = [], 0
    for point in chosen:
        found, was_hit = _killed_at(folder, new, order, point | {"how": "exit"}, calm)
        broken += found
        hit += was_hit
    return Outcome(
        row="batches, killed at each step",
        counts={"writes": writes, "requests": requests, "points": len(every), "tried": len(chosen), "hit": hit},
        broken=tuple(broken),
    )


def _calm(folder: Path, new: Path, order: dict[str, Any]) -> tuple[list[Any], int, int]:
    path = Path(shutil.copy(new, folder / "calm.db"))
    with FaultServer() as server:
        if code := _run(path, order, server, {}):
            raise RuntimeError(f"{code}: {path.with_suffix('.errors').read_text()}")
    writes, _, requests = json.loads(path.with_suffix(".points").read_text())
    return outside.end_state(path), writes, requests


def _killed_at(
    folder: Path, new: Path, order: dict[str, Any], point: dict[str, Any], calm: list[Any]
) -> tuple[list[str], bool]:
    said = " ".join(map(str, point.values()))
    path = Path(shutil.copy(new, folder / f"{said.replace(' ', '-')}.db"))
    with FaultServer() as server:
        # How often a batch is looked at, and so which step comes when, differs from run to run by a little.
        hit = _run(path, order, server, point) == EXITED
        code = _run(path, order, server, {})
        log, made = server.log, server.batches.made
    broken = [f"{said}: {each}" for each in outside.broken(path, log)]
    if code:
        broken.append(f"{said}: it did not go on: {path.with_suffix('.errors').read_text()}")
    if _judged(outside.end_state(path)) != _judged(calm):
        broken.append(f"{said}: it ended otherwise")
    if again := outside.bought_again(log):
        broken.append(f"{said}: {again} answers were bought again")
    if len({each["metadata"]["exchange_batch"] for each in made}) != len(made):
        broken.append(f"{said}: a batch was made twice")
    charged, known = outside.charged(log), outside.rows(path, "coalesce(sum(cost), 0) FROM call")[0][0]
    if abs(charged - known) > _ROUNDING:
        broken.append(f"{said}: ${charged:.6f} were charged, and the ledger says ${known:.6f}")
    store = open_store(path)
    broken += [f"{said}: {each.where}: {each.why}" for each in verify(store).broken]
    store.close()
    return broken, hit


def _run(path: Path, order: dict[str, Any], server: FaultServer, point: dict[str, Any]) -> int:
    judge = f"openai:judge@{server.url}"
    zygote().fork(**order, judges=[judge], db=str(path), environment=outside.home(path.parent), point=point)
    return zygote().ended()[0]


def _judged(state: list[Any]) -> list[str]:
    """An end state, without its server's port."""
    return [_PORT.sub("", str(each)) for each in state]
