"""Rows as they lie in the database, unread, for those who check them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import exists, or_, select, type_coerce
from sqlalchemy.types import NullType
from sqlmodel import SQLModel, col

from exchange.errors import NotFound
from exchange.store.dialects import on_postgres, raw
from exchange.store.engine import Store, Transaction
from exchange.store.tables import CallRow, DebateRow, HypothesisRow, PageRow, ScoreEventRow, TurnRow, VerdictRow, table


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A debate's own row, and all that belong to it, each with the columns of its table.

    Calls and events have one more, `preceded`: whether theirs is the first number, or another row has the one before it.
    """

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
    with _reading(store) as transaction:
        return list(transaction.execute(wanted).scalars())


def rows(store: Store, debate: str) -> Rows:
    """Everything that is stored of the debate. Raises NotFound."""
    with _reading(store) as transaction:

        def of(row: Any, which: Any, order: Any, *more: Any) -> tuple[Any, ...]:
            return tuple(transaction.execute(select(*_plain(row), *more).where(which).order_by(order)).all())

        own = of(DebateRow, col(DebateRow.id) == debate, col(DebateRow.id))
        if not own:
            raise NotFound(f"No debate {debate} is stored.")
        return Rows(
            debate=own[0],
            calls=of(CallRow, col(CallRow.debate_id) == debate, col(CallRow.id), _preceded(CallRow)),
            turns=of(TurnRow, col(TurnRow.debate_id) == debate, col(TurnRow.ordinal)),
            verdicts=of(VerdictRow, col(VerdictRow.debate_id) == debate, col(VerdictRow.seat)),
            events=of(
                ScoreEventRow, _event_of(debate, own[0].hypothesis_id), col(ScoreEventRow.id), _preceded(ScoreEventRow)
            ),
        )


def events_without_debate(store: Store, hypothesis: str | None = None) -> tuple[Any, ...]:
    """The score events that no debate stands behind, of all hypotheses or of one."""
    wanted = select(*_plain(ScoreEventRow), _preceded(ScoreEventRow)).where(col(ScoreEventRow.debate_id).is_(None))
    if hypothesis is not None:
        wanted = wanted.where(col(ScoreEventRow.hypothesis_id) == hypothesis)
    with _reading(store) as transaction:
        return tuple(transaction.execute(wanted.order_by(col(ScoreEventRow.id))).all())


def pages(store: Store) -> tuple[Any, ...]:
    """Every page's slug, record and digest."""
    wanted = select(col(PageRow.slug), col(PageRow.record), col(PageRow.digest)).order_by(col(PageRow.slug))
    with _reading(store) as transaction:
        return tuple(transaction.execute(wanted).all())


def hypotheses(store: Store) -> tuple[Any, ...]:
    """Every hypothesis's id, title and record."""
    wanted = select(col(HypothesisRow.id), col(HypothesisRow.title), col(HypothesisRow.record))
    with _reading(store) as transaction:
        return tuple(transaction.execute(wanted.order_by(col(HypothesisRow.id))).all())


@contextmanager
def _reading(store: Store) -> Iterator[Transaction]:
    """A snapshot in which a text that is not UTF-8 any more can be read too: its row is to be named."""
    with store.reading() as transaction:
        if on_postgres(transaction):
            yield transaction
            return
        own = raw(transaction)
        own.text_factory = lambda text: text.decode(errors="backslashreplace")
        try:
            yield transaction
        finally:
            own.text_factory = str


@cache
def _plain(row: type[SQLModel]) -> tuple[Any, ...]:
    """The columns as they lie there: what is stored for a flag may be neither 0 nor 1."""
    return tuple(type_coerce(column, NullType()).label(column.name) for column in table(row).columns)


@cache
def _preceded(row: type[SQLModel]) -> Any:
    number, before = table(row).c.id, table(row).alias().c.id
    return or_(number == 1, exists().where(before == number - 1)).label("preceded")


def _event_of(debate: str, hypothesis: str) -> Any:
    """An event is the debate's if its column or its record says so."""
    recorded = col(ScoreEventRow.record).contains(f'"debate":"{debate}"')
    return or_(col(ScoreEventRow.debate_id) == debate, (col(ScoreEventRow.hypothesis_id) == hypothesis) & recorded)
