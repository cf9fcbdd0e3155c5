"""Who takes the next item of a batch, and what became of it. An item whose process died is taken again."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select, update
from sqlmodel import col

from exchange.domain.counted import counted
from exchange.domain.work import BatchState, Became, Item, ItemState, Kind
from exchange.store.clock import later, now
from exchange.store.engine import Store, Transaction
from exchange.store.owners import Owner, read_owner
from exchange.store.records import storable
from exchange.store.tables import BatchItemRow, BatchRow, CallRow, DebateRow, table

TRIES = 3
ENDED = "WorkerEnded"
_DEATHS_UNTIL_ALONE = 2
_ITEMS = table(BatchItemRow)
_WAITING, _TAKEN = ItemState.WAITING.value, ItemState.TAKEN.value
_FREE: dict[str, Any] = dict(owner=None, leased_until=None)


@dataclass(frozen=True, kw_only=True)
class Freed:
    """How many items were taken from processes that ended: to be tried again, and tried often enough."""

    waiting: int = 0
    quarantined: int = 0


def claim(
    store: Store, batch: str, owner: Owner, seconds: float, busy: bool, ordinal: int | None = None
) -> Item | None:
    """The next item, leased for so many seconds; None where none is to be had now. Its try is counted.

    Those that were tried stand behind those that were not, so that what fails holds up nothing else; and behind all those
    that must be alone, which are had by a process that is not `busy` with another. A batch that is not open has none.
    With `ordinal`, that item or none.
    """
    opened = exists().where(col(BatchRow.id) == batch, col(BatchRow.state) == BatchState.OPEN)
    wanted = select(_ITEMS).where(_ITEMS.c.batch_id == batch, _ITEMS.c.state == _WAITING, opened)
    if busy:
        wanted = wanted.where(_ITEMS.c.alone.is_(False))
    if ordinal is not None:
        wanted = wanted.where(_ITEMS.c.ordinal == ordinal)
    first = wanted.order_by(_ITEMS.c.alone, _ITEMS.c.tries, _ITEMS.c.ordinal).limit(1)
    with store.writing() as transaction:
        row = transaction.execute(first.with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        item = item_of(row).model_copy(update=dict(tries=row.tries + 1, epoch=row.epoch + 1))
        leased = dict(state=_TAKEN, owner=owner.to_json(), taken_at=now(), leased_until=later(seconds))
        transaction.execute(_this(item.batch, item.ordinal).values(**leased, tries=item.tries, epoch=item.epoch))
    return item


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where an item stands; `owner` is the text of who has it."""

    state: ItemState
    alone: bool
    owner: str | None


def standing(store: Store, batch: str, ordinal: int) -> Standing | None:
    """Where the item stands; None where there is none, or its batch is not open."""
    wanted = select(_ITEMS.c.state, _ITEMS.c.alone, _ITEMS.c.owner).where(
        _ITEMS.c.batch_id == batch,
        _ITEMS.c.ordinal == ordinal,
        exists().where(col(BatchRow.id) == batch, col(BatchRow.state) == BatchState.OPEN),
    )
    with store.reading() as transaction:
        row = transaction.execute(wanted).one_or_none()
    return Standing(state=ItemState(row.state), alone=row.alone, owner=row.owner) if row else None


def disown(store: Store, batch: str, owner: Owner, ordinal: int | None = None) -> None:
    """Gives back what the process has of the batch, or one item that it took without hearing of it: no try is counted."""
    ours = update(_ITEMS).where(_ITEMS.c.batch_id == batch, _ITEMS.c.state == _TAKEN, _ITEMS.c.owner == owner.to_json())
    if ordinal is not None:
        ours = ours.where(_ITEMS.c.ordinal == ordinal)
    with store.writing() as transaction:
        transaction.execute(ours.values(state=_WAITING, tries=_ITEMS.c.tries - 1, epoch=_ITEMS.c.epoch + 1, **_FREE))


def renew(store: Store, batch: str, owner: Owner, seconds: float) -> None:
    """Makes the leases of all items that the process has run for so many seconds from now."""
    held = update(_ITEMS).where(_ITEMS.c.batch_id == batch, _ITEMS.c.state == _TAKEN, _ITEMS.c.owner == owner.to_json())
    with store.writing() as transaction:
        transaction.execute(held.values(leased_until=later(seconds)))


def settle(store: Store, item: Item, became: Became) -> ItemState | None:
    """Writes what the try came to, and returns the item's state; None where another process has it by now."""
    again = ItemState.WAITING if item.tries < TRIES else ItemState.QUARANTINED
    state = ItemState.DONE if became.error is None else again if became.again else ItemState.FAILED
    said = dict(error=became.error, reason=storable(became.reason), debate_id=became.debate, cost=became.cost)
    return state if _write(store, item, **said, state=state.value) else None


def put_back(store: Store, item: Item) -> bool:
    """Gives an item back that was not tried to its end, since all work was stopped: the try does not count."""
    return _write(store, item, state=_WAITING, tries=item.tries - 1)


def free(store: Store, batch: str) -> Freed:
    """Takes from processes that ended, or did not renew their lease, what they had.

    An item whose process ended twice is taken alone from then on, since another item may have ended it; one whose
    process ended while it was alone is quarantined after so many tries, if it got no further in the last two: what ends
    its process does so at one place, and who is killed from outside has got further. For one that failed by itself before,
    a process that ended with others in it is no try.
    """
    taken = select(_ITEMS).where(_ITEMS.c.batch_id == batch, _ITEMS.c.state == _TAKEN)
    with store.reading() as transaction:
        seen = transaction.execute(taken).all()
    gone = {text for text in {row.owner for row in seen} if not _may_be_alive(text)}
    if not gone and all((row.leased_until or "") > now() for row in seen):
        return Freed()
    with store.writing() as transaction:
        rows = transaction.execute(taken.with_for_update(skip_locked=True)).all()
        lost = [row for row in rows if row.owner in gone or (row.leased_until or "") <= now()]
        states = [_freed(transaction, row) for row in lost]
    return Freed(waiting=states.count(ItemState.WAITING), quarantined=states.count(ItemState.QUARANTINED))


def _freed(transaction: Transaction, row: Any) -> ItemState:
    over = row.alone and row.tries >= TRIES and not _further(transaction, row)
    state = ItemState.QUARANTINED if over else ItemState.WAITING
    deaths, innocent = row.deaths + 1, not row.alone and row.error not in (None, ENDED)
    said = dict(
        error=ENDED,
        reason=f"the process that tried it ended, {counted(deaths, 'time')}" + (" and alone at last" * over),
    )
    tries = dict(tries=row.tries - 1) if innocent else said
    # Whoever had it writes nothing more: its epoch is past.
    freed = dict(state=state.value, deaths=deaths, alone=deaths >= _DEATHS_UNTIL_ALONE, epoch=row.epoch + 1)
    transaction.execute(_this(row.batch_id, row.ordinal).values(**freed, **tries, **_FREE))
    return state


def _further(transaction: Transaction, row: Any) -> bool:
    """Was anything answered in its last two tries? Each takes the debate anew, under the next epoch."""
    debate, call = table(DebateRow).c, table(CallRow).c
    recently = (call.closed_at >= row.taken_at) | ((debate.state == "open") & (call.epoch >= debate.epoch - 1))
    answered = (
        select(call.id)
        .join(table(DebateRow), debate.id == call.debate_id)
        .where(debate.hypothesis_id == row.hypothesis_id, call.state == "answered", recently)
    )
    return transaction.execute(answered.limit(1)).first() is not None


def _may_be_alive(owner: str | None) -> bool:
    found = read_owner(owner)
    return found is not None and found.may_be_alive


def _write(store: Store, item: Item, **values: object) -> bool:
    ours = _this(item.batch, item.ordinal).where(_ITEMS.c.epoch == item.epoch, _ITEMS.c.state == _TAKEN)
    with store.writing() as transaction:
        return transaction.execute(ours.values(**values, **_FREE)).rowcount == 1


def _this(batch: str, ordinal: int) -> Any:
    return update(_ITEMS).where(_ITEMS.c.batch_id == batch, _ITEMS.c.ordinal == ordinal)


def item_of(row: Any) -> Item:
    """The item that a row holds."""
    return Item(
        batch=row.batch_id,
        ordinal=row.ordinal,
        hypothesis=row.hypothesis_id,
        kind=Kind(row.kind),
        why=row.why,
        debate=row.heard_id,
        tries=row.tries,
        epoch=row.epoch,
        alone=row.alone,
    )
