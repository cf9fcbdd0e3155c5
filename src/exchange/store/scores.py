"""Score events: appended, never changed; the current score is a query over them."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import bindparam, func, insert, select, text
from sqlmodel import col

from exchange.domain.event import HIGHEST_STANDING, Cause, ScoreEvent
from exchange.domain.identity import digest
from exchange.store.engine import Store, Transaction
from exchange.store.records import read
from exchange.store.tables import DebateRow, ScoreEventRow, table

# As the index of outcomes has it, or SQLite would not use that.
_OUTCOME = "cause IN ('outcome', 'withdrawn')"

# Put together once, for every debate executes them.
_NEW = insert(table(ScoreEventRow))
_DEBATED = select(col(DebateRow.hypothesis_id)).where(col(DebateRow.id) == bindparam("debate"))
_OF_ONE = (
    select(col(ScoreEventRow.id), col(ScoreEventRow.record), col(ScoreEventRow.digest))
    .where(col(ScoreEventRow.hypothesis_id) == bindparam("hypothesis"))
    .order_by(col(ScoreEventRow.id))
)


def append(transaction: Transaction, event: ScoreEvent) -> None:
    """Appends the event."""
    transaction.execute(_NEW, values(event))


def values(event: ScoreEvent) -> dict[str, object]:
    """The row that the event is stored as, but for its number."""
    record, score = event.to_json(), event.score
    return dict(
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
        record=record,
        digest=digest(record),
        at=event.at,
    )


def current(store: Store, hypotheses: tuple[str, ...] | None = None) -> dict[str, ScoreEvent]:
    """The current score of each of these hypotheses, or of all, as `exchange.domain.event.current` has it."""
    newest = (
        func.row_number()
        .over(
            partition_by=col(ScoreEventRow.hypothesis_id),
            order_by=(col(ScoreEventRow.standing).desc(), col(ScoreEventRow.id).desc()),
        )
        .label("place")
    )
    events = select(col(ScoreEventRow.record), col(ScoreEventRow.digest), newest).where(counts())
    ranked = _of(events, hypotheses).subquery()
    with store.reading() as transaction:
        rows = transaction.execute(select(ranked.c.record, ranked.c.digest).where(ranked.c.place == 1)).all()
    found = [read(ScoreEvent, row.record, "A score event", row.digest) for row in rows]
    return {event.hypothesis: event for event in found}


def counts() -> Any:
    """The condition that an event is not older than its hypothesis's latest outcome."""
    said = table(ScoreEventRow).alias("said")
    latest = select(func.coalesce(func.max(said.c.id), 0)).where(
        said.c.hypothesis_id == col(ScoreEventRow.hypothesis_id), text(f"said.{_OUTCOME}")
    )
    return col(ScoreEventRow.id) >= latest.correlate(table(ScoreEventRow)).scalar_subquery()


def append_after(
    store: Store, hypothesis: str, made: Callable[[Sequence[ScoreEvent]], ScoreEvent | None]
) -> ScoreEvent | None:
    """Appends what is made of the hypothesis's events so far, oldest first, and returns it; None where nothing is."""
    with store.writing() as transaction:
        event = made(_events(transaction, hypothesis))
        if event is not None:
            append(transaction, event)
    return event


def events(store: Store, hypothesis: str) -> list[ScoreEvent]:
    """All score events of the hypothesis, oldest first."""
    with store.reading() as transaction:
        return _events(transaction, hypothesis)


def numbered(store: Store, hypothesis: str) -> list[tuple[int, ScoreEvent]]:
    """All score events of the hypothesis with their numbers, oldest first. Raises BrokenDigest."""
    with store.reading() as transaction:
        return _numbered(transaction, hypothesis)


def of_debated(transaction: Transaction, debate: str) -> list[ScoreEvent]:
    """All score events of the hypothesis that the debate is about, oldest first."""
    return _events(transaction, transaction.execute(_DEBATED, dict(debate=debate)).scalar_one())


def imported_values(store: Store, hypotheses: tuple[str, ...] | None = None) -> dict[str, list[tuple[str, float]]]:
    """When each of these hypotheses, or of all, was given an imported value, and which; oldest first."""
    wanted = select(col(ScoreEventRow.hypothesis_id), col(ScoreEventRow.at), col(ScoreEventRow.value)).where(
        col(ScoreEventRow.cause) == Cause.IMPORTED
    )
    with store.reading() as transaction:
        rows = transaction.execute(_of(wanted, hypotheses).order_by(col(ScoreEventRow.id))).all()
    found: dict[str, list[tuple[str, float]]] = {}
    for row in rows:
        found.setdefault(row.hypothesis_id, []).append((row.at, row.value))
    return found


def outcomes(store: Store, hypotheses: tuple[str, ...] | None = None) -> dict[str, ScoreEvent]:
    """The latest event of each of these hypotheses, or of all, that says what became of it in the world."""
    wanted = select(col(ScoreEventRow.record), col(ScoreEventRow.digest)).where(text(_OUTCOME))
    with store.reading() as transaction:
        rows = transaction.execute(_of(wanted, hypotheses).order_by(col(ScoreEventRow.id))).all()
    found = [read(ScoreEvent, row.record, "A score event", row.digest) for row in rows]
    return {event.hypothesis: event for event in found}


def ranked_values(store: Store) -> dict[str, float]:
    """Hypothesis -> the value of its current score, of all that a full debate gave a number here and that stand.

    Demonstrations, imported scores and withdrawn hypotheses are not among them. No record is read.
    """
    latest = select(func.max(col(ScoreEventRow.id)).label("id")).where(col(ScoreEventRow.standing) == HIGHEST_STANDING)
    current = latest.group_by(col(ScoreEventRow.hypothesis_id)).subquery()
    values = select(col(ScoreEventRow.hypothesis_id), col(ScoreEventRow.value)).join(
        current, current.c.id == col(ScoreEventRow.id)
    )
    standing = values.where(col(ScoreEventRow.value).is_not(None), col(ScoreEventRow.cause) != Cause.WITHDRAWN)
    with store.reading() as transaction:
        return {row.hypothesis_id: row.value for row in transaction.execute(standing)}


def imported(transaction: Transaction, hypothesis: str, origin: str) -> ScoreEvent | None:
    """The latest score of the hypothesis that was imported from there."""
    found = [
        each for each in _events(transaction, hypothesis) if each.cause is Cause.IMPORTED and each.origin == origin
    ]
    return found[-1] if found else None


def _of(wanted: Any, hypotheses: tuple[str, ...] | None) -> Any:
    return wanted if hypotheses is None else wanted.where(col(ScoreEventRow.hypothesis_id).in_(hypotheses))


def _events(transaction: Transaction, hypothesis: str) -> list[ScoreEvent]:
    return [event for _, event in _numbered(transaction, hypothesis)]


def _numbered(transaction: Transaction, hypothesis: str) -> list[tuple[int, ScoreEvent]]:
    rows = transaction.execute(_OF_ONE, dict(hypothesis=hypothesis)).all()
    return [(row.id, read(ScoreEvent, row.record, f"A score event of {hypothesis}", row.digest)) for row in rows]
