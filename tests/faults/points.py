"""Every point at which something can go wrong, once with an exception and once with a sudden end."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exchange.jobs.verify import verify
from exchange.store.engine import open_store
from tests import builders
from tests.faults import outside
from tests.faults.injected import EXITED
from tests.faults.outcome import Outcome, Size
from tests.faults.zygote import zygote

_QUICK_STEP = 19


def points(size: Size) -> Iterator[Outcome]:
    """One line: a scripted debate is stopped at each point, gone on with, and compared with one that nothing stopped."""
    with outside.ground(size) as name:
        folder = Path(name)
        order = _order(folder)
        outside.imported(folder / "new.db", 1)
        calm, writes, calls = _calm(folder, order)
        every = [*_each("write", writes, ("before", "inside", "after")), *_each("call", calls, ("before", "after"))]
        chosen = every if size is Size.FULL else every[::_QUICK_STEP]
        broken = [each for point in chosen for each in _stopped_at(folder, order, point, calm)]
        yield Outcome(
            row="every injection point",
            counts={
                "writes": writes,
                "calls": calls,
                "points": len(every) // 2,
                "tried, with an exception or an exit": len(chosen),
                "other end states": len(broken),
            },
            broken=tuple(broken),
        )


def _order(folder: Path) -> dict[str, Any]:
    path = folder / "script.json"
    quote = "Inflammatory signals raise PLIN2 in astrocytes within hours."
    script = builders.agreeable_script(path, quote=quote, passage=2)
    return dict(format="quick", debater=script, judges=[script, script], concurrency=1)


def _each(what: str, count: int, places: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for number in range(1, count + 1):
        for when in places:
            for how in ("exception", "exit"):
                yield dict(what=what, number=number, when=when, how=how)


def _calm(folder: Path, order: dict[str, Any]) -> tuple[list[Any], int, int]:
    path = _copy(folder, "calm")
    code = _held(path, order, {})
    if code:
        raise RuntimeError(path.with_suffix(".errors").read_text())
    writes, calls, _ = json.loads(path.with_suffix(".points").read_text())
    return outside.end_state(path), writes, calls


def _stopped_at(folder: Path, order: dict[str, Any], point: dict[str, Any], calm: list[Any]) -> Iterator[str]:
    said = " ".join(map(str, point.values()))
    path = _copy(folder, said.replace(" ", "-"))
    code = _held(path, order, point)
    ended_already = point["what"] == "write" and outside.end_state(path) == calm
    if code != (EXITED if point["how"] == "exit" else 1):
        yield f"{said}: nothing went wrong: exit code {code}"
    if not ended_already and _held(path, order, {}):
        yield f"{said}: it did not go on: {path.with_suffix('.errors').read_text()}"
    if outside.end_state(path) != calm:
        yield f"{said}: it ended otherwise"
    yield from (f"{said}: {each}" for each in outside.broken(path, ()))
    store = open_store(path)
    yield from (f"{said}: {each.where}: {each.why}" for each in verify(store).broken)
    store.close()


def _held(path: Path, order: dict[str, Any], point: dict[str, Any]) -> int:
    (name,) = (name for (name,) in outside.rows(path, "id FROM hypothesis"))
    zygote().fork(**order, db=str(path), hypotheses=[name], point=point)
    return zygote().ended()[0]


def _copy(folder: Path, name: str) -> Path:
    return Path(shutil.copy(folder / "new.db", folder / f"{name}.db"))
