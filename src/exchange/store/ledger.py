"""The append-only record of every model call: the intent before it, what came back after it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, case, func, insert, select, update
from sqlmodel import col

from exchange.domain.calls import Answer, Form, Question, Reply, Usage
from exchange.domain.money import Budget
from exchange.errors import AnsweredMeanwhile, Conflict, LimitReached
from exchange.store import leases
from exchange.store.clock import now, today
from exchange.store.engine import Store, Transaction, inserted
from exchange.store.leases import Lease
from exchange.store.records import storable
from exchange.store.tables import CallRow, table
from exchange.store.writer import Writer

# A call counts with what it cost; as long as that is not known, with the most that it may have cost.
COUNTED = func.coalesce(col(CallRow.cost), col(CallRow.worst), 0.0)

# Put together once: every call executes them, and to make a statement takes longer than to execute it.
_CALLS = table(CallRow)
_ASKED = (_CALLS.c.debate_id == bindparam("debate")) & (_CALLS.c.question_digest == bindparam("question"))
_THE_INTENT = select(_CALLS.c.id).where(_ASKED, _CALLS.c.id == bindparam("call"), _CALLS.c.epoch == bindparam("epoch"))
_AWAITED = case((_CALLS.c.state == "open", _CALLS.c.provider_batch))
_HAS_ANSWER = _CALLS.c.state.in_(("answered", "late"))
_ATTEMPTS = (
    select(
        func.count().label("attempts"),
        func.max(_AWAITED).label("batch"),
        func.max(case((_HAS_ANSWER, 1), else_=0)).label("answered"),
    )
    .select_from(_CALLS)
    .where(_ASKED)
)
_ANSWERS = select(_CALLS).where(_ASKED, _HAS_ANSWER).order_by(_CALLS.c.state, _CALLS.c.id).limit(1)
_INTENT = insert(_CALLS)
_OUTCOME = update(_CALLS).where(_CALLS.c.id == bindparam("call"))
_SPENT_BY_RUN = select(func.sum(COUNTED)).where(_CALLS.c.run == bindparam("run"))
_SPENT_SINCE = select(func.sum(COUNTED)).where(_CALLS.c.opened_at >= bindparam("day"))


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """The domain's Journal over the table `call`, each word of it committed before the next step."""

    store: Store
    writer: Writer
    lease: Lease
    run: str
    budget: Budget
    _asked: set[str] = field(default_factory=set)

    async def replay(self, question: Question) -> Answer | None:
        """The stored answer to exactly this question, if there is one."""
        if self.lease.first and question.digest not in self._asked:
            return None
        return await self.writer(replayed, self.store, question)

    async def open(self, question: Question, form: Form, worst: float | None) -> int:
        """Commits the intent and its reservation together; returns the call's number.

        Raises LimitReached, Conflict, AnsweredMeanwhile.
        """
        self._asked.add(question.digest)
        return await self.writer.commit(self._open, self.store, question, form, worst, [])

    async def close(self, call: int, reply: Reply) -> None:
        """Commits what came back. Raises Conflict where another process owns the debate: the reply is kept as late."""
        values = answered(reply)
        await self._settle(call, values | dict(state="answered"), values | dict(state="late"))

    async def fail(self, call: int, error: str, may_cost: bool) -> None:
        """Commits that no answer came: failed, and free; or unknown, and counted at its worst. Raises Conflict."""
        free = dict(state="failed", cost=0.0)
        said = dict(error=storable(error))
        await self._settle(call, (dict(state="unknown") if may_cost else free) | said)

    def _open(self, store: Store, question: Question, form: Form, worst: float | None, made: list[int]) -> int:
        """`made` has the numbers that this call was given before, where nobody heard whether that was committed."""
        asked = dict(debate=question.debate, question=question.digest, epoch=self.lease.epoch)
        with store.writing() as transaction:
            leases.fence(transaction, self.lease)
            if made and (call := transaction.execute(_THE_INTENT, asked | dict(call=made[-1])).scalar_one_or_none()):
                return int(call)
            self._reserve(transaction, worst)
            made.append(write_intent(transaction, question, form, worst, run=self.run, epoch=self.lease.epoch))
            return made[-1]

    def _reserve(self, transaction: Transaction, worst: float | None) -> None:
        """Raises LimitReached where the most that a call may cost does not fit under a cap, beside all that counts."""
        for room in rooms(transaction, self.budget, self.run):
            room.take(worst)

    async def _settle(self, call: int, values: Mapping[str, object], late: Mapping[str, object] | None = None) -> None:
        """Commits the outcome; where the lease was lost, `late` instead, if there is anything to keep."""
        # It was paid for: whoever is cancelled while it waits for the writer does not take it away.
        if not await asyncio.shield(self.writer.commit(self._settled, self.store, call, values, late)):
            raise leases.lost(self.lease)

    def _settled(
        self, store: Store, call: int, values: Mapping[str, object], late: Mapping[str, object] | None
    ) -> bool:
        with store.writing() as transaction:
            ours = leases.held(transaction, self.lease)
            outcome = values if ours else late
            if outcome:
                transaction.execute(_OUTCOME, dict(outcome) | dict(call=call, closed_at=now()))
        return ours


@dataclass(kw_only=True)
class Room:
    """What is left under one cap, as one transaction sees it; `said` names the cap."""

    cap: float
    spent: float
    said: str

    def take(self, worst: float | None) -> None:
        """Counts a call that may cost so much, in US dollars. Raises LimitReached, with nothing counted."""
        if worst is None or self.spent + worst > self.cap:
            next_call = "is of unknown price" if worst is None else f"may cost ${worst:.6f}"
            raise LimitReached(
                f"The cap of ${self.cap:g} for this {self.said} has no room for the next call: ${self.spent:.6f} are spent "
                f"or reserved, and it {next_call}. It was not asked; a higher cap goes on.",
                limit=self.cap,
                actual=self.spent + (worst or 0.0),
            )
        self.spent += worst


def rooms(transaction: Transaction, budget: Budget, run: str) -> list[Room]:
    """One for each cap that there is."""
    return [
        Room(cap=cap, spent=transaction.execute(counted, which).scalar_one() or 0.0, said=said)
        for cap, counted, which, said in (
            (budget.run, _SPENT_BY_RUN, dict(run=run), "run (--max-cost)"),
            (budget.day, _SPENT_SINCE, dict(day=today()), "day in UTC (limits.daily_cost)"),
        )
        if cap is not None
    ]


def write_intent(
    transaction: Transaction,
    question: Question,
    form: Form,
    worst: float | None,
    *,
    run: str,
    epoch: int,
    provider_batch: str | None = None,
) -> int:
    """Writes the row of a call that is about to be made; its number.

    Raises Conflict where a provider batch has the same question, AnsweredMeanwhile where that has an answer.
    """
    digest = question.digest
    before = transaction.execute(_ATTEMPTS, dict(debate=question.debate, question=digest)).one()
    if before.batch is not None:
        raise Conflict(
            f"The question of {question.debate} at {question.place} has gone out in the batch {before.batch}, whose outcome is "
            "awaited: go on with --via batch, or cancel the batch first."
        )
    if before.answered:
        raise AnsweredMeanwhile(f"The question of {question.debate} at {question.place} has been answered meanwhile.")
    intent = dict(
        debate_id=question.debate,
        run=run,
        epoch=epoch,
        place=question.place,
        role=question.role,
        sitting=question.sitting,
        model=question.model,
        sample=question.sample,
        attempt=before.attempts + 1,
        form=form,
        question=question.to_json(),
        question_digest=digest,
        worst=worst,
        state="open",
        opened_at=now(),
        provider_batch=provider_batch,
    )
    return inserted(transaction, _INTENT, intent)


def answered(reply: Reply) -> dict[str, object]:
    """The columns that hold a reply."""
    return dict(
        reply=reply.text,
        reply_digest=reply.digest,
        finish=reply.finish,
        input_tokens=reply.usage.input_tokens,
        output_tokens=reply.usage.output_tokens,
        cost=reply.cost,
    )


def replayed(store: Store, question: Question) -> Answer | None:
    """The stored answer to exactly this question, if there is one."""
    with store.reading() as transaction:
        row = transaction.execute(_ANSWERS, dict(debate=question.debate, question=question.digest)).one_or_none()
    if row is None:
        return None
    return Answer(call=row.id, reply=reply_of(row), form=Form(row.form), replayed=True)


def reply_of(row: Any) -> Reply:
    """The reply that an answered or late call's row holds."""
    usage = Usage(input_tokens=row.input_tokens, output_tokens=row.output_tokens)
    return Reply(text=row.reply, finish=row.finish, usage=usage, cost=row.cost)
