"""A store full of finished debates of every kind, all of them really held, with models that speak from scripts."""

import asyncio
import json
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import event

from exchange.config import settings
from exchange.domain.event import ScoreEvent
from exchange.errors import DebateFailed
from exchange.jobs.debate import Observer, debate
from exchange.jobs.importing import import_files, read_files
from exchange.jobs.run import running
from exchange.jobs.setup import Wishes
from exchange.store.engine import Store, open_store
from tests import builders
from tests.conftest import ROOT
from tests.jobs.holding import all_played_by, ignore, playing

_AT_ONCE = 20


def hold(path: Path, debates: int, processes: int) -> float:
    """A new database with so many debates, each of a claim of its own; returns the seconds that they took."""
    claims = path.with_name("claims.jsonl")
    names = [f"h-{number:08x}" for number in range(debates)]
    claims.write_text(
        "\n".join(json.dumps({"id": each, "title": f"Claim {each}", "targets": ["PLIN2"]}) for each in names)
    )
    store = open_store(path, create=True)
    import_files(store, read_files([ROOT / "examples", claims]))
    wishes = _casts(store, path.parent)
    store.close()
    begun = time.monotonic()
    if processes == 1:
        _hold_some(path, names, wishes)
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            for done in [pool.submit(_hold_some, path, names[start::processes], wishes) for start in range(processes)]:
                done.result()
    return time.monotonic() - begun


def _casts(store: Store, folder: Path) -> list[Wishes]:
    """Panels and quick debates of several judges; one judge who cannot be read, and a proposer who cannot."""
    quick = playing(store, folder / "quick.json")
    other = playing(store, folder / "other.json", credence=83)
    panel = playing(store, folder / "panel.json", format="panel")
    quote = json.loads((folder / "quick.json").read_text())["replies"][-1]
    odd = builders.script(
        folder / "odd.json",
        {"place": "judge-1/final/critic-first", "text": "90 out of 100"},
        {"place": "judge-*", "reply": builders.judged(71)},
        quote,
    )
    mute = builders.script(
        folder / "mute.json", {"place": "judge-*", "reply": builders.judged()}, {"place": "*", "text": "no"}
    )
    return [
        Wishes(format="quick", proposer=quick, critic=other, judges=(quick, other, quick)),
        all_played_by(quick, judges=2),
        all_played_by(panel, "panel", judges=3),
        Wishes(format="quick", proposer=quick, critic=quick, judges=(odd, other)),
        all_played_by(mute),
    ]


def _hold_some(path: Path, names: Sequence[str], wishes: Sequence[Wishes]) -> None:
    store = open_store(path)
    # Nothing is to survive a power cut here, and a thousand debates wait for the disk twenty thousand times.
    event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    store.engine.dispose()
    asyncio.run(_hold_all(store, names, wishes))
    store.close()


async def _hold_all(store: Store, names: Sequence[str], wishes: Sequence[Wishes]) -> None:
    observer = Observer(begun=ignore, event=ignore, wait=ignore)
    async with running(store, settings(db=str(store.address), paid_calls=False)) as run:

        async def held(name: str) -> ScoreEvent | None:
            try:
                return await debate(run, name, wishes[int(name[2:], 16) % len(wishes)], observer)
            except DebateFailed:
                return None

        for start in range(0, len(names), _AT_ONCE):
            await asyncio.gather(*map(held, names[start : start + _AT_ONCE]))
