"""Debates whose judges are asked by batches, as tests hold them, and what they leave."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from exchange.config import Settings, settings
from exchange.domain.batches import ProviderBatch
from exchange.domain.calls import Via
from exchange.domain.event import ScoreEvent
from exchange.jobs.debate import Observer, debate
from exchange.jobs.importing import import_files, read_files
from exchange.jobs.run import running
from exchange.jobs.setup import Wishes
from exchange.store.engine import Store
from tests import builders
from tests.jobs.holding import HYPOTHESIS, ignore, playing

Outcome = ScoreEvent | BaseException


def claims(store: Store, folder: Path, count: int) -> list[str]:
    """Imports so many hypotheses like the example's; their ids."""
    names = [f"h-{number:08x}" for number in range(1, count + 1)]
    path = folder / "claims.jsonl"
    path.write_text(
        "".join(json.dumps(dict(id=name, title=f"Case {name}", targets=["PLIN2"])) + "\n" for name in names)
    )
    import_files(store, read_files([path]))
    return names


def wishes(store: Store, folder: Path, url: str, judges: int = 2) -> Wishes:
    """The debaters are scripted, the judges sit at the server: only they go by a batch."""
    script = playing(store, folder / "script.json", format="panel")
    return Wishes(
        format="panel",
        proposer=script,
        critic=script,
        judges=tuple(f"openai:judge-{number}@{url}" for number in range(judges)),
    )


def quick(**more: Any) -> Settings:
    """Settings under which nothing is waited for longer than need be."""
    batches = dict(quiet_seconds=0.15, first_pause=0.01, longest_pause=0.05) | more.pop("batches", {})
    return settings(paid_calls=True, batches=batches, limits=dict(attempts=2) | more.pop("limits", {}), **more)


async def held(
    store: Store,
    names: Sequence[str],
    wanted: Wishes,
    chosen: Settings | None = None,
    cap: float | None = None,
    halt: asyncio.Event | None = None,
    heard: Callable[[ProviderBatch, str], None] = ignore,
    via: Via = Via.BATCH,
) -> list[Outcome]:
    """All the debates at once; what became of each."""
    observer = Observer(begun=ignore, event=ignore, wait=ignore)
    async with running(store, chosen or quick(), max_cost=cap, halt=halt, via=via, on_batch=heard) as run:
        asked = (debate(run, name, wanted, observer) for name in names)
        return await asyncio.gather(*asked, return_exceptions=True)


__all__ = ["HYPOTHESIS", "builders", "claims", "held", "quick", "wishes"]
