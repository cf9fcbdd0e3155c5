"""Who debates: this process, or another one that asked at the same time. Then its score is this one's too."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from exchange.domain.event import ScoreEvent
from exchange.domain.score import State
from exchange.domain.setup import Setup
from exchange.errors import Conflict, DebateFailed, NotFound, Parked, StoreError
from exchange.jobs.run import Run
from exchange.jobs.setup import Wishes, same_prompts, settle
from exchange.llm.model import Model
from exchange.store import debates, hypotheses, leases, scores
from exchange.store.clock import now
from exchange.store.debates import StoredDebate
from exchange.store.leases import Lease
from exchange.store.owners import Owner, this_process

_LOOK_AGAIN = 0.25


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A debate that is this process's to hold; `resumed` if it had begun before."""

    debate: StoredDebate
    lease: Lease
    models: dict[str, Model]
    resumed: bool


@dataclass(frozen=True, kw_only=True)
class _Settled:
    """What a new debate is to be held with."""

    setup: Setup
    models: dict[str, Model]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A debate that was asked for at the time `asked`; without `begin`, only to be gone on with."""

    name: str
    wishes: Wishes
    asked: str
    begin: bool


async def claim(run: Run, wanted: Wanted, on_busy: Callable[[Owner], None]) -> Claimed | ScoreEvent:
    """The hypothesis's debate, begun or taken up; or the score event of one that ended after it was asked for.

    Waits as long as another process holds the debate, and takes it up should that process end: fifty who ask at the
    same time get one debate. Raises what `settle` does with nothing stored, Interrupted, Parked where the process that
    was waited for was told to come back much later, and DebateFailed.
    """
    owner, told = this_process(), False
    while True:
        run.gate.check()
        found = await run.writer(_found, run, wanted, owner, told)
        if isinstance(found, _Settled):
            found = await _new(run, wanted, found, owner)
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
        await _ended(beat)
        # Where it cannot be given back, it is free as soon as this process ends, or when its time is over.
        with suppress(StoreError):
            await run.writer.commit(
                leases.release, run.store, lease, stop.retry_after if isinstance(stop, Parked) else None
            )
        raise
    finally:
        await _ended(beat)


async def _ended(beat: asyncio.Task[None]) -> None:
    beat.cancel()
    with suppress(asyncio.CancelledError):
        await beat


async def _beat(run: Run, lease: Lease) -> None:
    seconds = run.settings.limits.lease_seconds
    while True:
        await asyncio.sleep(seconds / 3)
        try:
            await run.writer.commit(leases.renew, run.store, lease, seconds)
        except Conflict:
            # The next write says so.
            return
        except StoreError:
            # The next beat may succeed; if none does, the lease runs out, and the next write says so.
            continue


def _found(run: Run, wanted: Wanted, owner: Owner, waited: bool) -> Claimed | _Settled | ScoreEvent | Owner | None:
    """What can be had now, or begun; else who holds the debate, or None where somebody was faster."""
    unfinished = debates.open_debate(run.store, wanted.name)
    try:
        if unfinished is None:
            return _begun(run, wanted)
        if waited and unfinished.leased_until is None and (unfinished.parked_until or "") > now():
            raise Parked(
                f"The process that was waited for was told by its server to come back later: the debate {unfinished.id} is "
                f"parked until {unfinished.parked_until} (UTC)",
                retry_after=0,
            )
        held = leases.claim(run.store, unfinished.id, owner, run.settings.limits.lease_seconds)
        return held if isinstance(held, Owner) else _taken_up(run, unfinished, wanted, held)
    except Conflict:
        return None


def _begun(run: Run, wanted: Wanted) -> _Settled | ScoreEvent:
    """The outcome of the same debate, where it ended meanwhile; else a new one. Without wishes, any debate is the same."""
    setup = _settled(run, wanted) if wanted.wishes.any else None
    if event := _meanwhile(run, wanted, setup):
        return event
    if not wanted.begin:
        raise NotFound(
            f"The debate of {wanted.name} has been ended by another process; there is nothing to go on with."
        )
    return _connected(run, setup or _settled(run, wanted))


def _taken_up(run: Run, unfinished: StoredDebate, wanted: Wanted, held: Lease) -> Claimed | _Settled:
    """The unfinished debate; or what a new one is held with, where other models, another format or other prompts are wanted."""
    setup = unfinished.setup
    try:
        if wanted.wishes.any or not same_prompts(setup):
            setup = _settled(run, wanted)
        models = run.models(setup)
        if setup.digest == unfinished.setup.digest:
            return Claimed(debate=unfinished, lease=held, models=models, resumed=True)
        debates.set_aside(run.store, held, "for a debate with other models, format, prompts or passages")
    except BaseException:
        leases.release(run.store, held)
        raise
    return _Settled(setup=setup, models=models)


def _settled(run: Run, wanted: Wanted) -> Setup:
    return settle(run.store, hypotheses.hypothesis(run.store, wanted.name), wanted.wishes, run.settings)


def _connected(run: Run, setup: Setup) -> _Settled:
    return _Settled(setup=setup, models=run.models(setup))


async def _new(run: Run, wanted: Wanted, settled: _Settled, owner: Owner) -> Claimed | None:
    """A new debate; None where somebody was faster."""
    seconds = run.settings.limits.lease_seconds
    try:
        lease = await run.writer.commit(
            debates.begin, run.store, wanted.name, settled.setup, owner, seconds, wanted.asked
        )
    except Conflict:
        return None
    begun = await run.writer(debates.debate, run.store, lease.debate)
    return Claimed(debate=begun, lease=lease, models=settled.models, resumed=False)


def _meanwhile(run: Run, wanted: Wanted, setup: Setup | None) -> ScoreEvent | None:
    """The outcome of the same debate, where it ended after this one was asked for. Raises DebateFailed."""
    ended = debates.ended_since(run.store, wanted.name, setup, wanted.asked)
    if ended is None:
        return None
    event = next((each for each in scores.events(run.store, wanted.name) if each.debate == ended), None)
    if event and event.score.state is State.FAILED:
        raise DebateFailed(
            f"The debate {ended}, held at the same time by another process, failed: {event.score.reason}"
        )
    return event
