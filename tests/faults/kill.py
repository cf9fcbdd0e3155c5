"""Debates that are killed again and again end as if nobody had touched them."""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exchange.jobs.verify import verify
from exchange.store.engine import open_store
from exchange.testing import Served
from exchange.testing.provider import Provider, provider
from tests.faults import outside
from tests.faults.outcome import Outcome, Size
from tests.faults.zygote import zygote

# Calls at once, debates at once, kills in the quick and in the full size.
_CASES = ((1, 1, 8, 80), (8, 1, 6, 60), (8, 4, 6, 60))
_JUDGES = 2
_CALLS = 10
# The reply of a call that the provider has just answered may not be stored yet.
_ON_ITS_WAY = 0.1
# A debate may end before it is killed: there are so many for each kill.
_DEBATES_FOR_A_KILL = 10


@dataclass(frozen=True, kw_only=True)
class _Kill:
    """It hit between the two times, in seconds since the epoch, and left so many intents open."""

    sooner: float
    later: float
    opened: int


@dataclass(kw_only=True)
class _Scene:
    """One case at work: `killed` debates are those that kills go to, `quiet` ones are never killed."""

    folder: Path
    concurrency: int
    debates: int
    bought_from: Provider
    random: random.Random
    typical: float = 0.4
    kills: list["_Kill"] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return self.folder / "killed.db"

    def order(self, path: Path, names: list[str]) -> dict[str, Any]:
        at = self.bought_from.url
        return dict(
            db=str(path),
            environment=outside.home(self.folder),
            concurrency=self.concurrency,
            hypotheses=names,
            format="panel",
            debater=f"openai:debater@{at}",
            judges=[f"openai:judge-{number}@{at}" for number in range(_JUDGES)],
        )


def kill(size: Size) -> Iterator[Outcome]:
    """A line for each case."""
    with outside.ground(size) as name:
        for number, (concurrency, debates, quick, full) in enumerate(_CASES):
            place = Path(name) / str(number)
            place.mkdir()
            with provider(log=place / "calls", latency=0.004 if size is Size.QUICK else 0.02) as bought_from:
                scene = _Scene(
                    folder=place,
                    concurrency=concurrency,
                    debates=debates,
                    bought_from=bought_from,
                    random=random.Random(number),
                )
                yield _case(scene, quick if size is Size.QUICK else full)


def _case(scene: _Scene, kills: int) -> Outcome:
    names = outside.imported(scene.path, kills * _DEBATES_FOR_A_KILL)
    held = _killed_often(scene, names, kills)
    quiet = scene.folder / "quiet.db"
    outside.imported(quiet, kills * _DEBATES_FOR_A_KILL)
    calm = len(scene.bought_from.served)
    for start in range(0, len(held), scene.debates):
        _undisturbed(scene, quiet, held[start : start + scene.debates])
    served = scene.bought_from.served[:calm]
    again, in_flight = outside.bought_again(served), _in_flight(scene, served)
    lost = outside.turns_lost(scene.path)
    broken = [*outside.broken(scene.path, served), *_wrong(scene, quiet, again, in_flight, lost)]
    return Outcome(
        row=f"kill -9, {scene.concurrency} calls and {scene.debates} debates at once",
        counts={
            "kills": len(scene.kills),
            f"debates of {_CALLS} calls": len(held),
            "turns lost": lost,
            "charged calls": sum(entry.charged for entry in served),
            "bought again": again,
            "in flight at the kills": in_flight,
            "most at one kill": max((each.opened for each in scene.kills), default=0),
        },
        broken=tuple(broken),
    )


def _killed_often(scene: _Scene, names: list[str], kills: int) -> list[str]:
    """Holds debates until so many kills have hit; the names of those that were held, all of them to their end."""
    held: list[str] = []
    while len(scene.kills) < kills:
        if not names:
            raise RuntimeError(f"of {kills} kills only {len(scene.kills)} hit: debates end before they are killed")
        names, group = names[scene.debates :], names[: scene.debates]
        held += group
        begun, ended = time.monotonic(), False
        while not ended and len(scene.kills) < kills:
            ended = _one_life(scene, [name for name in group if not _finished(scene.path, name)])
        scene.typical = max(0.15, min(scene.typical, time.monotonic() - begun))
        _undisturbed(scene, scene.path, [name for name in group if not _finished(scene.path, name)])
    return held


def _one_life(scene: _Scene, names: list[str]) -> bool:
    """A child that is killed at a random time, inside a judge's call, or inside a commit; true if it was too fast."""
    order, way = scene.order(scene.path, names), scene.random.choice(("time", "time", "judge", "commit"))
    if way == "commit":
        order["commit"] = [scene.random.randint(1, 30), scene.random.uniform(0, 0.003)]
    (child,) = zygote().fork(**order)
    if way == "judge":
        _wait_for_a_judge(scene)
    elif way == "time":
        time.sleep(scene.random.uniform(0.05, scene.typical))
    sooner = time.time()
    if way != "commit":
        # It may have done by now.
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    if zygote().ended() != [-signal.SIGKILL]:
        return True
    later = time.time()
    if way == "commit":
        sooner = float(scene.path.with_suffix(".died").read_text())
    opened = outside.rows(scene.path, "count(*) FROM call WHERE state = 'open'")[0][0]
    scene.kills.append(_Kill(sooner=sooner, later=later, opened=opened))
    return not names


def _wait_for_a_judge(scene: _Scene) -> None:
    """Until a judge's call has come in, or nothing more comes."""
    before, deadline = len(scene.bought_from.served), time.monotonic() + 2
    while time.monotonic() < deadline:
        if any(entry.model.startswith("judge") and entry.ended is None for entry in scene.bought_from.served[before:]):
            return
        time.sleep(0.002)


def _undisturbed(scene: _Scene, path: Path, names: list[str]) -> None:
    if names:
        zygote().fork(**scene.order(path, names))
        if zygote().ended() != [0]:
            raise RuntimeError(f"a child that nobody killed failed: {path.with_suffix('.errors').read_text()}")


def _finished(path: Path, name: str) -> bool:
    return bool(outside.rows(path, f"1 FROM debate WHERE hypothesis_id = '{name}' AND state = 'finished'"))


def _in_flight(scene: _Scene, served: tuple[Served, ...]) -> int:
    """What the provider had in flight, or had just sent, at the moments of the kills.

    A busy machine may take longer from a kill to its being noticed than a call lasts.
    """
    return sum(
        entry.received <= kill.later and (entry.ended is None or entry.ended > kill.sooner - _ON_ITS_WAY)
        for kill in scene.kills
        for entry in served
    )


def _wrong(scene: _Scene, quiet: Path, again: int, in_flight: int, lost: int) -> Iterator[str]:
    if lost:
        yield f"{lost} acknowledged turns were lost"
    if again > in_flight:
        yield f"{again} calls were bought again, and {in_flight} were in flight"
    if scene.concurrency == 1 and (again > len(scene.kills) or any(each.opened > 1 for each in scene.kills)):
        yield "one call at a time, and a kill left more than one open"
    if outside.end_state(scene.path) != outside.end_state(quiet):
        yield "a debate ended otherwise than the same one undisturbed"
    calls = outside.rows(quiet, "count(*) FROM call GROUP BY debate_id")
    if any(count < _CALLS for (count,) in calls):
        yield f"a debate has fewer than {_CALLS} calls"
    store = open_store(scene.path)
    yield from (f"{each.where}: {each.why}" for each in verify(store).broken)
    store.close()
