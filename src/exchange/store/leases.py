"""Who may write to a debate."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from exchange.errors import Conflict
from exchange.store.clock import later, now
from exchange.store.engine import Store, Transaction
from exchange.store.owners import Owner, read_owner
from exchange.store.tables import CallRow, DebateRow, table

# Put together once: every write asks it.
_EPOCH = select(col(DebateRow.epoch)).where(col(DebateRow.id) == bindparam("debate"))
NOBODY_KNOWS = "the process that asked ended before an answer came"


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to write to a debate, as long as its epoch is the debate's.

    Every write is checked against it, so that an owner that was thought dead and wakes up writes nothing.
    """

    debate: str
    epoch: int

    @property
    def first(self) -> bool:
        """Has nobody held the debate before? Then nothing was asked in it but under this lease."""
        return self.epoch == 1


def claim(store: Store, debate: str, owner: Owner, seconds: float) -> Lease | Owner:
    """The lease on an open debate, for so many seconds; or the owner that holds it, who may be alive.

    Calls that an earlier owner left open become unknown: they count with the most that they may have cost. Those that
    went with a provider batch stay open: their outcome can still be had, and whoever asks the same awaits it.
    Raises Conflict where the debate is not open.
    """
    with store.writing() as transaction:
        row = transaction.execute(select(table(DebateRow)).where(col(DebateRow.id) == debate)).one()
        if row.state != "open":
            raise Conflict(f"The debate {debate} is not open any more: another process has ended it.")
        holder = read_owner(row.owner)
        if holder and holder != owner and holder.may_be_alive and (row.leased_until or "") > now():
            return holder
        taken = dict(owner=owner.to_json(), epoch=row.epoch + 1, leased_until=later(seconds))
        transaction.execute(update(DebateRow).where(col(DebateRow.id) == debate).values(**taken))
        left = update(CallRow).where(col(CallRow.debate_id) == debate, col(CallRow.state) == "open")
        left = left.where(col(CallRow.provider_batch).is_(None))
        transaction.execute(left.values(state="unknown", error=NOBODY_KNOWS, closed_at=now()))
    return Lease(debate=debate, epoch=row.epoch + 1)


def renew(store: Store, lease: Lease, seconds: float) -> None:
    """Makes the lease run for so many seconds from now. Raises Conflict where it was lost."""
    with store.writing() as transaction:
        fence(transaction, lease)
        _set(transaction, lease, leased_until=later(seconds))


def release(store: Store, lease: Lease, parked_for: float | None = None) -> None:
    """Gives the lease back, if it was not lost; with `parked_for`, nobody need try to go on for so many seconds."""
    parked = dict(parked_until=later(parked_for)) if parked_for else {}
    with store.writing() as transaction:
        if held(transaction, lease):
            _set(transaction, lease, leased_until=None, **parked)


def held(transaction: Transaction, lease: Lease) -> bool:
    """Is the lease's epoch still the debate's?"""
    return transaction.execute(_EPOCH, dict(debate=lease.debate)).scalar_one_or_none() == lease.epoch


def fence(transaction: Transaction, lease: Lease) -> None:
    """Raises Conflict where the lease was lost."""
    if not held(transaction, lease):
        raise lost(lease)


def lost(lease: Lease) -> Conflict:
    """What is raised where the lease was lost."""
    return Conflict(f"Another process has taken over the debate {lease.debate}; this one writes nothing more.")


def _set(transaction: Transaction, lease: Lease, **values: str | None) -> None:
    transaction.execute(update(DebateRow).where(col(DebateRow.id) == lease.debate).values(**values))
