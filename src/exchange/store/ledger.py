"""The append-only record of every model call: the intent before it, what came back after it."""

from collections.abc import Mapping

from sqlalchemy import insert, select, update
from sqlmodel import col

from exchange.domain.calls import Answer, Form, Question, Reply, Usage
from exchange.store.clock import now
from exchange.store.engine import Store, inserted
from exchange.store.tables import CallRow, table
from exchange.store.writer import Writer


class Ledger:
    """The domain's Journal over the table `call`, each word of it committed before the next step."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store = store
        self._writer = writer

    async def replay(self, question: Question) -> Answer | None:
        """The stored answer to exactly this question, if there is one."""
        return await self._writer(_replay, self._store, question)

    async def open(self, question: Question, form: Form, attempt: int) -> int:
        """Commits the intent of one attempt; returns the call's number."""
        return await self._writer(_open, self._store, question, form, attempt)

    async def close(self, call: int, reply: Reply) -> None:
        """Commits what came back."""
        await self._writer(_close, self._store, call, reply)

    async def fail(self, call: int, error: str) -> None:
        """Commits that the attempt failed, and how."""
        await self._writer(_fail, self._store, call, error)


def _replay(store: Store, question: Question) -> Answer | None:
    asked = (
        select(table(CallRow))
        .where(col(CallRow.debate_id) == question.debate, col(CallRow.question_digest) == question.digest)
        .where(col(CallRow.state) == "answered")
        .order_by(col(CallRow.id))
        .limit(1)
    )
    with store.reading() as transaction:
        row = transaction.execute(asked).one_or_none()
    if row is None:
        return None
    usage = Usage(input_tokens=row.input_tokens, output_tokens=row.output_tokens)
    reply = Reply(text=row.reply, finish=row.finish, usage=usage, cost=row.cost)
    return Answer(call=row.id, reply=reply, form=Form(row.form), replayed=True)


def _open(store: Store, question: Question, form: Form, attempt: int) -> int:
    intent = insert(CallRow).values(
        debate_id=question.debate,
        place=question.place,
        model=question.model,
        sample=question.sample,
        attempt=attempt,
        form=form,
        question=question.to_json(),
        question_digest=question.digest,
        state="open",
        opened_at=now(),
    )
    with store.writing() as transaction:
        return inserted(transaction, intent)


def _close(store: Store, call: int, reply: Reply) -> None:
    answered = dict(
        state="answered",
        reply=reply.text,
        reply_digest=reply.digest,
        finish=reply.finish,
        input_tokens=reply.usage.input_tokens,
        output_tokens=reply.usage.output_tokens,
        cost=reply.cost,
        closed_at=now(),
    )
    _settle(store, call, answered)


def _fail(store: Store, call: int, error: str) -> None:
    _settle(store, call, dict(state="failed", error=error, closed_at=now()))


def _settle(store: Store, call: int, values: Mapping[str, object]) -> None:
    with store.writing() as transaction:
        transaction.execute(update(CallRow).where(col(CallRow.id) == call).values(**values))
