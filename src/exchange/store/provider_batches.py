"""Provider batches: what went to a provider as one file, and the outcomes of its calls."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from exchange.domain import work
from exchange.domain.batches import BatchState, Intent, Outcome, ProviderBatch, Sent, Standing
from exchange.domain.calls import Answer, Form, Question
from exchange.domain.identity import new_provider_batch_id
from exchange.domain.money import Budget
from exchange.errors import Conflict, ExchangeError, Interrupted, LimitReached, NotFound
from exchange.store import leases
from exchange.store.clock import later, now
from exchange.store.engine import Store, Transaction
from exchange.store.leases import Lease
from exchange.store.ledger import Room, answered, replayed, rooms, write_intent
from exchange.store.owners import Owner, read_owner, this_process
from exchange.store.records import storable
from exchange.store.tables import BatchRow, CallRow, ProviderBatchRow, table
from exchange.store.writer import Writer

_BATCHES, _CALLS, _WORK = table(ProviderBatchRow), table(CallRow), table(BatchRow)
# Rows of one transaction: others write in between.
_AT_ONCE = 250
# Seconds for which a batch is left to who sends it: longer than a file of 200 MB takes.
_SENDING_SECONDS = 900.0
_SENT_COLUMNS = (_CALLS.c.id, _CALLS.c.question_digest, _CALLS.c.form, _CALLS.c.provider_batch, _CALLS.c.state)
_UNDER_WAY = select(*_SENT_COLUMNS).where(
    _CALLS.c.debate_id == bindparam("debate"),
    _CALLS.c.question_digest == bindparam("question"),
    _CALLS.c.state == "open",
    _CALLS.c.provider_batch.is_not(None),
)
_SENT = select(*_SENT_COLUMNS).where(_CALLS.c.provider_batch == bindparam("batch")).order_by(_CALLS.c.id)
# Whoever owns the debate by now: what a batch brought is no matter of who fetched it.
_ANSWERED = update(_CALLS).where(_CALLS.c.id == bindparam("call"), _CALLS.c.state == bindparam("was"))


@dataclass(frozen=True, kw_only=True)
class BatchLedger:
    """The domain's BatchJournal over the tables `provider_batch` and `call`, for the process that runs."""

    store: Store
    writer: Writer
    run: str
    budget: Budget
    owner: Owner = field(default_factory=this_process)

    async def replay(self, question: Question) -> Answer | None:
        """The stored answer to exactly this question, whichever process put it there."""
        return await self.writer(replayed, self.store, question)

    async def under_way(self, question: Question) -> Sent | None:
        """The call that puts exactly this question in a provider batch whose outcome is awaited, if there is one."""
        return await self.writer(self._under_way, question)

    async def begin(self, model: str) -> ProviderBatch:
        """A new batch, gathered, that is this process's to send. Raises Interrupted where all that it is for was cancelled."""
        return await self.writer(self._begin, model)

    async def open(self, batch: str, intents: Sequence[Intent]) -> list[int | ExchangeError]:
        """Commits intents with their reservations and their batch; the calls' numbers, or why one has none."""
        opened: list[int | ExchangeError] = []
        for start in range(0, len(intents), _AT_ONCE):
            opened += await self.writer(self._open, batch, intents[start : start + _AT_ONCE])
        return opened

    async def batch(self, name: str) -> ProviderBatch:
        """How it stands here. Raises NotFound."""
        return await self.writer(batch, self.store, name)

    async def mine(self, name: str) -> bool:
        """Makes it this process's to send, for a while; False where another process may be at it."""
        return await self.writer(self._mine, name)

    async def sending(self, name: str, input_file: str | None = None) -> None:
        """From here on the provider may hold its file, and once the file is named, the batch."""
        await self.writer(_note, self.store, name, state=BatchState.SENDING, input_file=input_file)

    async def stands(self, name: str, standing: Standing) -> None:
        """Notes what the provider says."""
        await self.writer(self._stands, name, standing)

    async def calls(self, name: str) -> dict[int, Sent]:
        """All of its calls by number, which is the order of its lines."""
        return await self.writer(self._calls, name)

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Writes outcomes of calls that have none; a call that has one is left as it is."""
        for start in range(0, len(outcomes), _AT_ONCE):
            await self.writer(self._settle, outcomes[start : start + _AT_ONCE])

    async def unsent(self, name: str, why: str) -> None:
        """It never went out: its open calls have failed and cost nothing."""
        # First of all: whoever goes on after a kill in between must not send it after all.
        await self.writer(_note, self.store, name, input_file=None)
        calls = await self.calls(name)
        await self.settle(
            [Outcome(call=call, error=f"never sent: {why}") for call, sent in calls.items() if not sent.settled]
        )
        await self.end(name, BatchState.UNSENT, why)

    async def release(self) -> None:
        """What this process was sending, another may go on with."""
        await self.writer(self._release)

    async def end(self, name: str, state: BatchState, note: str | None) -> None:
        """Everything that is to be had of it is in the ledger."""
        await self.writer(_note, self.store, name, state=state, note=storable(note), settled_at=now())

    def _under_way(self, question: Question) -> Sent | None:
        with self.store.reading() as transaction:
            asked = dict(debate=question.debate, question=question.digest)
            row = transaction.execute(_UNDER_WAY, asked).one_or_none()
        return _sent(row) if row else None

    def _begin(self, model: str) -> ProviderBatch:
        made = ProviderBatch(id=new_provider_batch_id(), model=model, state=BatchState.GATHERED)
        values = dict(
            id=made.id,
            run=self.run,
            model=model,
            state=made.state,
            owner=self.owner.to_json(),
            leased_until=later(_SENDING_SECONDS),
            begun_at=now(),
        )
        with self.store.writing() as transaction:
            asked_for = select(_WORK.c.state).where(_WORK.c.id == self.run)
            if transaction.execute(asked_for).scalar_one_or_none() == work.BatchState.CANCELLED:
                raise Interrupted(f"The batch {self.run} was cancelled, so that nothing more of it is asked.")
            transaction.execute(insert(_BATCHES), values)
        return made

    def _open(self, name: str, intents: Sequence[Intent]) -> list[int | ExchangeError]:
        with self.store.writing() as transaction:
            caps = rooms(transaction, self.budget, self.run)
            return [self._opened(transaction, name, intent, caps) for intent in intents]

    def _opened(self, transaction: Transaction, name: str, intent: Intent, caps: list[Room]) -> int | ExchangeError:
        question = intent.question
        try:
            leases.fence(transaction, Lease(debate=question.debate, epoch=intent.epoch))
            _take(caps, intent.worst)
            return write_intent(
                transaction,
                question,
                intent.form,
                intent.worst,
                run=self.run,
                epoch=intent.epoch,
                provider_batch=name,
            )
        except (Conflict, LimitReached) as error:
            return error

    def _mine(self, name: str) -> bool:
        with self.store.writing() as transaction:
            row = transaction.execute(select(_BATCHES).where(_BATCHES.c.id == name)).one()
            holder = read_owner(row.owner)
            if holder and holder != self.owner and holder.may_be_alive and row.leased_until > now():
                return False
            taken = dict(owner=self.owner.to_json(), leased_until=later(_SENDING_SECONDS))
            transaction.execute(update(_BATCHES).where(_BATCHES.c.id == name).values(**taken))
        return True

    def _release(self) -> None:
        ours = (_BATCHES.c.owner == self.owner.to_json()) & _BATCHES.c.settled_at.is_(None)
        with self.store.writing() as transaction:
            transaction.execute(update(_BATCHES).where(ours).values(leased_until=now()))

    def _stands(self, name: str, standing: Standing) -> None:
        with self.store.writing() as transaction:
            row = transaction.execute(select(_BATCHES).where(_BATCHES.c.id == name)).one()
            if row.settled_at is None:
                said = dict(state=standing.state, provider_id=standing.provider_id, looked_at=now())
                first = {} if row.sent_at else dict(sent_at=now())
                transaction.execute(update(_BATCHES).where(_BATCHES.c.id == name).values(**said, **first))

    def _calls(self, name: str) -> dict[int, Sent]:
        with self.store.reading() as transaction:
            return {row.id: _sent(row) for row in transaction.execute(_SENT, dict(batch=name))}

    def _settle(self, outcomes: Sequence[Outcome]) -> None:
        with self.store.writing() as transaction:
            for each in outcomes:
                for was, values in _written(each):
                    transaction.execute(_ANSWERED, dict(call=each.call, was=was, closed_at=now()) | values)


def batch(store: Store, name: str) -> ProviderBatch:
    """The batch as it stands here. Raises NotFound."""
    found = _found(store, _BATCHES.c.id == name)
    if not found:
        raise NotFound(f"No provider batch {name} is stored.")
    return found[0]


def unsettled(store: Store, run: str | None = None) -> list[ProviderBatch]:
    """The batches with calls whose outcome is awaited, oldest first: all, or those of one run."""
    which = _BATCHES.c.settled_at.is_(None)
    return _found(store, which if run is None else which & (_BATCHES.c.run == run))


def cancelled(store: Store, *names: str) -> None:
    """Notes that their end was asked for; of those of which it was noted before, nothing."""
    asked = update(_BATCHES).where(_BATCHES.c.id.in_(names), _BATCHES.c.cancelled_at.is_(None))
    with store.writing() as transaction:
        transaction.execute(asked.values(cancelled_at=now()))


def _found(store: Store, which: Any) -> list[ProviderBatch]:
    with store.reading() as transaction:
        rows = transaction.execute(select(_BATCHES).where(which).order_by(_BATCHES.c.begun_at, _BATCHES.c.id)).all()
    return [
        ProviderBatch(
            id=row.id,
            model=row.model,
            state=BatchState(row.state),
            input_file=row.input_file,
            provider_id=row.provider_id,
            cancelled=row.cancelled_at is not None,
            settled=row.settled_at is not None,
        )
        for row in rows
    ]


def _note(store: Store, name: str, **values: object) -> None:
    with store.writing() as transaction:
        transaction.execute(update(_BATCHES).where(_BATCHES.c.id == name).values(**values))


def _take(caps: list[Room], worst: float | None) -> None:
    """From each cap, or from none. Raises LimitReached."""
    taken: list[Room] = []
    try:
        for cap in caps:
            cap.take(worst)
            taken.append(cap)
    except LimitReached:
        for cap in taken:
            cap.spent -= worst or 0.0
        raise


def _written(outcome: Outcome) -> Iterator[tuple[str, dict[str, object]]]:
    """Which state a call may have, and what is written then."""
    if outcome.reply:
        yield "open", answered(outcome.reply) | dict(state="answered")
        # Somebody gave it up meanwhile, and the answer came after all.
        yield "unknown", answered(outcome.reply) | dict(state="late", error=None)
    else:
        free = {} if outcome.may_cost else dict(cost=0.0)
        yield "open", dict(state="unknown" if outcome.may_cost else "failed", error=storable(outcome.error), **free)


def _sent(row: Any) -> Sent:
    return Sent(
        call=row.id,
        question_digest=row.question_digest,
        form=Form(row.form),
        batch=row.provider_batch,
        settled=row.state != "open",
        answered=row.state in ("answered", "late"),
    )
