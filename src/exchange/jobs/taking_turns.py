"""Linking and relating, one process at a time: each reads much of the store, and writes what follows from that."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from exchange.errors import Conflict
from exchange.store import linking
from exchange.store.engine import Store
from exchange.store.owners import Owner, this_process

_LEASE, _PATIENCE, _PAUSE = 300.0, 1_800.0, 0.2


@dataclass(frozen=True, kw_only=True)
class Turn:
    """The right to link and relate."""

    store: Store
    owner: Owner

    def keep(self) -> None:
        """Makes it last, where much is to be done. Raises Conflict where it was lost."""
        if holder := linking.take(self.store, self.owner, _LEASE):
            raise Conflict(f"The {holder} has taken over what this one was relating. The same command goes on later.")


@contextmanager
def turn(store: Store, patience: float = _PATIENCE) -> Iterator[Turn]:
    """Waits for others, `patience` seconds at most, and has the turn until the end. Raises Conflict."""
    owner, begun = this_process(), time.monotonic()
    while holder := linking.take(store, owner, _LEASE):
        if time.monotonic() - begun > patience:
            raise Conflict(f"The {holder} is importing or relating. Wait until it has, and say the same again.")
        time.sleep(_PAUSE)
    try:
        yield Turn(store=store, owner=owner)
    finally:
        linking.give_back(store, owner)
