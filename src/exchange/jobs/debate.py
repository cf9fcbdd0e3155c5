"""Debate one hypothesis: settle, hold, score, store."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from exchange.config import bands
from exchange.debate.context import Ask, Context, Event, Held, Lost
from exchange.debate.fence import Fences
from exchange.debate.questions import Questions, load_prompts
from exchange.debate.rehearing import rehear
from exchange.domain.calls import Answer, Question
from exchange.domain.debate import Turn
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.policy import Policy
from exchange.domain.score import Score
from exchange.domain.setup import Setup
from exchange.domain.verdict import Order, Unscored, Verdict, When
from exchange.errors import ContextTooLong, DebateFailed, ExchangeError, RefusedError, ReplyError
from exchange.evidence.check import check
from exchange.jobs import policies
from exchange.jobs.claiming import Claimed, Wanted, claim, kept
from exchange.jobs.run import Run
from exchange.jobs.setup import Wishes, demonstration, scripted
from exchange.llm.ask import Asker, Retrying
from exchange.llm.batching.asker import BatchAsker
from exchange.scoring.basis import basis
from exchange.scoring.changes import explained
from exchange.scoring.score import failed, score
from exchange.store import debates
from exchange.store.clock import now
from exchange.store.debates import StoredDebate
from exchange.store.engine import Store
from exchange.store.leases import Lease
from exchange.store.ledger import Ledger
from exchange.store.owners import Owner
from exchange.store.secret import secret

_FAILS_THE_DEBATE = (ReplyError, RefusedError, ContextTooLong)


@dataclass(frozen=True, kw_only=True)
class Observer:
    """Who watches a debate.

    `begun` hears of the debate and whether it is resumed, `event` of each step, `ask` of each question that is put to a
    model, `wait` of each retry, `answer` of each answer and what it cost, `busy` of another process that debates it already.
    """

    begun: Callable[[StoredDebate, bool], None]
    event: Callable[[Event], None]
    wait: Callable[[Question, float, str], None]
    ask: Callable[[Question], None] = lambda _: None
    answer: Callable[[Answer], None] = lambda _: None
    busy: Callable[[Owner], None] = lambda _: None


async def debate(
    run: Run, name: str, wishes: Wishes, observer: Observer, asked: str | None = None, begin: bool = True
) -> ScoreEvent:
    """Debates the hypothesis of that id, or goes on with its unfinished debate; returns the stored score event.

    Where another process debates it, waits for that one's outcome; the same debate that ended after `asked` (a time of
    the store's clock; now, by default) is not held again. Without `begin`, only an unfinished debate is gone on with.

    Raises NotFound, InputError, and SetupError, which but for a model that its server does not know is found before the
    first call; ModelError, Interrupted, LimitReached, StoreError with the calls and turns so far stored and the score
    untouched; DebateFailed with the failure noted and the score untouched.
    """
    edges = bands().edges
    claimed = await claim(run, Wanted(name=name, wishes=wishes, asked=asked or now(), begin=begin), observer.busy)
    if isinstance(claimed, ScoreEvent):
        return claimed
    async with kept(run, claimed.lease):
        observer.begun(claimed.debate, claimed.resumed)
        held = await _hold(run, claimed, observer)
        outcome = await run.writer.commit(_conclude, run.store, claimed, held, edges)
        if isinstance(outcome, ExchangeError):
            raise outcome
        return outcome


def _asker(run: Run, claimed: Claimed, observer: Observer) -> Ask:
    limits = run.settings.limits
    asker = Asker(
        journal=Ledger(store=run.store, writer=run.writer, lease=claimed.lease, run=run.id, budget=run.budget),
        models=claimed.models,
        prices=run.prices,
        retrying=Retrying(attempts=limits.attempts, longest_wait=limits.longest_wait),
        gate=run.gate,
        on_wait=observer.wait,
        on_ask=observer.ask,
        on_answer=observer.answer,
    )
    return asker if run.collector is None else BatchAsker(asker, run.collector, claimed.lease.epoch)


def _teller(run: Run, lease: Lease, observer: Observer) -> Callable[[Event], Awaitable[None]]:
    async def tell(event: Event) -> None:
        if isinstance(event, Turn):
            await run.writer.commit(debates.add_turn, run.store, lease, event)
        observer.event(event)

    return tell


async def _hold(run: Run, claimed: Claimed, observer: Observer) -> Held:
    name, setup = claimed.debate.id, claimed.debate.setup
    context = Context(
        setup=setup,
        questions=Questions(name, setup, load_prompts(), Fences(await run.writer(secret, run.store), name)),
        ask=_asker(run, claimed, observer),
        check=lambda passage, quote: check(setup.brief, passage, quote),
        tell=_teller(run, claimed.lease, observer),
        spoken=await run.writer(debates.turns, run.store, name) if claimed.resumed else (),
    )
    if setup.turns_of:
        return await rehear(context, await run.writer(debates.turns, run.store, setup.turns_of))
    # langgraph takes seconds to import: only a debate waits for it.
    from exchange.debate.graph import hold

    return await hold(context, run.settings.tracing)


def _conclude(store: Store, claimed: Claimed, held: Held, edges: Mapping[str, float]) -> ScoreEvent | ExchangeError:
    """Stores the verdicts with their score, or why there is none; or returns what stopped the debate."""
    setup = claimed.debate.setup
    for lost in held.lost:
        if lost.stops:
            return _stopped(store, claimed, lost)
    if held.lost and _complete(held, setup) < setup.format.quorum:
        return held.lost[0].error
    absent = tuple(Unscored(sitting=lost.sitting, reason=str(lost.error)) for lost in held.lost if lost.sitting)
    verdicts = (*held.verdicts, *absent)
    everything, policy = policies.known(store), policies.in_force(store)
    result = score(verdicts, held.turns, setup.format, setup.rubric, policy, edges, demonstration(setup))
    event = _event(claimed.debate, result, policy)
    return debates.finish(
        store, claimed.lease, held.stop_reason, verdicts, lambda earlier: explained(event, earlier, everything)
    )


def _stopped(store: Store, claimed: Claimed, lost: Lost) -> ExchangeError:
    if not isinstance(lost.error, _FAILS_THE_DEBATE):
        return lost.error
    reason = f"no turn could be had from {lost.place}: {lost.error}"
    everything, policy = policies.known(store), policies.in_force(store)
    event = _event(claimed.debate, failed(reason, policy), policy)
    debates.fail(store, claimed.lease, reason, lambda earlier: explained(event, earlier, everything))
    return DebateFailed(
        f"The debate {claimed.debate.id} failed: {reason}. The score is untouched; the same command begins a new debate, "
        "and another model may do better."
    )


def _complete(held: Held, setup: Setup) -> int:
    """How many judges gave a final verdict in every order."""
    finals = {
        (each.sitting.seat, each.sitting.order)
        for each in held.verdicts
        if isinstance(each, Verdict) and each.sitting.when is When.FINAL
    }
    orders: tuple[Order, ...] = setup.format.judging.orders
    return sum(all((seat.name, order) in finals for order in orders) for seat in setup.judges)


def _event(begun: StoredDebate, result: Score, policy: Policy) -> ScoreEvent:
    """The event of the debate, as if it were the hypothesis's first."""
    return ScoreEvent(
        hypothesis=begun.hypothesis,
        cause=Cause.FIRST_DEBATE,
        score=result,
        at=now(),
        debate=begun.id,
        format=begun.setup.format.name,
        full_format=not begun.setup.format.demonstration,
        demonstration=demonstration(begun.setup),
        scripted=scripted(begun.setup),
        basis=basis(begun.setup, policy),
    )
