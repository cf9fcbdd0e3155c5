"""Servers that are busy: asked again when they said, and no sooner; at rest where they are empty or away for long."""

import asyncio
import email.utils
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch

from exchange.config import prices, settings
from exchange.domain.calls import Journal, Reply
from exchange.domain.money import Budget
from exchange.domain.rates import Rate
from exchange.errors import ExchangeError
from exchange.jobs.debate import Observer, debate
from exchange.jobs.importing import import_files, read_files
from exchange.jobs.run import running
from exchange.jobs.setup import Wishes
from exchange.llm.ask import Asker, Retrying
from exchange.llm.gate import Gate
from exchange.llm.openai import OpenAIModel
from exchange.llm.permits import OwnPermits
from exchange.llm.prices import Prices
from exchange.llm.spec import parse
from exchange.store.engine import Store, open_store
from exchange.store.ledger import Ledger
from exchange.store.writer import Writer
from exchange.testing import CATALOGUE, Fault, FaultServer, Served
from exchange.testing.faults import status
from tests.conftest import ROOT
from tests.faults import outside
from tests.faults.outcome import Outcome, Size
from tests.jobs.holding import HYPOTHESIS, all_played_by, ignore
from tests.llm.journal import MemoryJournal, question
from tests.store.rows import opened

_AT_ONCE, _ATTEMPTS, _AMPLIFIED = 64, 8, 1.5
# Three calls of ten are refused, in an order that does not depend on who asks.
_OF_TEN = frozenset({1, 4, 7})
_HOUR, _GRACE = 3600.0, 60.0
# In so short a minute it tells that a call needs up to a tenth of a second from the gate to the server.
_MINUTE, _TRAVEL, _REQUESTS, _USED = 2.0, 0.1, 60, 0.8


def busy(size: Size) -> Iterator[Outcome]:
    """A line for many calls, and for an empty account, for a server that is away, and for a limit by the minute."""
    many, minutes = (5_000, 4.0) if size is Size.FULL else (100, 0.9)
    with outside.ground(size) as name, patch.dict(os.environ, outside.home(Path(name))):
        yield asyncio.run(_refused_now_and_then(_store(Path(name) / "many.db"), many))
        yield asyncio.run(_empty(_store(Path(name) / "empty.db")))
        yield asyncio.run(_away(_store(Path(name) / "away.db")))
        yield asyncio.run(_limited(int(_REQUESTS * minutes)))


def _store(path: Path) -> Store:
    store = open_store(path, create=True)
    import_files(store, read_files([ROOT / "examples"]))
    return store


async def _refused_now_and_then(store: Store, many: int) -> Outcome:
    with FaultServer(answer=lambda _: "{}", faults=_refusal) as server, Writer() as writer:
        lease = opened(store)
        ledger = Ledger(store=store, writer=writer, lease=lease, run="r-1", budget=Budget())
        done = await _asked(server, ledger, lease.debate, many, Gate(halt=asyncio.Event()))
    store.close()
    sooner, waits = _sooner(server.log)
    stored = outside.rows(
        Path(str(store.address)), "count(DISTINCT question_digest) FROM call WHERE state = 'answered'"
    )[0][0]
    broken = {
        f"{many - done} questions were not answered, {many - stored} answers are not stored": (done, stored)
        != (many, many),
        f"{sooner} retries came sooner than the server asked": sooner > 0,
        f"{len(server.log)} calls were made for {many} questions": len(server.log) > _AMPLIFIED * many,
        **dict.fromkeys(outside.broken(Path(str(store.address)), server.log), True),
    }
    counts = {
        "questions": many,
        "answered": stored,
        "calls": len(server.log),
        "of them refused": sum(entry.status == 429 for entry in server.log),
        "waits that were asked for": waits,
        "cut short": sooner,
    }
    return Outcome(row="busy", counts=counts, broken=_said(broken))


def _refusal(number: int, _: dict[str, Any]) -> Fault | None:
    """A refusal whose name is the time, in seconds since the epoch, before which the server need not be asked again."""
    if number % 10 not in _OF_TEN:
        return None
    now, turn = time.time(), number // 10
    asked: tuple[tuple[str | None, float], ...] = (
        ("0.05", now + 0.05),
        ("0.2", now + 0.2),
        ("nan", now),
        ("0.05", now + 0.05),
        ("-5", now),
        ("0.1", now + 0.1),
        ("", now),
        (None, now + 0.08),
    )
    rare: tuple[tuple[str | None, float], ...] = (
        ("1", now + 1),
        (email.utils.formatdate(int(now) + 2, usegmt=True), int(now) + 2),
    )
    header, until = rare[turn // 10 % 2] if turn % 10 == 0 else asked[turn % len(asked)]
    fault = status(429, retry_after=header, name=f"busy-until-{until!r}")
    return replace(fault, headers=(("retry-after-ms", "80"), ("retry-after", "9"))) if header is None else fault


def _sooner(log: Sequence[Served]) -> tuple[int, int]:
    """How many retries came sooner than the server had asked, and how many waits it had asked for."""
    asked: dict[str, list[Served]] = defaultdict(list)
    for entry in log:
        asked[entry.question].append(entry)
    pairs = [pair for entries in asked.values() for pair in pairwise(entries)]
    until = [(float((before.fault or "0").rpartition("until-")[2]), after.received) for before, after in pairs]
    return sum(again < moment for moment, again in until), len(until)


async def _asked(server: FaultServer, journal: Journal, debate: str, many: int, gate: Gate) -> int:
    """How many of so many questions were answered, 64 at once."""
    name = f"openai:tiny@{server.url}"
    model = OpenAIModel(parse(name), None, _AT_ONCE, 20, 60)
    ask = Asker(
        journal=journal,
        models={name: model},
        prices=Prices(own=prices()),
        retrying=Retrying(attempts=_ATTEMPTS, longest_wait=60),
        gate=gate,
        on_wait=ignore,
    )
    questions = [
        question(place=f"judge-1/prior/{number}", model=name, content=f"What is so of {number}?").model_copy(
            update={"debate": debate}
        )
        for number in range(many)
    ]
    answers = await asyncio.gather(*(ask(each, _text) for each in questions), return_exceptions=True)
    await model.close()
    return sum(not isinstance(each, BaseException) for each in answers)


def _text(reply: Reply) -> str:
    return reply.text


async def _empty(store: Store) -> Outcome:
    """A panel of three models at one server whose account is empty."""
    with FaultServer(faults=lambda *_: CATALOGUE["status-429-insufficient-quota"]) as server:
        debater, *judges = (f"openai:{name}@{server.url}" for name in ("debater", "one", "two", "three"))
        wishes = Wishes(format="panel", proposer=debater, critic=debater, judges=tuple(judges))
        error = await _held(store, wishes)
    store.close()
    left = outside.rows(Path(str(store.address)), "state, (SELECT count(*) FROM score_event) FROM debate")
    broken = {
        f"it ended with {error!r}": type(error).__name__ != "QuotaExhausted",
        f"{len(server.log)} calls were made": len(server.log) != 1,
        f"it left {left}": left != [("open", 0)],
    }
    counts = {"calls to an empty account": len(server.log), "debates left open": len(left), "scores": left[0][1]}
    return Outcome(row="busy", counts=counts, broken=_said(broken))


async def _away(store: Store) -> Outcome:
    """A server that asks to be left alone for an hour, and is well again."""
    faults = [None, None, status(429, retry_after=f"{_HOUR:.0f}")]
    with FaultServer(faults=faults) as server:
        error = await _held(store, all_played_by(f"openai:tiny@{server.url}"))
        asked, here = len(server.log), "FROM call WHERE place = 'critic/2'"
        at_that_place = outside.rows(Path(str(store.address)), f"count(*) {here}")[0][0]
        ahead = "(julianday(parked_until) - julianday('now')) * 86400"
        parked = outside.rows(Path(str(store.address)), f"{ahead} FROM debate WHERE state = 'open'")[0][0] or 0.0
        again = await _held(store, Wishes())
    store.close()
    broken = {
        f"it ended with {error!r}": type(error).__name__ != "Parked",
        f"{asked} calls were made, {at_that_place} at that place": (asked, at_that_place) != (3, 1),
        f"it is parked for {parked:.0f} s": not abs(parked - _HOUR) < _GRACE,
        f"it did not go on: {again!r}": again is not None,
        **dict.fromkeys(outside.broken(Path(str(store.address)), server.log), True),
    }
    counts = {"calls at the place": at_that_place, "parked for seconds": round(parked), "gone on": int(again is None)}
    return Outcome(row="busy", counts=counts, broken=_said(broken))


async def _limited(many: int) -> Outcome:
    """A limit by the minute, in minutes of two seconds."""
    with FaultServer(answer=lambda _: "{}") as server:
        permits = OwnPermits(rates={"openai:*": Rate(requests=_REQUESTS)}, minute=_MINUTE)
        gate = Gate(halt=asyncio.Event(), permits=permits, minute=_MINUTE)
        # The first call of all takes its time, and goes alone.
        await _asked(server, MemoryJournal(), "d-000000000001", 1, gate)
        done = await _asked(server, MemoryJournal(), "d-000000000001", many, gate)
    times = sorted(entry.received for entry in server.log[1:])
    most = max(sum(start <= each < start + _MINUTE - _TRAVEL for each in times) for start in times)
    used = len(times) / _REQUESTS / ((times[-1] - times[0]) / _MINUTE)
    broken = {
        f"{many - done} questions were not answered": done != many,
        f"{most} calls came in one minute": most > _REQUESTS,
        f"{used:.0%} of the limit was used": used < _USED,
    }
    counts = {"calls": f"{len(times)}", "limit in a minute": f"{_REQUESTS}", "most": f"{most}", "used": f"{used:.0%}"}
    return Outcome(row="busy", counts={**counts}, broken=_said(broken))


async def _held(store: Store, wishes: Wishes) -> ExchangeError | None:
    async with running(store, settings(paid_calls=True)) as run:
        try:
            await debate(run, HYPOTHESIS, wishes, Observer(begun=ignore, event=ignore, wait=ignore))
        except ExchangeError as error:
            return error
    return None


def _said(broken: dict[str, bool]) -> tuple[str, ...]:
    return tuple(said for said, is_so in broken.items() if is_so)
