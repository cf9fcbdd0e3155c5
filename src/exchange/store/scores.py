"""Score events: appended, never changed; the current score is a query over them."""

from sqlalchemy import func, insert, select
from sqlmodel import col

from exchange.domain.identity import digest
from exchange.domain.score import Cause, ScoreEvent
from exchange.store.engine import Store, Transaction
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


def current(store: Store, hypotheses: tuple[str, ...]) -> dict[str, ScoreEvent]:
    """The current score of each hypothesis that has one: the highest standing, then the latest."""
    newest = (
        func.row_number()
        .over(
            partition_by=col(ScoreEventRow.hypothesis_id),
            order_by=(col(ScoreEventRow.standing).desc(), col(ScoreEventRow.id).desc()),
        )
        .label("place")
    )
    ranked = (
        select(col(ScoreEventRow.record), newest).where(col(ScoreEventRow.hypothesis_id).in_(hypotheses)).subquery()
    )
    with store.reading() as transaction:
        records = transaction.execute(select(ranked.c.record).where(ranked.c.place == 1)).scalars()
        events = [ScoreEvent.from_json(record) for record in records]
    return {event.hypothesis: event for event in events}


def events(store: Store, hypothesis: str) -> list[ScoreEvent]:
    """All score events of the hypothesis, oldest first."""
    with store.reading() as transaction:
        return _events(transaction, hypothesis)


def imported_values(store: Store, hypotheses: tuple[str, ...]) -> dict[str, float]:
    """The latest imported value of each hypothesis that has one."""
    wanted = select(col(ScoreEventRow.hypothesis_id), col(ScoreEventRow.value)).where(
        col(ScoreEventRow.hypothesis_id).in_(hypotheses), col(ScoreEventRow.cause) == Cause.IMPORTED
    )
    with store.reading() as transaction:
        rows = transaction.execute(wanted.order_by(col(ScoreEventRow.id))).all()
    return {row.hypothesis_id: row.value for row in rows}


def imported(transaction: Transaction, hypothesis: str) -> ScoreEvent | None:
    """The latest imported score of the hypothesis."""
    found = [event for event in _events(transaction, hypothesis) if event.cause is Cause.IMPORTED]
    return found[-1] if found else None


def _events(transaction: Transaction, hypothesis: str) -> list[ScoreEvent]:
    wanted = select(col(ScoreEventRow.record)).where(col(ScoreEventRow.hypothesis_id) == hypothesis)
    records = transaction.execute(wanted.order_by(col(ScoreEventRow.id))).scalars()
    return [ScoreEvent.from_json(record) for record in records]
