"""Go on with unfinished debates: all of them, or that of one hypothesis."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from exchange.domain.event import ScoreEvent
from exchange.domain.identity import hypothesis_id
from exchange.errors import (
    BrokenDigest,
    Conflict,
    DebateFailed,
    ExchangeError,
    InputError,
    ModelError,
    NotFound,
    SetupError,
)
from exchange.jobs.debate import Observer, debate
from exchange.jobs.run import Run
from exchange.jobs.setup import Wishes, same_prompts
from exchange.store import debates, hypotheses
from exchange.store.clock import now
from exchange.store.debates import StoredDebate
from exchange.store.engine import Store

# What is wrong with one debate; anything else would be wrong with the next one too.
_OF_ONE_DEBATE = (ModelError, DebateFailed, Conflict, SetupError, InputError, BrokenDigest, NotFound)


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """A debate that had not ended when it was looked for, at `listed`."""

    debate: str
    hypothesis: str
    listed: str


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """What became of one unfinished debate: a score event, or why there is none. `left` debates were not tried."""

    hypothesis: str
    event: ScoreEvent | None = None
    error: ExchangeError | None = None
    left: str | None = None


def unfinished(store: Store, name: str | None) -> list[Unfinished]:
    """All unfinished debates, oldest first; with a name, that hypothesis's or debate's own.

    Raises NotFound where there is no such hypothesis or debate, InputError for a name that is neither.
    """
    if name is None:
        found = debates.unfinished(store)
    else:
        named = debates.debate(store, name) if name.startswith("d-") else _newest(store, hypothesis_id(name))
        if named.state != "open":
            raise NotFound(
                f"The debate {named.id} of {named.hypothesis} has ended ({named.stop_reason}): there is nothing to go on "
                f"with. `exchange debate {named.hypothesis}` begins a new one."
            )
        found = [(named.id, named.hypothesis)]
    return [Unfinished(debate=each, hypothesis=hypothesis, listed=now()) for each, hypothesis in found]


def _newest(store: Store, name: str) -> StoredDebate:
    hypothesis = hypotheses.hypothesis(store, name).id
    found = debates.open_debate(store, hypothesis) or debates.latest(store, hypothesis)
    if found is None:
        raise NotFound(f"{hypothesis} has no debate yet. `exchange debate {hypothesis}` begins one.")
    return found


async def resume(
    run: Run, found: list[Unfinished], observer: Observer, on_end: Callable[[Resumed], None], patient: bool
) -> None:
    """Goes on with each debate and tells what became of it; begins none.

    `patient` leaves those that are parked, or that another process holds. Raises Interrupted, LimitReached and
    StoreError, which stop them all.
    """
    for each in found:
        on_end(await _resumed(run, each, observer, patient))


async def _resumed(run: Run, found: Unfinished, observer: Observer, patient: bool) -> Resumed:
    try:
        stored = await run.writer(debates.debate, run.store, found.debate)
        if patient and (reason := next(_reasons(stored), None)):
            return Resumed(hypothesis=found.hypothesis, left=reason)
        _same_prompts(stored)
        event = await debate(run, found.hypothesis, Wishes(), observer, found.listed, begin=False)
    except _OF_ONE_DEBATE as error:
        return Resumed(hypothesis=found.hypothesis, error=error)
    return Resumed(hypothesis=found.hypothesis, event=event)


def _reasons(found: StoredDebate) -> Iterator[str]:
    """Why it is better not gone on with now."""
    if found.state != "open":
        yield "another process has ended it"
    if found.parked_until and found.parked_until > now():
        yield f"its server asked to be left alone until {found.parked_until[:19]} UTC"
    if found.owner and found.owner.may_be_alive and (found.leased_until or "") > now():
        yield f"the {found.owner} is at it"


def _same_prompts(found: StoredDebate) -> None:
    if not same_prompts(found.setup):
        raise Conflict(
            f"The prompts have changed since {found.id} began, so that its answers are to other questions. "
            f"`exchange debate {found.hypothesis}` begins a new one."
        )
