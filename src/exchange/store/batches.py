"""Batches: begun, filled, looked at, cancelled, and opened again for what failed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlmodel import col

from exchange.domain.identity import new_batch_id
from exchange.domain.work import Asked, BatchState, Item, ItemState
from exchange.errors import Conflict, NotFound
from exchange.store.clock import now
from exchange.store.engine import Store, Transaction
from exchange.store.items import item_of
from exchange.store.ledger import COUNTED
from exchange.store.owners import Owner, read_owner
from exchange.store.records import read
from exchange.store.tables import BatchItemRow, BatchRow, CallRow, table

_BATCHES, _ITEMS = table(BatchRow), table(BatchItemRow)
_AT_ONCE = 500
_UNDER_WAY = (BatchState.FILLING.value, BatchState.OPEN.value)
_CHOSEN = (BatchState.OPEN.value, BatchState.DONE.value)
_WRONG = (ItemState.FAILED.value, ItemState.QUARANTINED.value)
_ENDED = (ItemState.DONE.value, *_WRONG)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A batch's own row; `cap` is in US dollars."""

    id: str
    state: BatchState
    asked: Asked
    cap: float | None
    begun_at: str
    ended_at: str | None


@dataclass(frozen=True, kw_only=True)
class Settled:
    """An item with what became of it so far."""

    item: Item
    state: ItemState
    debate: str | None
    error: str | None
    reason: str | None
    cost: float | None


def begin(store: Store, asked: Asked, cap: float | None, owner: Owner, planned: str | None = None) -> tuple[str, bool]:
    """The batch that is asked for, and whether it is new: one of the same that is open is gone on with.

    So is one that was begun after `planned`, a time: its items were chosen after ours, whatever became of it. A new one is
    to be filled, and then opened. Raises Conflict where another process is just choosing the items of the same.
    """
    with store.writing() as transaction:
        later = _same(asked, (_BATCHES.c.begun_at >= planned) & _BATCHES.c.state.in_(_CHOSEN)) if planned else None
        if later is not None and (meanwhile := transaction.execute(later).first()):
            return meanwhile.id, False
        before = transaction.execute(_same(asked, _BATCHES.c.state.in_(_UNDER_WAY))).one_or_none()
        if before is not None and before.state == BatchState.OPEN:
            return before.id, False
        if before is not None:
            _abandoned(transaction, before)
        name = new_batch_id()
        values = dict(id=name, state=BatchState.FILLING, asked=asked.digest, record=asked.to_json(), cap=cap)
        transaction.execute(insert(_BATCHES).values(**values, owner=owner.to_json(), begun_at=now()))
    return name, True


def open_ones(store: Store) -> list[str]:
    """The ids of all open batches, oldest first."""
    wanted = select(_BATCHES.c.id).where(_BATCHES.c.state == BatchState.OPEN).order_by(_BATCHES.c.begun_at)
    with store.reading() as transaction:
        return list(transaction.execute(wanted).scalars())


def left(store: Store, batch: str) -> list[int]:
    """The ordinals of its items that have not ended, by worth."""
    wanted = select(_ITEMS.c.ordinal).where(_ITEMS.c.batch_id == batch, _ITEMS.c.state.not_in(_ENDED))
    with store.reading() as transaction:
        return list(transaction.execute(wanted.order_by(_ITEMS.c.ordinal)).scalars())


def under_way(store: Store, asked: Asked) -> str | None:
    """The open batch of the same, if there is one."""
    with store.reading() as transaction:
        row = transaction.execute(_same(asked, _BATCHES.c.state == BatchState.OPEN)).one_or_none()
    return row.id if row else None


def fill(store: Store, batch: str, items: Sequence[Item]) -> None:
    """Adds items to a batch that is not open yet, so many in each transaction."""
    for start in range(0, len(items), _AT_ONCE):
        rows = [_values(batch, item) for item in items[start : start + _AT_ONCE]]
        with store.writing() as transaction:
            transaction.execute(insert(_ITEMS), rows)


def opened(store: Store, batch: str) -> None:
    """From here on its items can be taken. Raises Conflict where it was cancelled meanwhile."""
    _move(store, batch, (BatchState.FILLING,), BatchState.OPEN)


def abandon(store: Store, batch: str) -> None:
    """Cancels a batch whose items were not all chosen."""
    _move(store, batch, (BatchState.FILLING,), BatchState.CANCELLED)


def cancel(store: Store, batch: str) -> None:
    """No further item is taken from it; those that are taken are done. Raises NotFound, Conflict."""
    _move(store, batch, (BatchState.FILLING, BatchState.OPEN), BatchState.CANCELLED)


def close(store: Store, batch: str) -> bool:
    """Ends an open batch if nothing is left to do; is it done now?"""
    left = select(func.count()).select_from(_ITEMS).where(_ITEMS.c.batch_id == batch, _ITEMS.c.state.not_in(_ENDED))
    done = update(_BATCHES).where(_BATCHES.c.id == batch, _BATCHES.c.state == BatchState.OPEN)
    with store.writing() as transaction:
        if transaction.execute(left).scalar_one():
            return False
        transaction.execute(done.values(state=BatchState.DONE, ended_at=now()))
    return True


def retry(store: Store, batch: str) -> int:
    """Has everything tried again that failed or is quarantined; how many.

    Raises Conflict where the batch was cancelled, or the same is under way as another; NotFound.
    """
    wrong = update(_ITEMS).where(_ITEMS.c.batch_id == batch, _ITEMS.c.state.in_(_WRONG))
    with store.writing() as transaction:
        _refuse_retry(transaction, _row(transaction, batch))
        found = transaction.execute(wrong.values(state=ItemState.WAITING, tries=0, deaths=0)).rowcount
        if found:
            again = update(_BATCHES).where(_BATCHES.c.id == batch)
            transaction.execute(again.values(state=BatchState.OPEN, ended_at=None))
    return found


def recap(store: Store, batch: str, cap: float) -> None:
    """From here on it may cost so many US dollars, what was spent included."""
    with store.writing() as transaction:
        transaction.execute(update(_BATCHES).where(_BATCHES.c.id == batch).values(cap=cap))


def batch(store: Store, name: str) -> Batch:
    """The batch with that id. Raises NotFound, BrokenDigest."""
    with store.reading() as transaction:
        return _read(_row(transaction, name))


def every(store: Store) -> list[Batch]:
    """All batches, the latest first. Raises BrokenDigest."""
    with store.reading() as transaction:
        rows = transaction.execute(select(_BATCHES).order_by(_BATCHES.c.begun_at.desc())).all()
    return [_read(row) for row in rows]


def worked_on(store: Store, batch: str) -> bool:
    """Is any process at it that may be alive?"""
    taken = select(_ITEMS.c.owner).where(_ITEMS.c.batch_id == batch, _ITEMS.c.state == ItemState.TAKEN).distinct()
    with store.reading() as transaction:
        owners = transaction.execute(taken).scalars().all()
    return any(owner.may_be_alive for owner in map(read_owner, owners) if owner)


def counts(store: Store, batch: str) -> Mapping[ItemState, int]:
    """How many of its items are in each state; every state is named."""
    wanted = (
        select(_ITEMS.c.state, func.count().label("number")).where(_ITEMS.c.batch_id == batch).group_by(_ITEMS.c.state)
    )
    with store.reading() as transaction:
        found = {row.state: row.number for row in transaction.execute(wanted)}
    return {state: found.get(state.value, 0) for state in ItemState}


def kinds(store: Store, batch: str) -> Mapping[str, int]:
    """How many of its items there are of each kind."""
    wanted = (
        select(_ITEMS.c.kind, func.count().label("number")).where(_ITEMS.c.batch_id == batch).group_by(_ITEMS.c.kind)
    )
    with store.reading() as transaction:
        return {row.kind: row.number for row in transaction.execute(wanted)}


def spent(store: Store, batch: str) -> float:
    """What its calls came to, as caps count them: in US dollars, a call of unknown cost with the most it may have cost."""
    with store.reading() as transaction:
        found = transaction.execute(select(func.sum(COUNTED)).where(col(CallRow.run) == batch)).scalar_one()
    return round(found or 0.0, 9)


def items(store: Store, batch: str, *states: ItemState) -> Iterator[Settled]:
    """Its items in those states, or all, by worth; a few at a time, so that any number can be gone through."""
    after = 0
    wanted = select(_ITEMS).where(_ITEMS.c.batch_id == batch)
    if states:
        wanted = wanted.where(_ITEMS.c.state.in_([state.value for state in states]))
    while True:
        with store.reading() as transaction:
            rows = transaction.execute(
                wanted.where(_ITEMS.c.ordinal > after).order_by(_ITEMS.c.ordinal).limit(_AT_ONCE)
            ).all()
        if not rows:
            return
        yield from map(_settled, rows)
        after = rows[-1].ordinal


def _same(asked: Asked, which: Any) -> Any:
    return select(_BATCHES).where(_BATCHES.c.asked == asked.digest, which).order_by(_BATCHES.c.begun_at.desc())


def _abandoned(transaction: Transaction, before: Any) -> None:
    owner = read_owner(before.owner)
    if owner and owner.may_be_alive:
        raise Conflict(f"The {owner} is just choosing what belongs to the same batch, {before.id}. Wait until it has.")
    this = update(_BATCHES).where(_BATCHES.c.id == before.id)
    transaction.execute(this.values(state=BatchState.CANCELLED, ended_at=now()))


def _refuse_retry(transaction: Transaction, row: Any) -> None:
    if row.state == BatchState.CANCELLED:
        raise Conflict(
            f"The batch {row.id} is cancelled: nothing of it is tried again. `exchange rescore` begins another."
        )
    same = select(_BATCHES.c.id).where(_BATCHES.c.asked == row.asked, _BATCHES.c.state.in_(_UNDER_WAY))
    other = transaction.execute(same.where(_BATCHES.c.id != row.id)).scalar_one_or_none()
    if other:
        raise Conflict(f"The same is under way as {other}: `exchange batch resume {other}` goes on with it.")


def _move(store: Store, batch: str, before: tuple[BatchState, ...], after: BatchState) -> None:
    ended = now() if after is BatchState.CANCELLED else None
    with store.writing() as transaction:
        row = _row(transaction, batch)
        if row.state not in before:
            raise Conflict(f"The batch {batch} is {row.state}.")
        transaction.execute(update(_BATCHES).where(_BATCHES.c.id == batch).values(state=after, ended_at=ended))


def _row(transaction: Transaction, name: str) -> Any:
    row = transaction.execute(select(_BATCHES).where(_BATCHES.c.id == name)).one_or_none()
    if row is None:
        raise NotFound(f"There is no batch {name}. `exchange batch list` names those that there are.")
    return row


def _read(row: Any) -> Batch:
    return Batch(
        id=row.id,
        state=BatchState(row.state),
        asked=read(Asked, row.record, f"What {row.id} was asked for"),
        cap=row.cap,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
    )


def _values(batch: str, item: Item) -> dict[str, object]:
    return dict(
        batch_id=batch,
        ordinal=item.ordinal,
        hypothesis_id=item.hypothesis,
        kind=item.kind.value,
        why=item.why,
        heard_id=item.debate,
        state=ItemState.WAITING.value,
        tries=0,
        deaths=0,
        alone=False,
        epoch=0,
    )


def _settled(row: Any) -> Settled:
    return Settled(
        item=item_of(row),
        state=ItemState(row.state),
        debate=row.debate_id,
        error=row.error,
        reason=row.reason,
        cost=row.cost,
    )
