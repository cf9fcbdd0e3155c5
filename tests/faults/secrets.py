"""A key leaves the process in one header alone, and a prompt in the requests to its model: nothing else ever holds them."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from unittest import mock

from exchange.config import settings
from exchange.jobs.run import running
from exchange.llm.connect import Access
from exchange.store.engine import MEMORY, open_store
from exchange.testing import Fault
from exchange.testing.faults import drop_after_charge, finish, status
from tests import builders
from tests.cli.running import HYPOTHESIS, run
from tests.faults.canary import KEYS, PROMPT, leaks
from tests.faults.leaving import Case, Held, debated, with_the_word
from tests.faults.outcome import Outcome, Size

_CRASH = """
from exchange.debate import moves
async def speak(*given):
    raise RuntimeError("the harness broke this")
moves.speak = speak
"""
_CRASH_ON_A_REFUSAL = """
from exchange.llm.ask import Asker
def park(self, error):
    raise RuntimeError("the harness broke this")
Asker._park = park
"""
_UNREADABLE = Fault(name="key", reword=lambda _: "My key is {key}.", echoes=True)
# In the words, and as the reason why there are no more of them.
_SAID = replace(finish("key", "{key}"), reword=lambda good: good.replace("The passage", "By {key}, it"), echoes=True)
_CASES = (
    Case(name="replies that say the key", ends=0, debaters=_SAID, judge=_SAID),
    Case(
        name="a crash while a refusal is handled",
        ends=1,
        debaters=status(401, echo_key=True),
        breaking=_CRASH_ON_A_REFUSAL,
    ),
    Case(name="a 401 that echoes the key", ends=7, debaters=status(401, echo_key=True)),
    Case(name="no fault", ends=0),
    Case(name="a 400 that echoes the key", ends=7, debaters=status(400, echo_key=True)),
    Case(name="a 403 that echoes a judge's key", ends=7, judge=status(403, echo_key=True)),
    Case(name="a 500 that echoes the key", ends=7, debaters=status(500, echo_key=True)),
    Case(name="a connection that drops", ends=7, debaters=drop_after_charge()),
    Case(name="a turn that is the key alone", ends=8, debaters=_UNREADABLE),
    Case(name="a verdict that is the key alone", ends=0, judge=_UNREADABLE),
    Case(name="a crash", ends=1, breaking=_CRASH),
    Case(name="traces that were asked for", ends=0, traced=True),
)
_QUICK = 2
# Each spends most of its time on loading libraries.
_AT_ONCE = 3


def secrets(size: Size) -> Iterator[Outcome]:
    """A line for each case, and one for what objects say of themselves."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with_the_word(folder)
        cases = _CASES[:_QUICK] if size is Size.QUICK else _CASES
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for held in pool.map(lambda case: debated(case, folder), cases):
                yield _judged(held)
    yield _objects()


def _judged(held: Held) -> Outcome:
    left = held.left | _shown(held.folder / "exchange.db")
    # What the command shows of the claim while it debates, before a traceback, is meant to be seen.
    traceback = left["stderr"].partition(b"Traceback")[2]
    private = {"log": left["log"], "a traceback": traceback} | ({} if held.case.traced else {"traces": left["traces"]})
    keys = [f"the key of {whose}: {name}" for whose, name in leaks(left)]
    told = [f"the prompt: {name}" for name, content in private.items() if PROMPT.encode() in content]
    counts = {
        "exit code": held.ended,
        "places": len(left),
        "bytes": sum(map(len, left.values())),
        "of the log": len(left["log"]),
        "of traces": len(left["traces"]),
        "keys found": len(keys),
        "prompts found": len(told),
    }
    return Outcome(
        row=f"secrets: {held.case.name}", counts=dict(counts), broken=(*keys, *told, *_wrong(held, left["rows"]))
    )


def _wrong(held: Held, rows: bytes) -> Iterator[str]:
    """Whatever makes the search worth nothing."""
    if held.ended != held.case.ends:
        yield f"it ended with {held.ended}: {held.left['stderr'].decode()[-500:]}"
    if not held.keyed:
        yield "a request went without its key"
    if PROMPT.encode() not in rows:
        yield "the prompt is not even in the database"
    if bool(held.left["traces"]) is not held.case.traced:
        yield f"the tracing server got {len(held.left['traces'])} bytes"
    if bool(held.case.breaking) is not (b"Traceback" in held.left["stderr"]):
        yield "there is a traceback where there should be none, or none where there should be one"


def _shown(path: Path) -> dict[str, bytes]:
    """What the other commands print."""
    commands = (("show", HYPOTHESIS, "--json"), ("list", "--json"), ("page", "genes-plin2", "--format", "html"))
    ran = {" ".join(each): run(*each, "--db", path) for each in commands}
    if refused := [name for name, result in ran.items() if result.exit_code]:
        raise RuntimeError(f"these commands showed nothing: {', '.join(refused)}")
    return {name: result.output.encode() for name, result in ran.items()}


def _objects() -> Outcome:
    """What is written wherever somebody logs an object or its attributes."""
    with mock.patch.dict(os.environ, {"OPENAI_API_KEY": KEYS[0]}):
        said = asyncio.run(_said_of_themselves())
    keys = [f"{name} holds the key" for _, name in leaks(said)]
    return Outcome(row="secrets: objects", counts={"looked at": len(said), "keys found": len(keys)}, broken=tuple(keys))


async def _said_of_themselves() -> dict[str, bytes]:
    store = open_store(MEMORY, create=True)
    try:
        async with running(store, settings(paid_calls=True)) as at_work:
            (model,) = at_work.models(builders.setup(model="openai:x")).values()
            access = Access(paid_calls=True, keys={}, concurrency=1, connect_seconds=1, call_seconds=1)
            objects = {"the model": model, "the run": at_work, "access": access}
            return {
                f"{said.__name__} of {name}": str(said(each)).encode()
                for name, each in objects.items()
                for said in (repr, str, vars)
            }
    finally:
        store.close()
