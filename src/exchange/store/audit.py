"""Rows as they lie in the database, unread, for those who check them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from exchange.errors import NotFound
from exchange.store.engine import Store
from exchange.store.tables import CallRow, DebateRow, PageRow, ScoreEventRow, TurnRow, VerdictRow, table


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A debate's own row, and all that belong to it, each with the columns of its table."""

    debate: Any
    calls: tuple[Any, ...]
    turns: tuple[Any, ...]
    verdicts: tuple[Any, ...]
    events: tuple[Any, ...]


def debate_ids(store: Store, hypothesis: str | None = None) -> list[str]:
    """The ids of all debates, or of the hypothesis's, oldest first."""
    wanted = select(col(DebateRow.id)).order_by(col(DebateRow.started_at))
    if hypothesis is not None:
        wanted = wanted.where(col(DebateRow.hypothesis_id) == hypothesis)
    with store.reading() as transaction:
        return list(transaction.execute(wanted).scalars())


def rows(store: Store, debate: str) -> Rows:
    """Everything that is stored of the debate. Raises NotFound."""
    with store.reading() as transaction:

        def of(row: Any, column: Any, order: Any) -> tuple[Any, ...]:
            return tuple(transaction.execute(select(table(row)).where(column == debate).order_by(order)).all())

        own = of(DebateRow, col(DebateRow.id), col(DebateRow.id))
        if not own:
            raise NotFound(f"No debate {debate} is stored.")
        return Rows(
            debate=own[0],
            calls=of(CallRow, col(CallRow.debate_id), col(CallRow.id)),
            turns=of(TurnRow, col(TurnRow.debate_id), col(TurnRow.ordinal)),
            verdicts=of(VerdictRow, col(VerdictRow.debate_id), col(VerdictRow.seat)),
            events=of(ScoreEventRow, col(ScoreEventRow.debate_id), col(ScoreEventRow.id)),
        )


def events_without_debate(store: Store, hypothesis: str | None = None) -> tuple[Any, ...]:
    """The score events that no debate stands behind, of all hypotheses or of one."""
    wanted = select(table(ScoreEventRow)).where(col(ScoreEventRow.debate_id).is_(None))
    if hypothesis is not None:
        wanted = wanted.where(col(ScoreEventRow.hypothesis_id) == hypothesis)
    with store.reading() as transaction:
        return tuple(transaction.execute(wanted.order_by(col(ScoreEventRow.id))).all())


def pages(store: Store) -> tuple[Any, ...]:
    """Every page's slug, record and digest."""
    wanted = select(col(PageRow.slug), col(PageRow.record), col(PageRow.digest)).order_by(col(PageRow.slug))
    with store.reading() as transaction:
        return tuple(transaction.execute(wanted).all())
