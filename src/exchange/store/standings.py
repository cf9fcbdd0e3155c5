"""All hypotheses with their current scores and what these were held with, a few hundred at a time, read no further."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlmodel import col

from exchange.store.engine import Store
from exchange.store.records import fields
from exchange.store.rescoring import current_numbers
from exchange.store.tables import DebateRow, HypothesisRow, ScoreEventRow

_AT_ONCE = 500
_AFTER: BindParameter[str] = bindparam("after")
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_HYPOTHESES = (
    select(col(HypothesisRow.id), col(HypothesisRow.record))
    .where(col(HypothesisRow.id) > _AFTER)
    .order_by(col(HypothesisRow.id))
    .limit(_AT_ONCE)
)
_EVENTS = select(
    col(ScoreEventRow.hypothesis_id), col(ScoreEventRow.debate_id), col(ScoreEventRow.record), col(ScoreEventRow.digest)
).where(col(ScoreEventRow.id).in_(_WANTED))
_SETUPS = select(col(DebateRow.id), col(DebateRow.record), col(DebateRow.digest)).where(col(DebateRow.id).in_(_WANTED))


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A hypothesis's record, and as plain JSON its current score event and the setup of that one's debate, if any."""

    hypothesis: str
    record: str
    event: dict[str, Any] | None
    setup: dict[str, Any] | None


def standings(store: Store, wanted: Callable[[str, str], bool]) -> Iterator[list[Standing]]:
    """Those that are `wanted`, by id and record, in the order of their ids. Raises BrokenDigest."""
    after = ""
    while True:
        with store.reading() as transaction:
            rows = transaction.execute(_HYPOTHESES, {"after": after}).all()
            if not rows:
                return
            kept = {row.id: row.record for row in rows if wanted(row.id, row.record)}
            current = current_numbers(transaction, rows[0].id, rows[-1].id) if kept else {}
            numbers = [current[name] for name in kept if name in current]
            events = transaction.execute(_EVENTS, {"wanted": numbers}).all() if numbers else []
            debates = [row.debate_id for row in events if row.debate_id]
            setups = transaction.execute(_SETUPS, {"wanted": debates}).all() if debates else []
        after = rows[-1].id
        held = {row.id: fields(row.record, f"The setup of {row.id}", row.digest) for row in setups}
        stands = {
            row.hypothesis_id: fields(row.record, f"A score event of {row.hypothesis_id}", row.digest) for row in events
        }
        yield [
            Standing(hypothesis=name, record=record, event=event, setup=held.get(event["debate"]) if event else None)
            for name, record in kept.items()
            for event in [stands.get(name)]
        ]
