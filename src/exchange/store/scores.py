"""Score events: appended, never changed; the current score is a query over them."""

from typing import Any

from sqlalchemy import func, insert, select
from sqlmodel import col

from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.identity import digest
from exchange.store.engine import Store, Transaction
from exchange.store.records import read
from exchange.store.tables import ScoreEventRow


def append(transaction: Transaction, event: ScoreEvent) -> None:
    """Appends the event."""
    record, score = event.to_json(), event.score
    values = dict(
        hypothesis_id=event.hypothesis,
        debate_id=event.debate,
        cause=event.cause,
        state=score.state,
        value=score.value,
        low=score.low,
        high=score.high,
        composite=score.composite,
        standing=event.standing,
        demonstration=event.demonstration,
        policy=score.policy,
        at=event.at,
    )
    transaction.execute(insert(ScoreEventRow).values(**values, record=record, digest=digest(record)))


def current(store: Store, hypotheses: tuple[str, ...] | None = None) -> dict[str, ScoreEvent]:
    """The current score of each of these hypotheses, or of all: the highest standing, then the latest."""
    newest = (
        func.row_number()
        .over(
            partition_by=col(ScoreEventRow.hypothesis_id),
            order_by=(col(ScoreEventRow.standing).desc(), col(ScoreEventRow.id).desc()),
        )
        .label("place")
    )
    events = select(col(ScoreEventRow.record), col(ScoreEventRow.digest), newest)
    ranked = _of(events, hypotheses).subquery()
    with store.reading() as transaction:
        rows = transaction.execute(select(ranked.c.record, ranked.c.digest).where(ranked.c.place == 1)).all()
    found = [read(ScoreEvent, row.record, "A score event", row.digest) for row in rows]
    return {event.hypothesis: event for event in found}


def events(store: Store, hypothesis: str) -> list[ScoreEvent]:
    """All score events of the hypothesis, oldest first."""
    with store.reading() as transaction:
        return _events(transaction, hypothesis)


def imported_values(store: Store, hypotheses: tuple[str, ...] | None = None) -> dict[str, list[tuple[str, float]]]:
    """When each of these hypotheses, or of all, was given an imported value, and which; oldest first."""
    values = select(col(ScoreEventRow.hypothesis_id), col(ScoreEventRow.at), col(ScoreEventRow.value)).where(
        col(ScoreEventRow.cause) == Cause.IMPORTED
    )
    with store.reading() as transaction:
        rows = transaction.execute(_of(values, hypotheses).order_by(col(ScoreEventRow.id))).all()
    found: dict[str, list[tuple[str, float]]] = {}
    for row in rows:
        found.setdefault(row.hypothesis_id, []).append((row.at, row.value))
    return found


def imported(transaction: Transaction, hypothesis: str, origin: str) -> ScoreEvent | None:
    """The latest score of the hypothesis that was imported from there."""
    found = [event for event in _events(transaction, hypothesis) if event.origin == origin]
    return found[-1] if found else None


def _of(wanted: Any, hypotheses: tuple[str, ...] | None) -> Any:
    return wanted if hypotheses is None else wanted.where(col(ScoreEventRow.hypothesis_id).in_(hypotheses))


def _events(transaction: Transaction, hypothesis: str) -> list[ScoreEvent]:
    wanted = select(col(ScoreEventRow.record), col(ScoreEventRow.digest)).where(
        col(ScoreEventRow.hypothesis_id) == hypothesis
    )
    rows = transaction.execute(wanted.order_by(col(ScoreEventRow.id))).all()
    return [read(ScoreEvent, row.record, f"A score event of {hypothesis}", row.digest) for row in rows]
