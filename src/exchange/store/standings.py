"""All hypotheses with their current scores and what these were held with, a few hundred at a time, read no further."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import BindParameter, bindparam, func, select
from sqlmodel import col

from exchange.errors import BrokenDigest
from exchange.store.engine import Store
from exchange.store.records import fields
from exchange.store.rescoring import current_numbers
from exchange.store.tables import DebateRow, HypothesisRow, ScoreEventRow

_Key = TypeVar("_Key")
_Read = dict[_Key, dict[str, Any] | None]
_AT_ONCE = 500
_AFTER: BindParameter[str] = bindparam("after")
_LAST: BindParameter[str] = bindparam("last")
_EVENT_OF = col(ScoreEventRow.hypothesis_id)
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_HYPOTHESES = (
    select(col(HypothesisRow.id), col(HypothesisRow.record))
    .where(col(HypothesisRow.id) > _AFTER)
    .order_by(col(HypothesisRow.id))
    .limit(_AT_ONCE)
)
_LATEST = (
    select(_EVENT_OF, func.max(col(ScoreEventRow.id)))
    .where(_EVENT_OF.between(_AFTER, _LAST), col(ScoreEventRow.debate_id).is_not(None))
    .group_by(_EVENT_OF)
)
_EVENTS = select(
    col(ScoreEventRow.id),
    col(ScoreEventRow.hypothesis_id),
    col(ScoreEventRow.debate_id),
    col(ScoreEventRow.record),
    col(ScoreEventRow.digest),
).where(col(ScoreEventRow.id).in_(_WANTED))
_SETUPS = select(col(DebateRow.id), col(DebateRow.record), col(DebateRow.digest)).where(col(DebateRow.id).in_(_WANTED))


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A hypothesis's record, and as plain JSON its current score event and the setup of that one's debate, if any.

    `latest` is the last event that a debate gave, whether it displaced what stood or not. `damaged` names what of it is not
    as it was stored, and is None in its place.
    """

    hypothesis: str
    record: str
    event: dict[str, Any] | None
    latest: dict[str, Any] | None
    setup: dict[str, Any] | None
    damaged: str | None = None


def standings(store: Store, wanted: Callable[[str, str], bool]) -> Iterator[list[Standing]]:
    """Those that are `wanted`, by id and record, in the order of their ids. Raises what `wanted` does."""
    after = ""
    while True:
        with store.reading() as transaction:
            rows = transaction.execute(_HYPOTHESES, {"after": after}).all()
            if not rows:
                return
            kept = {row.id: row.record for row in rows if wanted(row.id, row.record)}
            span = {"after": rows[0].id, "last": rows[-1].id}
            current = current_numbers(transaction, rows[0].id, rows[-1].id) if kept else {}
            latest = {name: number for name, number in transaction.execute(_LATEST, span)} if kept else {}  # noqa: C416 # rows
            numbers = {found[name] for found in (current, latest) for name in kept if name in found}
            events = transaction.execute(_EVENTS, {"wanted": sorted(numbers)}).all() if numbers else []
            standing = set(current.values())
            debates = [row.debate_id for row in events if row.debate_id and row.id in standing]
            setups = transaction.execute(_SETUPS, {"wanted": debates}).all() if debates else []
        after = rows[-1].id
        held, told = _read(setups), _read(events)
        yield [
            _standing(name, record, told, held, current.get(name, 0), latest.get(name, 0))
            for name, record in kept.items()
        ]


def _standing(name: str, record: str, told: _Read[int], held: _Read[str], current: int, latest: int) -> Standing:
    event = told.get(current)
    debate = event["debate"] if event else None
    broken = [told.get(each, {}) is None for each in (current, latest)]
    return Standing(
        hypothesis=name,
        record=record,
        event=event,
        latest=told.get(latest),
        setup=held.get(debate) if debate else None,
        damaged="score event" if any(broken) else "setup" if held.get(debate or "", {}) is None else None,
    )


def _read(rows: Iterable[Any]) -> _Read[Any]:
    """Records by the ids of their rows; None where one is not as it was stored."""
    found: _Read[Any] = {}
    for row in rows:
        try:
            found[row.id] = fields(row.record, str(row.id), row.digest)
        except BrokenDigest:
            found[row.id] = None
    return found
