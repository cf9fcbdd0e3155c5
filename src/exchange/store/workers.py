"""Which workers there are, and which of them are silent: by the database's clock, since machines' clocks differ."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from exchange.domain.worker import WorkerState
from exchange.store.clock import seconds
from exchange.store.engine import Store
from exchange.store.owners import Owner, read_owner
from exchange.store.tables import WorkerRow, table

_WORKERS = table(WorkerRow)
# Seconds that one is remembered after it has left.
_REMEMBERED = 7 * 86_400.0


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A worker's row; `beat` as it is stored, `silent` in seconds since then, `lasts` in seconds since it began."""

    id: str
    owner: Owner | None
    state: WorkerState
    beat: float
    silent: float
    lasts: float

    @property
    def ended(self) -> bool:
        """Is it known to have ended? Only a process of this machine can be looked for."""
        return self.owner is not None and not self.owner.may_be_alive


def enter(store: Store, name: str, owner: Owner) -> None:
    """Makes a worker known, and forgets those that left long ago."""
    with store.writing() as transaction:
        at = seconds(transaction)
        past = _WORKERS.c.state != WorkerState.ALIVE, _WORKERS.c.beat < at - _REMEMBERED
        transaction.execute(delete(_WORKERS).where(*past))
        transaction.execute(
            insert(_WORKERS).values(id=name, owner=owner.to_json(), state=WorkerState.ALIVE, began=at, beat=at)
        )


def beat(store: Store, name: str) -> float:
    """Notes that the worker is alive, whatever others took it for; how many seconds it was silent before."""
    with store.writing() as transaction:
        at = seconds(transaction)
        before = transaction.execute(select(_WORKERS.c.beat).where(_WORKERS.c.id == name)).scalar_one()
        transaction.execute(_this(name).values(state=WorkerState.ALIVE, beat=at))
    return at - float(before)


def leave(store: Store, name: str) -> None:
    """Notes that the worker has given back what it had, and ends."""
    with store.writing() as transaction:
        transaction.execute(_this(name).values(state=WorkerState.LEFT))


def every(store: Store) -> list[Worker]:
    """All workers that are remembered, the latest first."""
    with store.reading() as transaction:
        at = seconds(transaction)
        return [_worker(row, at) for row in transaction.execute(select(_WORKERS).order_by(_WORKERS.c.began.desc()))]


def silent(store: Store, heartbeat: float) -> list[Worker]:
    """Those that did not leave, and were not heard of for so many seconds or are known to have ended."""
    return [
        each for each in every(store) if each.state is WorkerState.ALIVE and (each.silent > heartbeat or each.ended)
    ]


def alive(store: Store, heartbeat: float) -> list[Worker]:
    """Those that did not leave, and were heard of within so many seconds."""
    gone = {each.id for each in silent(store, heartbeat)}
    return [each for each in every(store) if each.state is WorkerState.ALIVE and each.id not in gone]


def take(store: Store, worker: Worker, by: str, for_seconds: float) -> bool:
    """Is it the worker `by` that hands back what that one had? One is, and has so many seconds for it."""
    with store.writing() as transaction:
        at = seconds(transaction)
        free = or_(_WORKERS.c.taken_until.is_(None), _WORKERS.c.taken_until < at)
        same = _this(worker.id).where(_WORKERS.c.state == WorkerState.ALIVE, _WORKERS.c.beat == worker.beat, free)
        return transaction.execute(same.values(taken_by=by, taken_until=at + for_seconds)).rowcount == 1


def bury(store: Store, worker: Worker) -> None:
    """Notes that what it had is handed back, if it was not heard of meanwhile."""
    with store.writing() as transaction:
        same = _this(worker.id).where(_WORKERS.c.beat == worker.beat)
        transaction.execute(same.values(state=WorkerState.GONE, taken_until=None))


def _this(name: str) -> Any:
    return update(_WORKERS).where(_WORKERS.c.id == name)


def _worker(row: Any, at: float) -> Worker:
    return Worker(
        id=row.id,
        owner=read_owner(row.owner),
        state=WorkerState(row.state),
        beat=row.beat,
        silent=at - row.beat,
        lasts=at - row.began,
    )
