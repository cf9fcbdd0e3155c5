"""Who debates: this process, or another one that asked at the same time. Then its score is this one's too."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from exchange.debate.questions import load_prompts, used
from exchange.domain.score import ScoreEvent, State
from exchange.domain.setup import Setup
from exchange.errors import Conflict, DebateFailed, Parked, StoreError
from exchange.jobs.run import Run
from exchange.jobs.setup import Wishes, settle
from exchange.llm.model import Model
from exchange.store import debates, hypotheses, leases, scores
from exchange.store.debates import StoredDebate
from exchange.store.leases import Lease
from exchange.store.owners import Owner, this_process

_LOOK_AGAIN = 0.25
_OTHER = "set aside for a debate with other models, format, prompts or passages"


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A debate that is this process's to hold; `resumed` if it had begun before."""

    debate: StoredDebate
    lease: Lease
    models: dict[str, Model]
    resumed: bool


async def claim(
    run: Run, name: str, wishes: Wishes, asked: str, on_busy: Callable[[Owner], None]
) -> Claimed | ScoreEvent:
    """The hypothesis's debate, begun or taken up; or the score event of one that ended after `asked` (a time).

    Waits as long as another process holds the debate, and takes it up should that process end: fifty who ask at the
    same time get one debate. Raises what `settle` does with nothing stored, Interrupted, and DebateFailed.
    """
    owner, told = this_process(), False
    while True:
        run.gate.check()
        found = await run.writer(_found, run, name, wishes, asked, owner)
        if not isinstance(found, Owner | None):
            return found
        if found and not told:
            on_busy(found)
            told = True
        await run.gate.pause(_LOOK_AGAIN)


@asynccontextmanager
async def kept(run: Run, lease: Lease) -> AsyncIterator[None]:
    """Renews the lease while the debate goes on, and gives it back where it stops."""
    beat = asyncio.create_task(_beat(run, lease))
    try:
        yield
    except BaseException as stop:
        # Where it cannot be given back, it is free as soon as this process ends, or when its time is over.
        with suppress(StoreError):
            await run.writer(leases.release, run.store, lease, stop.retry_after if isinstance(stop, Parked) else None)
        raise
    finally:
        beat.cancel()
        # A lost lease is noticed by the next write, which says so.
        with suppress(asyncio.CancelledError, StoreError):
            await beat


async def _beat(run: Run, lease: Lease) -> None:
    seconds = run.settings.limits.lease_seconds
    while True:
        await asyncio.sleep(seconds / 3)
        await run.writer(leases.renew, run.store, lease, seconds)


def _found(run: Run, name: str, wishes: Wishes, asked: str, owner: Owner) -> Claimed | ScoreEvent | Owner | None:
    """What can be had now; else who holds the debate, or None where somebody was faster."""
    unfinished = debates.open_debate(run.store, name)
    try:
        if unfinished is None:
            return _begun(run, name, wishes, asked, owner)
        held = leases.claim(run.store, unfinished.id, owner, run.settings.limits.lease_seconds)
        return held if isinstance(held, Owner) else _taken_up(run, unfinished, wishes, held, owner)
    except Conflict:
        return None


def _begun(run: Run, name: str, wishes: Wishes, asked: str, owner: Owner) -> Claimed | ScoreEvent:
    setup = settle(run.store, hypotheses.hypothesis(run.store, name), wishes, run.settings)
    return _meanwhile(run, name, setup, asked) or _new(run, name, setup, owner)


def _taken_up(run: Run, unfinished: StoredDebate, wishes: Wishes, held: Lease, owner: Owner) -> Claimed:
    """The unfinished debate; or a new one, where other models, another format or other prompts are wanted."""
    name, setup = unfinished.hypothesis, unfinished.setup
    try:
        if wishes.any or setup.prompts != used(load_prompts()):
            setup = settle(run.store, hypotheses.hypothesis(run.store, name), wishes, run.settings)
        models = run.models(setup)
        if setup.digest == unfinished.setup.digest:
            return Claimed(debate=unfinished, lease=held, models=models, resumed=True)
        debates.set_aside(run.store, held, _OTHER)
    except BaseException:
        leases.release(run.store, held)
        raise
    return _new(run, name, setup, owner)


def _new(run: Run, name: str, setup: Setup, owner: Owner) -> Claimed:
    models = run.models(setup)
    lease = debates.begin(run.store, name, setup, owner, run.settings.limits.lease_seconds)
    return Claimed(debate=debates.debate(run.store, lease.debate), lease=lease, models=models, resumed=False)


def _meanwhile(run: Run, name: str, setup: Setup, asked: str) -> ScoreEvent | None:
    """The outcome of the same debate, where it ended after this one was asked for. Raises DebateFailed."""
    latest = debates.latest(run.store, name)
    if latest is None or (latest.ended_at or "") < asked or latest.setup.digest != setup.digest:
        return None
    event = next((each for each in scores.events(run.store, name) if each.debate == latest.id), None)
    if event and event.score.state is State.FAILED:
        raise DebateFailed(
            f"The debate {latest.id}, held at the same time by another process, failed: {event.score.reason}"
        )
    return event
