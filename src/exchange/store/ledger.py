"""The append-only record of every model call: the intent before it, what came back after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlmodel import col

from exchange.domain.calls import Answer, Form, Question, Reply, Usage
from exchange.domain.money import Budget
from exchange.errors import LimitReached
from exchange.store import leases
from exchange.store.clock import now, today
from exchange.store.engine import Store, Transaction, inserted
from exchange.store.leases import Lease
from exchange.store.tables import CallRow, table
from exchange.store.writer import Writer

# A call counts with what it cost; as long as that is not known, with the most that it may have cost.
COUNTED = func.coalesce(col(CallRow.cost), col(CallRow.worst), 0.0)

# Put together once: every call executes them, and to make a statement takes longer than to execute it.
_CALLS = table(CallRow)
_ASKED = (_CALLS.c.debate_id == bindparam("debate")) & (_CALLS.c.question_digest == bindparam("question"))
_ATTEMPTS = select(func.count()).select_from(_CALLS).where(_ASKED)
_THE_ATTEMPT = select(_CALLS.c.id).where(_ASKED, _CALLS.c.attempt == bindparam("attempt"))
_ANSWERS = (
    select(_CALLS)
    .where(_ASKED, _CALLS.c.state.in_(("answered", "late")))
    .order_by(_CALLS.c.state, _CALLS.c.id)
    .limit(1)
)
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
        return await self.writer(_replay, self.store, question)

    async def open(self, question: Question, form: Form, worst: float | None) -> int:
        """Commits the intent and its reservation together; returns the call's number. Raises LimitReached, Conflict."""
        call = await self.writer.commit(self._open, self.store, question, form, worst, [])
        self._asked.add(question.digest)
        return call

    async def close(self, call: int, reply: Reply) -> None:
        """Commits what came back. Raises Conflict where another process owns the debate: the reply is kept as late."""
        values = _answered(reply)
        await self._settle(call, values | dict(state="answered"), values | dict(state="late"))

    async def fail(self, call: int, error: str, may_cost: bool) -> None:
        """Commits that no answer came: failed, and free; or unknown, and counted at its worst. Raises Conflict."""
        free = dict(state="failed", cost=0.0)
        await self._settle(call, (dict(state="unknown") if may_cost else free) | dict(error=error.replace("\0", "")))

    def _open(self, store: Store, question: Question, form: Form, worst: float | None, attempts: list[int]) -> int:
        """`attempts` are those that this call was before, where nobody heard whether they were committed."""
        with store.writing() as transaction:
            leases.fence(transaction, self.lease)
            asked = dict(debate=question.debate, question=question.digest)
            before = transaction.execute(_ATTEMPTS, asked).scalar_one()
            if before in attempts:
                return int(transaction.execute(_THE_ATTEMPT, asked | dict(attempt=before)).scalar_one())
            self._reserve(transaction, worst)
            attempts.append(before + 1)
            intent = dict(
                debate_id=question.debate,
                run=self.run,
                epoch=self.lease.epoch,
                place=question.place,
                role=question.role,
                sitting=question.sitting,
                model=question.model,
                sample=question.sample,
                attempt=before + 1,
                form=form,
                question=question.to_json(),
                question_digest=question.digest,
                worst=worst,
                state="open",
                opened_at=now(),
            )
            return inserted(transaction, _INTENT, intent)

    def _reserve(self, transaction: Transaction, worst: float | None) -> None:
        """Raises LimitReached where the most that a call may cost does not fit under a cap, beside all that counts."""
        for cap, counted, which, said in (
            (self.budget.run, _SPENT_BY_RUN, dict(run=self.run), "run (--max-cost)"),
            (self.budget.day, _SPENT_SINCE, dict(day=today()), "day in UTC (limits.daily_cost)"),
        ):
            if cap is None:
                continue
            spent = transaction.execute(counted, which).scalar_one() or 0.0
            if worst is None or spent + worst > cap:
                next_call = "is of unknown price" if worst is None else f"may cost ${worst:.6f}"
                raise LimitReached(
                    f"The cap of ${cap:g} for this {said} has no room for the next call: ${spent:.6f} are spent or "
                    f"reserved, and it {next_call}. It was not asked; a higher cap goes on.",
                    limit=cap,
                    actual=spent + (worst or 0.0),
                )

    async def _settle(self, call: int, values: Mapping[str, object], late: Mapping[str, object] | None = None) -> None:
        """Commits the outcome; where the lease was lost, `late` instead, if there is anything to keep."""
        if not await self.writer.commit(self._settled, self.store, call, values, late):
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


def _answered(reply: Reply) -> dict[str, object]:
    return dict(
        reply=reply.text,
        reply_digest=reply.digest,
        finish=reply.finish,
        input_tokens=reply.usage.input_tokens,
        output_tokens=reply.usage.output_tokens,
        cost=reply.cost,
    )


def _replay(store: Store, question: Question) -> Answer | None:
    with store.reading() as transaction:
        row = transaction.execute(_ANSWERS, dict(debate=question.debate, question=question.digest)).one_or_none()
    if row is None:
        return None
    return Answer(call=row.id, reply=reply_of(row), form=Form(row.form), replayed=True)


def reply_of(row: Any) -> Reply:
    """The reply that an answered or late call's row holds."""
    usage = Usage(input_tokens=row.input_tokens, output_tokens=row.output_tokens)
    return Reply(text=row.reply, finish=row.finish, usage=usage, cost=row.cost)
