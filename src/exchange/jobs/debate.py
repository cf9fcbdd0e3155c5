"""Debate one hypothesis: settle, hold, score, store."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from exchange.config import Settings, bands
from exchange.debate.context import Context, Event, Held, Lost
from exchange.debate.fence import Fences
from exchange.debate.questions import Questions, load_prompts, used
from exchange.domain.calls import Answer, Question
from exchange.domain.debate import Turn
from exchange.domain.score import Basis, Score, ScoreEvent, State
from exchange.domain.setup import Setup
from exchange.domain.verdict import Order, Unscored, Verdict, When
from exchange.errors import ContextTooLong, DebateFailed, ExchangeError, RefusedError, ReplyError
from exchange.evidence.check import check
from exchange.jobs.setup import Wishes, demonstration, scripted, settle
from exchange.llm.ask import Asker, Retrying
from exchange.llm.connect import Access, connect
from exchange.llm.model import Model
from exchange.scoring import basis
from exchange.scoring.policy import COLD
from exchange.scoring.score import failed, score
from exchange.store import debates, hypotheses, scores
from exchange.store.clock import now
from exchange.store.debates import StoredDebate
from exchange.store.engine import Store
from exchange.store.ledger import Ledger
from exchange.store.secret import secret
from exchange.store.writer import Writer

_FAILS_THE_DEBATE = (ReplyError, RefusedError, ContextTooLong)


@dataclass(frozen=True, kw_only=True)
class Observer:
    """Who watches a debate.

    `begun` hears of the debate and whether it is resumed, `event` of each step, `ask` of each question that is put to a
    model, `wait` of each retry, `answer` of each answer and what it cost.
    """

    begun: Callable[[StoredDebate, bool], None]
    event: Callable[[Event], None]
    wait: Callable[[Question, float, str], None]
    ask: Callable[[Question], None] = lambda _: None
    answer: Callable[[Answer], None] = lambda _: None


async def debate(
    store: Store, name: str, wishes: Wishes, settings: Settings, observer: Observer, halt: asyncio.Event
) -> ScoreEvent:
    """Debates the hypothesis of that id, or goes on with its unfinished debate; returns the stored score event.

    `halt`, once set, lets the calls in flight settle and begins no other. Raises NotFound, InputError, SetupError
    with nothing stored; ModelError, Interrupted, StoreError with the calls and turns so far stored and the score
    untouched; DebateFailed with the failure noted and the score untouched.
    """
    with Writer() as writer:
        edges, before = bands().edges, await writer(_last_basis, store, name)
        setup, unfinished = await writer(_settled, store, name, wishes, settings)
        models = _connected(setup, settings)
        begun = await writer(_begin, store, name, setup) if unfinished is None else unfinished
        observer.begun(begun, unfinished is not None)
        asker = Asker(
            journal=Ledger(store, writer),
            models=models,
            retrying=Retrying(attempts=settings.limits.attempts, longest_wait=settings.limits.longest_wait),
            halt=halt,
            on_wait=observer.wait,
            on_ask=observer.ask,
            on_answer=observer.answer,
        )
        try:
            held = await _hold(
                begun, await writer(secret, store), asker, _teller(store, writer, begun, observer), settings
            )
        finally:
            for model in models.values():
                await model.close()
        return await writer(_conclude, store, begun, held, edges, before)


def _settled(store: Store, name: str, wishes: Wishes, settings: Settings) -> tuple[Setup, StoredDebate | None]:
    """What to debate with, and the unfinished debate that was begun with just that."""
    hypothesis = hypotheses.hypothesis(store, name)
    unfinished = debates.open_debate(store, name)
    if unfinished and not wishes.any and unfinished.setup.prompts == used(load_prompts()):
        return unfinished.setup, unfinished
    setup = settle(store, hypothesis, wishes, settings)
    same = unfinished is not None and unfinished.setup.digest == setup.digest
    return setup, unfinished if same else None


def _connected(setup: Setup, settings: Settings) -> dict[str, Model]:
    access = Access(
        paid_calls=settings.paid_calls,
        keys=settings.keys,
        concurrency=settings.limits.concurrency,
        connect_seconds=settings.limits.connect_seconds,
        call_seconds=settings.limits.call_seconds,
    )
    return {name: connect(name, access) for name in setup.models}


def _begin(store: Store, name: str, setup: Setup) -> StoredDebate:
    other = debates.open_debate(store, name)
    if other:
        debates.set_aside(store, other.id, "set aside for a debate with other models, format, prompts or passages")
    return debates.begin(store, name, setup)


def _teller(
    store: Store, writer: Writer, begun: StoredDebate, observer: Observer
) -> Callable[[Event], Awaitable[None]]:
    async def tell(event: Event) -> None:
        if isinstance(event, Turn):
            await writer(debates.add_turn, store, begun.id, event)
        observer.event(event)

    return tell


async def _hold(
    begun: StoredDebate, key: bytes, asker: Asker, tell: Callable[[Event], Awaitable[None]], settings: Settings
) -> Held:
    # langgraph takes seconds to import: only a debate waits for it.
    from exchange.debate.graph import hold

    context = Context(
        setup=begun.setup,
        questions=Questions(begun.id, begun.setup, load_prompts(), Fences(key, begun.id)),
        ask=asker,
        check=lambda passage, quote: check(begun.setup.brief, passage, quote),
        tell=tell,
    )
    return await hold(context, settings.tracing)


def _conclude(
    store: Store, begun: StoredDebate, held: Held, edges: Mapping[str, float], before: Basis | None
) -> ScoreEvent:
    """Stores the verdicts with their score; or raises what stopped the debate."""
    for lost in held.lost:
        if lost.stops:
            raise _stopped(store, begun, lost, before)
    if held.lost and _complete(held, begun.setup) < begun.setup.format.quorum:
        raise held.lost[0].error
    absent = tuple(Unscored(sitting=lost.sitting, reason=str(lost.error)) for lost in held.lost if lost.sitting)
    verdicts = (*held.verdicts, *absent)
    setup = begun.setup
    result = score(verdicts, held.turns, setup.format, setup.rubric, COLD, edges, demonstration(setup))
    event = _event(begun, result, before)
    debates.finish(store, begun.id, held.stop_reason, verdicts, event)
    return event


def _stopped(store: Store, begun: StoredDebate, lost: Lost, before: Basis | None) -> ExchangeError:
    if not isinstance(lost.error, _FAILS_THE_DEBATE):
        return lost.error
    reason = f"no turn could be had from {lost.place}: {lost.error}"
    debates.fail(store, begun.id, reason, _event(begun, failed(reason, COLD), before))
    return DebateFailed(
        f"The debate {begun.id} failed: {reason}. The score is untouched; the same command begins a new debate, "
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


def _event(begun: StoredDebate, result: Score, before: Basis | None) -> ScoreEvent:
    rests_on = basis.basis(begun.setup, COLD)
    return ScoreEvent(
        hypothesis=begun.hypothesis,
        cause=basis.cause(before, rests_on),
        score=result,
        at=now(),
        debate=begun.id,
        format=begun.setup.format.name,
        full_format=not begun.setup.format.demonstration,
        demonstration=demonstration(begun.setup),
        scripted=scripted(begun.setup),
        basis=rests_on,
    )


def _last_basis(store: Store, hypothesis: str) -> Basis | None:
    """What the hypothesis's latest own score rests on; a debate that failed gave none."""
    own = [event for event in scores.events(store, hypothesis) if event.score.state is not State.FAILED]
    return next((event.basis for event in reversed(own) if event.basis), None)
