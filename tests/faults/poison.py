"""Hypotheses that raise, hang, answer with 100 MB or end their process: the others are done, these are quarantined."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exchange.domain.work import Asked, Chosen, Item, Kind
from exchange.jobs.verify import verify
from exchange.store import batches
from exchange.store.engine import open_store
from exchange.store.owners import this_process
from exchange.testing.fault import Fault
from exchange.testing.faults import delay, padded
from exchange.testing.server import FaultServer
from tests.faults import outside, poisoned
from tests.faults.outcome import Outcome, Size
from tests.faults.zygote import zygote

_HYPOTHESES = {Size.QUICK: 80, Size.FULL: 2_000}
_LIMITS = {
    Size.QUICK: dict(concurrency=16, debates=4, item_seconds=4),
    Size.FULL: dict(concurrency=64, debates=16, item_seconds=20),
}
_BIG = padded(100_000_000)
_HANGS = delay(600.0)
_TRIES = 3


def poison(size: Size) -> Iterator[Outcome]:
    """One line."""
    with outside.ground(size) as name, FaultServer(faults=_fault, latency=0.002) as server:
        path, folder = Path(name) / "poison.db", Path(name)
        names = outside.imported(path, _HYPOTHESES[size])
        batch, lives = begun(path, names, server.url), 0
        order: dict[str, Any] = dict(
            db=str(path),
            batch=batch,
            environment=outside.home(folder),
            concurrency=16,
            limits=_LIMITS[size],
            poisoned=True,
        )
        while True:
            lives += 1
            zygote().fork(**order)
            (code,) = zygote().ended()
            if code != poisoned.EXITED:
                break
        yield Outcome(
            row=f"one hypothesis of 20 raises, hangs, answers with 100 MB or ends its process, {len(names):,} in all",
            counts={"processes": lives} | _counts(path, server),
            broken=tuple(_wrong(path, server, code)),
        )


def begun(path: Path, names: list[str], address: str) -> str:
    model = f"openai:m@{address}"
    asked = Asked(chosen=Chosen(undebated=True), format="quick", proposer=model, critic=model, judges=(model,))
    store = open_store(path)
    batch, _ = batches.begin(store, asked, None, this_process())
    items = [Item(batch=batch, ordinal=place, hypothesis=each, kind=Kind.DEBATE) for place, each in enumerate(names, 1)]
    batches.fill(store, batch, items)
    batches.opened(store, batch)
    store.close()
    return batch


def _fault(_: int, request: dict[str, Any]) -> Fault | None:
    return {"hang": _HANGS, "big": _BIG}.get(poisoned.way(request["messages"][-1]["content"]) or "")


def _items(path: Path) -> list[tuple[str | None, str, int, str]]:
    """How each item's hypothesis is poison, its state, its tries, and the class of what went wrong."""
    found = outside.rows(
        path, "h.title, i.state, i.tries, i.error FROM batch_item AS i JOIN hypothesis AS h ON h.id = i.hypothesis_id"
    )
    return [(poisoned.way(f"Claim {title.split()[1]}"), state, tries, error) for title, state, tries, error in found]


def _counts(path: Path, server: FaultServer) -> dict[str, int | float | str]:
    items = _items(path)
    return {
        "done": sum(state == "done" for _, state, _, _ in items),
        "quarantined": sum(state == "quarantined" for _, state, _, _ in items),
        "calls": len(server.log),
        "bought again": outside.bought_again([each for each in server.log if not each.fault]),
    }


def _wrong(path: Path, server: FaultServer, code: int) -> Iterator[str]:
    if code:
        yield f"the last process ended with {code}: {path.with_suffix('.errors').read_text()[-500:]}"
    for bad, state, tries, error in _items(path):
        if bad is None and state != "done":
            yield f"a wholesome hypothesis is {state} after {tries} tries: {error}"
        if bad and (state, tries) != ("quarantined", _TRIES):
            yield f"one that is poison ({bad}) is {state} after {tries} tries: {error}"
    yield from _exits(path)
    yield from outside.broken(path, [each for each in server.log if not each.fault])
    store = open_store(path)
    yield from (f"{each.where}: {each.why}" for each in verify(store).broken)
    store.close()


def _exits(path: Path) -> Iterator[str]:
    """What ends its process does so at its last try, with nothing beside it."""
    exits: dict[str, list[int]] = {}
    for line in path.with_suffix(".exits").read_text().splitlines():
        number, taken = line.split()
        exits.setdefault(number, []).append(int(taken))
    for number, times in exits.items():
        if times[-1] != 1:
            yield f"Claim {number} was not alone at last: {times[-1]} items were taken"
