"""Who links and relates just now, and by which names all texts were linked."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from exchange.domain.alias import Alias
from exchange.domain.identity import digest
from exchange.store import entities
from exchange.store.clock import later, now
from exchange.store.engine import Store, Transaction
from exchange.store.owners import Owner, read_owner
from exchange.store.tables import LinkingRow, table

_LINKING = table(LinkingRow)
_ROW = select(_LINKING)
_CHANGED = update(_LINKING)


def take(store: Store, owner: Owner, seconds: float) -> Owner | None:
    """The right to link and relate, for so many seconds; or who has it, and may be alive."""
    with store.writing() as transaction:
        row = transaction.execute(_ROW).one_or_none()
        if row is None:
            transaction.execute(insert(_LINKING).values(id=1))
        elif (holder := read_owner(row.owner)) and holder != owner and _has_it(holder, row.leased_until):
            return holder
        transaction.execute(_CHANGED.values(owner=owner.to_json(), leased_until=later(seconds)))
    return None


def give_back(store: Store, owner: Owner) -> None:
    """Lets the next one have it."""
    with store.writing() as transaction:
        transaction.execute(_CHANGED.where(_LINKING.c.owner == owner.to_json()).values(owner=None, leased_until=None))


def up_to_date(transaction: Transaction, names: Sequence[Alias]) -> bool:
    """Were all texts linked by these names?"""
    row = transaction.execute(_ROW).one_or_none()
    return row is not None and row.names == _digest(names)


def linked(store: Store) -> None:
    """Notes that all texts are linked by the names that there are."""
    with store.writing() as transaction:
        transaction.execute(_CHANGED.values(names=_digest(entities.aliases(transaction))))


def _has_it(holder: Owner, until: str | None) -> bool:
    return holder.may_be_alive and (until or "") > now()


def _digest(names: Sequence[Alias]) -> str:
    return digest(sorted("\t".join(alias) for alias in names))
