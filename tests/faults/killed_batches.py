"""A batch whose process is killed again and again: nothing is lost, nothing is scored twice, and nothing is bought twice but what was in flight."""

import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exchange.jobs.verify import verify
from exchange.store.engine import open_store
from exchange.testing.provider import Provider, provider
from tests.faults import outside
from tests.faults.outcome import Outcome, Size
from tests.faults.poison import begun
from tests.faults.zygote import zygote

# Hypotheses, kills, and the most seconds until one.
_SIZES = {Size.QUICK: (120, 4, 3.0), Size.FULL: (1_000, 40, 2.0)}
_LIMITS = dict(concurrency=16, debates=8)


@dataclass(kw_only=True)
class Scene:
    """A batch's database, who its calls were bought from, and when its processes were killed."""

    path: Path
    bought_from: Provider
    open_at_kills: list[int] = field(default_factory=list)


def killed_batches(size: Size) -> Iterator[Outcome]:
    """One line."""
    hypotheses, kills, longest = _SIZES[size]
    with outside.ground(size) as name, _provided(name, size) as bought_from:
        scene = Scene(path=Path(name) / "batch.db", bought_from=bought_from)
        names = outside.imported(scene.path, hypotheses)
        order: dict[str, Any] = dict(
            db=str(scene.path), batch=begun(scene.path, names, bought_from.url), environment=outside.home(Path(name))
        )
        code = _lives(scene, order | dict(concurrency=16, limits=_LIMITS, poisoned=False), kills, longest)
        again, in_flight = outside.bought_again(bought_from.served), sum(scene.open_at_kills)
        yield Outcome(
            row=f"kill -9 of the process that works on a batch of {hypotheses:,}",
            counts={
                "kills": len(scene.open_at_kills),
                "done": outside.rows(scene.path, "count(*) FROM batch_item WHERE state = 'done'")[0][0],
                "charged calls": sum(entry.charged for entry in bought_from.served),
                "bought again": again,
                "in flight at the kills": in_flight,
            },
            broken=tuple(wrong(scene, code, again, in_flight)),
        )


def _provided(name: str, size: Size) -> Any:
    return provider(log=Path(tempfile.mkdtemp(dir=name)) / "calls", latency=0.02 if size is Size.QUICK else 0.05)


def _lives(scene: Scene, order: dict[str, Any], kills: int, longest: float) -> int:
    """Kills so many processes, and lets the last one end."""
    drawn = random.Random(0)
    for _ in range(kills):
        # What an earlier process left open is settled when its item's turn comes.
        before = outside.rows(scene.path, "coalesce(max(id), 0) FROM call")[0][0]
        (child,) = zygote().fork(**order)
        time.sleep(drawn.uniform(longest / 5, longest))
        # It may have done by now.
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        if zygote().ended() != [-signal.SIGKILL]:
            break
        left = outside.rows(scene.path, f"count(*) FROM call WHERE state = 'open' AND id > {before}")
        scene.open_at_kills.append(left[0][0])
    zygote().fork(**order)
    return zygote().ended()[0]


def wrong(scene: Scene, code: int, again: int, in_flight: int) -> Iterator[str]:
    """Every promise that was broken once all is done."""
    if code:
        yield f"the last process ended with {code}: {_said(scene.path)}"
    if max(scene.open_at_kills, default=0) > _LIMITS["concurrency"]:
        yield "more calls were open at a kill than may be in flight"
    if again > in_flight:
        yield f"{again} calls were bought again, and {in_flight} were in flight"
    for state, number in outside.rows(
        scene.path, "state, count(*) FROM batch_item WHERE state != 'done' GROUP BY state"
    ):
        yield f"{number} hypotheses are {state}"
    if outside.rows(scene.path, "1 FROM score_event GROUP BY hypothesis_id HAVING count(*) > 1"):
        yield "a hypothesis was scored twice"
    yield from outside.broken(scene.path, scene.bought_from.served)
    store = open_store(scene.path)
    yield from (f"{each.where}: {each.why}" for each in verify(store).broken)
    store.close()


def _said(path: Path) -> str:
    errors = path.with_suffix(".errors")
    return errors.read_text()[-500:] if errors.exists() else ""
