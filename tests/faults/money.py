"""Debates under a cap: whatever servers say of usage, no more is charged than the cap, and a higher one goes on."""

import asyncio
import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from exchange.config import Settings, settings
from exchange.errors import ConfigError, LimitReached
from exchange.jobs.debate import Observer, debate
from exchange.jobs.importing import import_files, read_files
from exchange.jobs.run import Run, running
from exchange.jobs.setup import Wishes
from exchange.store.engine import Store, open_store
from exchange.testing import CATALOGUE, Fault, FaultServer
from tests.conftest import ROOT
from tests.faults import outside
from tests.faults.outcome import Outcome, Size
from tests.faults.zygote import zygote
from tests.jobs.holding import all_played_by, ignore

_TINY, _AMPLE = 0.001, 100.0
_ODDS, _OF = 20, 100
_PROCESSES = 4
_ROUNDING = 1e-9


@dataclass(kw_only=True)
class _Ran:
    """What became of each debate, and when the first of them was told that the limit is reached."""

    ends: Counter[str] = field(default_factory=Counter)
    stopped: float | None = None


def money(size: Size) -> Iterator[Outcome]:
    """A line for each cap, for the daily cap of several processes, and for a price that nobody knows."""
    debates, caps = (32, (0.2, 0.5, 0.8, 1.1, 1.4)) if size is Size.FULL else (6, (0.15,))
    # It keeps the environment that it is started in, for the rows after this one too.
    zygote()
    with outside.ground(size) as name, patch.dict(os.environ, outside.home(Path(name))):
        folder = Path(name)
        for number, cap in enumerate((_TINY, *caps, _AMPLE)):
            yield _capped(folder / f"{number}.db", debates, cap)
        yield _by_processes(folder / "day.db", debates, caps[-1] / 2, "day")
        yield _by_processes(folder / "run.db", debates, caps[-1] / 2, "run")
        yield _unpriced(folder)


def _store(path: Path, debates: int) -> Store:
    claims = [dict(id=name, title=f"PLIN2 in case {name}", targets=["PLIN2"]) for name in _names(debates)]
    source = path.with_suffix(".jsonl")
    source.write_text("".join(f"{json.dumps(claim)}\n" for claim in claims))
    store = open_store(path, create=True)
    import_files(store, read_files([ROOT / "examples", source]))
    return store


def _names(debates: int) -> list[str]:
    return [f"h-{number:08x}" for number in range(debates)]


def _drawn(request: dict[str, Any], what: str) -> int:
    """From 0 to below 100, as the request has it: a question that comes twice is charged alike."""
    return int(hashlib.sha256(f"{what}{json.dumps(request)}".encode()).hexdigest()[:12], 16) % _OF


def _tokens(request: dict[str, Any], text: str) -> tuple[int, int]:
    """Few; or, of some requests, as many as they can cost: a token a byte, and all that may come back."""
    if _drawn(request, "huge") < _ODDS:
        sent = {"messages": request["messages"], "response_format": request["response_format"]}
        return len(json.dumps(sent, ensure_ascii=False).encode()), request["max_tokens"]
    return 100 + 10 * _drawn(request, "in"), 10 + _drawn(request, "out")


def _usage(_: int, request: dict[str, Any]) -> Fault | None:
    return CATALOGUE["usage-missing"] if _drawn(request, "missing") < _ODDS else None


def _capped(path: Path, debates: int, cap: float) -> Outcome:
    """Debates at once under a cap, then what is left of them with money enough."""
    store = _store(path, debates)
    with FaultServer(faults=_usage, tokens=_tokens) as server:
        wishes = all_played_by(f"openai:tiny@{server.url}")
        first = asyncio.run(_all(store, settings(paid_calls=True), _names(debates), wishes, cap))
        charged, calls, ended = outside.charged(server.log), len(server.log), _ended(path)
        late = sum(first.stopped is not None and entry.received > first.stopped for entry in server.log)
        left = [name for name in _names(debates) if name not in ended]
        asyncio.run(_all(store, settings(paid_calls=True), left, wishes, _AMPLE))
        log = server.log
    store.close()
    sound = first.ends.total() == debates and set(first.ends) <= {"finished", "LimitReached"}
    broken = {
        f"${charged:.6f} were charged under a cap of ${cap}": charged > cap + _ROUNDING,
        f"{late} calls came after the limit was reached": late > 0,
        f"debates ended with {dict(first.ends)}, and {len(ended)} are stored": not sound
        or first.ends["finished"] != len(ended),
        f"{calls} calls were made under a cap that has room for none": cap == _TINY and calls > 0,
        f"{len(left)} debates had to go on with money enough": cap == _AMPLE and len(left) > 0,
        f"{debates - len(_ended(path))} debates did not go on": len(_ended(path)) != debates,
        f"{outside.bought_again(log)} answers were bought again": outside.bought_again(log) > 0,
        **dict.fromkeys(outside.broken(path, log), True),
    }
    counts = {"cap": f"${cap:g}", "charged": f"${charged:.4f}", "calls": f"{calls}", "finished": f"{len(ended)}"}
    more = {"gone on": f"{len(left)}", "calls after the limit": f"{late}"}
    return Outcome(row="money", counts={**counts, **more}, broken=_said(broken))


def _ended(path: Path) -> set[str]:
    return {name for (name,) in outside.rows(path, "hypothesis_id FROM debate WHERE state = 'finished'")}


async def _all(store: Store, chosen: Settings, names: Sequence[str], wishes: Wishes, cap: float | None) -> _Ran:
    ran = _Ran()
    async with running(store, chosen, max_cost=cap) as run:
        await asyncio.gather(*(_one(run, name, wishes, ran) for name in names))
    return ran


async def _one(run: Run, name: str, wishes: Wishes, ran: _Ran) -> None:
    try:
        await debate(run, name, wishes, Observer(begun=ignore, event=ignore, wait=ignore))
        ran.ends["finished"] += 1
    except LimitReached:
        ran.stopped = ran.stopped or time.time()
        ran.ends["LimitReached"] += 1
    except Exception as error:  # noqa: BLE001 # whatever comes is counted
        ran.ends[repr(error)] += 1


def _by_processes(path: Path, debates: int, cap: float, what: str) -> Outcome:
    """Several processes at once, each with its share of the debates, under the cap of one day or of one run."""
    by_day = {"EXCHANGE_LIMITS__DAILY_COST": str(cap)} if what == "day" else {}
    by_run = {"run": "r-000000000001", "max_cost": cap} if what == "run" else {}
    _store(path, debates).close()
    with FaultServer(faults=_usage, tokens=_tokens) as server:
        model = f"openai:tiny@{server.url}"
        zygote().fork(
            _PROCESSES,
            db=str(path),
            environment=outside.home(path.parent) | by_day,
            format="quick",
            debater=model,
            judges=[model],
            hypotheses=_names(debates),
            shares=_PROCESSES,
            concurrency=8,
            **by_run,
        )
        zygote().ended()
        log = server.log
    charged = outside.charged(log)
    broken = {
        f"${charged:.6f} were charged under a cap of ${cap} for the {what}": charged > cap + _ROUNDING,
        **dict.fromkeys(_other_errors(path), True),
        f"{len(log)} calls were made, and all debates finished": not log or len(_ended(path)) == debates,
        **dict.fromkeys(outside.broken(path, log), True),
    }
    counts = {"processes": f"{_PROCESSES}", f"cap of the {what}": f"${cap:g}", "charged": f"${charged:.4f}"}
    more = {"calls": f"{len(log)}", "finished": f"{len(_ended(path))}"}
    return Outcome(row="money", counts={**counts, **more}, broken=_said(broken))


def _other_errors(path: Path) -> list[str]:
    """What stopped a process, if it was not the cap."""
    errors = path.with_suffix(".errors").read_text()
    return [line for line in errors.splitlines() if not line.startswith("LimitReached")]


def _unpriced(folder: Path) -> Outcome:
    """A cap, and a model whose price stands nowhere."""
    path = folder / "unpriced.db"
    (folder / "prices.toml").write_text("")
    store = _store(path, 2)
    refused = 0
    with FaultServer() as server:
        wishes = all_played_by(f"openai:tiny@{server.url}")
        for chosen, cap in (
            (settings(paid_calls=True), 1.0),
            (settings(paid_calls=True, limits={"daily_cost": 1.0}), None),
        ):
            ran = asyncio.run(_all(store, chosen, _names(2), wishes, cap))
            refused += sum(end.startswith(ConfigError.__name__) for end in ran.ends.elements())
        calls = len(server.log)
    store.close()
    begun = outside.rows(path, "count(*) FROM debate")[0][0]
    broken = {f"{calls} calls were made": calls > 0, f"{begun} were begun": begun > 0, "one was let in": refused != 4}
    counts = {"debates of unknown price": 4, "refused": refused, "calls": calls, "begun": begun}
    return Outcome(row="money", counts={**counts}, broken=_said(broken))


def _said(broken: dict[str, bool]) -> tuple[str, ...]:
    return tuple(said for said, is_so in broken.items() if is_so)
