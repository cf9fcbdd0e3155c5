"""Current scores with all that they were computed from, chunk by chunk, and new ones in their place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import SQLModel, col

from exchange.domain.event import ScoreEvent
from exchange.store import scores
from exchange.store.engine import Store, Transaction
from exchange.store.records import read
from exchange.store.tables import DebateRow, ScoreEventRow, TurnRow, VerdictRow

_CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class Stood:
    """A current score that a debate stands behind: its number, and the debate's rows as they lie there.

    `verdicts` have seat, model, when, order, record and digest; `setup` has record and digest; `turns` are there only
    for a score that does not count what can be checked of them.
    """

    number: int
    event: ScoreEvent
    setup: Any
    verdicts: tuple[Any, ...]
    turns: tuple[Any, ...]


def chunks(store: Store) -> Iterator[list[Stood]]:
    """All of them in the order of the hypotheses' ids, so many at a time that memory stays flat. Raises BrokenDigest."""
    after = ""
    while True:
        with store.reading() as transaction:
            names = _names(transaction, after)
            found = _stood(transaction, names) if names else []
        if not names:
            return
        yield found
        after = names[-1]


def append(store: Store, events: Sequence[tuple[int, ScoreEvent]]) -> int:
    """Appends each event unless another than the numbered one is current meanwhile; returns how many were appended."""
    names = [event.hypothesis for _, event in events]
    with store.writing() as transaction:
        current = set(_current(transaction, names).values())
        wanted = [event for number, event in events if number in current]
        if wanted:
            transaction.execute(insert(ScoreEventRow), [scores.values(event) for event in wanted])
    return len(wanted)


def _names(transaction: Transaction, after: str) -> list[str]:
    wanted = select(col(ScoreEventRow.hypothesis_id)).where(col(ScoreEventRow.hypothesis_id) > after).distinct()
    return list(transaction.execute(wanted.order_by(col(ScoreEventRow.hypothesis_id)).limit(_CHUNK)).scalars())


def _current(transaction: Transaction, names: Sequence[str]) -> dict[str, int]:
    """Hypothesis -> the number of its current event."""
    wanted = select(col(ScoreEventRow.hypothesis_id), col(ScoreEventRow.id)).where(
        col(ScoreEventRow.hypothesis_id).in_(names), scores.counts()
    )
    rising = wanted.order_by(col(ScoreEventRow.hypothesis_id), col(ScoreEventRow.standing), col(ScoreEventRow.id))
    return {row.hypothesis_id: row.id for row in transaction.execute(rising)}


def _stood(transaction: Transaction, names: Sequence[str]) -> list[Stood]:
    numbers = list(_current(transaction, names).values())
    wanted = select(col(ScoreEventRow.id), col(ScoreEventRow.record), col(ScoreEventRow.digest)).where(
        col(ScoreEventRow.id).in_(numbers), col(ScoreEventRow.debate_id).is_not(None)
    )
    events = {
        row.id: read(ScoreEvent, row.record, f"Score event {row.id}", row.digest)
        for row in transaction.execute(wanted.order_by(col(ScoreEventRow.hypothesis_id)))
    }
    debates = [event.debate for event in events.values() if event.debate]
    uncounted = [event.debate for event in events.values() if event.debate and not event.score.conduct]
    setups = _by_debate(transaction, DebateRow, "id", debates, ("record", "digest"))
    verdicts = _by_debate(
        transaction, VerdictRow, "debate_id", debates, ("seat", "model", "when", "order", "record", "digest")
    )
    turns = _by_debate(transaction, TurnRow, "debate_id", uncounted, ("record", "digest"))
    return [
        Stood(
            number=number,
            event=event,
            setup=setups[event.debate][0],
            verdicts=tuple(verdicts.get(event.debate, ())),
            turns=tuple(turns.get(event.debate, ())),
        )
        for number, event in events.items()
        if event.debate
    ]


def _by_debate(
    transaction: Transaction, row: type[SQLModel], key: str, debates: Sequence[str], columns: Sequence[str]
) -> dict[str, list[Any]]:
    debate = getattr(row, key)
    wanted = select(debate.label("debate"), *(getattr(row, name) for name in columns)).where(debate.in_(debates))
    found: dict[str, list[Any]] = {}
    for each in transaction.execute(wanted):
        found.setdefault(each.debate, []).append(each)
    return found
