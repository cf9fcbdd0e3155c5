"""A batch is begun: its items are chosen, and written down by worth."""

import time
from itertools import islice

from exchange.domain.work import Asked, Item
from exchange.errors import Conflict
from exchange.jobs.batch.choosing import Candidate, Choice
from exchange.store import batches
from exchange.store.engine import Store
from exchange.store.owners import this_process

_AT_ONCE = 500
# Seconds that another process may take to fill the same batch.
_PATIENCE = 120.0


def begin(store: Store, asked: Asked, choice: Choice, cap: float | None, planned: str) -> str:
    """The batch of what was chosen at the time `planned`, open; or the one of the same that another process began.

    `cap` is in US dollars. Raises Conflict where another process fills the same for too long.
    """
    name, new = _begun(store, asked, cap, planned)
    if new:
        _filled(store, name, choice)
    return name


def _begun(store: Store, asked: Asked, cap: float | None, planned: str) -> tuple[str, bool]:
    """As the store does it; waits a while for another process that fills the same batch."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return batches.begin(store, asked, cap, this_process(), planned)
        except Conflict:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def _filled(store: Store, name: str, choice: Choice) -> None:
    try:
        numbered = enumerate(choice.candidates, start=1)
        while part := [_item(name, place, each) for place, each in islice(numbered, _AT_ONCE)]:
            batches.fill(store, name, part)
        batches.opened(store, name)
    except KeyboardInterrupt:
        batches.abandon(store, name)
        raise


def _item(batch: str, place: int, each: Candidate) -> Item:
    return Item(
        batch=batch,
        ordinal=place,
        hypothesis=each.hypothesis,
        kind=each.kind,
        why=", ".join(each.reasons),
        debate=each.heard,
    )
