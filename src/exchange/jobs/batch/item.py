"""One item of a batch: what is done for its hypothesis, and what that came to."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from exchange.domain.setup import Setup
from exchange.domain.work import Asked, Became, Item, ItemState, Kind
from exchange.errors import (
    AuthError,
    BrokenDigest,
    Conflict,
    ExchangeError,
    InputError,
    Interrupted,
    LimitReached,
    NotFound,
    Parked,
    QuotaExhausted,
    SetupError,
    StoreError,
)
from exchange.jobs import policies
from exchange.jobs.debate import Observer, debate
from exchange.jobs.run import Run
from exchange.jobs.setup import Wishes
from exchange.jobs.spans import reread_one
from exchange.store import batches, debates, leases, rescoring, spending, versions
from exchange.store.clock import now
from exchange.store.debates import StoredDebate
from exchange.store.engine import Store
from exchange.store.leases import Lease
from exchange.store.owners import this_process

TOO_LONG = "ItemTooLong"
_MOMENT = 5.0
# What the next item would meet too.
_STOPS = (LimitReached, Interrupted, AuthError, QuotaExhausted, Parked)
_OF_ONE = (Conflict, NotFound, BrokenDigest)
# What another try would meet again.
_LASTING = (SetupError, InputError, NotFound, BrokenDigest)


async def work_on(run: Run, item: Item, asked: Asked, since: str, seconds: float | None, observer: Observer) -> Became:
    """Does the item within so many seconds, if there is such a limit; whatever goes wrong with it is a value.

    `since` is when the batch was begun: what ended since then, when a process died before it was noted, is not done again.

    Raises what every other item would meet too: LimitReached, Interrupted, AuthError, QuotaExhausted, Parked, StoreError.
    """
    begun: list[str] = []

    def noted(stored: StoredDebate, resumed: bool) -> None:
        begun.append(stored.id)
        observer.begun(stored, resumed)

    try:
        async with asyncio.timeout(seconds):
            name = await _done(run, item, asked, since, replace(observer, begun=noted))
    except ExchangeError as error:
        if _stops(run, error):
            raise
        became = Became(error=type(error).__name__, reason=str(error), again=not isinstance(error, _LASTING))
    except TimeoutError:
        await run.writer(_let_go, run.store, item.hypothesis)
        said = f"it took longer than limits.item_seconds ({seconds or 0:g} s)"
        became = Became(error=TOO_LONG, reason=said, again=True)
    except Exception as error:  # noqa: BLE001 # a fault of ours in one item must not end the work on all others
        became = Became(error=type(error).__name__, reason=f"a fault in Exchange: {error}", again=True)
    else:
        became = Became(debate=name)
    held = became.debate or (begun[-1] if begun else None)
    return became.model_copy(update=dict(debate=held, cost=await _cost(run, held)))


def let_go_of_quarantined(store: Store, batch: str) -> None:
    """Notes of calls that nobody waits for any more, since their process ended, that their outcome is unknown."""
    for each in batches.items(store, batch, ItemState.QUARANTINED):
        _let_go(store, each.item.hypothesis)


def wishes_of(store: Store, hypothesis: str, asked: Asked) -> Wishes:
    """What a whole debate is held with: as it was asked for, and else as the debate behind the current score was."""
    stands = versions.current_event(store, hypothesis)
    if stands is None or stands[1].debate is None:
        return named(asked)
    before = debates.debate(store, stands[1].debate).setup
    return named(asked) if before.origin else overlaid(before, asked)


def named(asked: Asked) -> Wishes:
    """What the command line named."""
    return Wishes(
        format=asked.format, rubric=asked.rubric, proposer=asked.proposer, critic=asked.critic, judges=asked.judges
    )


def overlaid(before: Setup, asked: Asked) -> Wishes:
    """What was asked for; where that says nothing, as the debate with that setup was held.

    Another format has its own models and rubric, unless they are named too.
    """
    wished = named(asked)
    if wished.format is not None:
        return wished
    models = {seat.role.value: seat.model for seat in before.seats}
    return Wishes(
        format=before.format_file or before.format.name,
        rubric=wished.rubric or before.rubric_file or before.rubric.name,
        proposer=wished.proposer or models["proposer"],
        critic=wished.critic or models["critic"],
        judges=wished.judges or tuple(seat.model for seat in before.judges),
    )


def wishes_for(store: Store, item: Item, asked: Asked) -> Wishes:
    """What the item's debate is held with; of stored turns, only judges and rubric can be asked for."""
    if item.kind is Kind.DEBATE:
        return wishes_of(store, item.hypothesis, asked)
    return Wishes(turns_of=item.debate, rubric=asked.rubric, judges=asked.judges)


async def _done(run: Run, item: Item, asked: Asked, since: str, observer: Observer) -> str | None:
    """The debate that was held, None where no call was to be made."""
    if item.kind is Kind.POLICY:
        await run.writer(_reread, run.store, item.hypothesis)
        return None
    wishes = await run.writer(wishes_for, run.store, item, asked)
    from_then_on = await run.writer(_not_failed_since, run.store, item.hypothesis, since)
    return (await debate(run, item.hypothesis, wishes, observer, from_then_on)).debate


def _reread(store: Store, hypothesis: str) -> None:
    rescoring.append(store, reread_one(store, policies.in_force(store), hypothesis).rows)


def _let_go(store: Store, hypothesis: str) -> None:
    """Whoever takes an unfinished debate up settles what was open in it; it can still be gone on with."""
    unfinished = debates.open_debate(store, hypothesis)
    if unfinished is None:
        return
    # A debate that ended meanwhile has nothing open.
    with suppress(Conflict):
        held = leases.claim(store, unfinished.id, this_process(), _MOMENT)
        if isinstance(held, Lease):
            leases.release(store, held)


def _not_failed_since(store: Store, hypothesis: str, since: str) -> str:
    """From when on an ended debate is the item's: one that failed is tried again."""
    ended = debates.ended_since(store, hypothesis, None, since)
    return now() if ended and debates.debate(store, ended).state == "failed" else since


def _stops(run: Run, error: ExchangeError) -> bool:
    of_the_store = isinstance(error, StoreError) and not isinstance(error, _OF_ONE)
    return run.gate.stopped is not None or of_the_store or isinstance(error, _STOPS)


async def _cost(run: Run, held: str | None) -> float | None:
    if held is None:
        return None
    spent = await run.writer(spending.spent, run.store, held)
    return None if spent.unpriced else spent.at_most
