"""Current scores with all that they were computed from, span by span, and new ones in their place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import BindParameter, bindparam, func, insert, select
from sqlmodel import col

from exchange.domain.event import SAID_OF_THE_WORLD, Cause, standing
from exchange.domain.identity import digest
from exchange.domain.noun import Noun
from exchange.domain.score import State
from exchange.domain.setup import Setup
from exchange.store.engine import Store, Transaction
from exchange.store.records import fields, read
from exchange.store.tables import DebateRow, ScoreEventRow, TurnRow, VerdictRow

_CHUNK = 500
Record = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stood:
    """A current score that a debate stands behind: its number, its record, and the debate's rows as they lie there.

    `verdicts` are debate, seat, model, when, order, record and digest; `turns`, debate, record and digest, are there only
    for a score that does not count what can be checked of them.
    """

    number: int
    event: Record
    verdicts: Sequence[Any]
    turns: Sequence[Any]


# Statements are made once: what a chunk asks for is bound to them.
_AFTER: BindParameter[str] = bindparam("after")
_LAST: BindParameter[str] = bindparam("last")
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_EVENT_OF = col(ScoreEventRow.hypothesis_id)
_NAMES = select(_EVENT_OF).where(_EVENT_OF > _AFTER).distinct().order_by(_EVENT_OF).limit(_CHUNK)
_STANDINGS = (
    select(_EVENT_OF, col(ScoreEventRow.id), col(ScoreEventRow.standing), col(ScoreEventRow.cause))
    .where(_EVENT_OF.between(_AFTER, _LAST))
    .order_by(_EVENT_OF, col(ScoreEventRow.id))
)
_EVENTS = (
    select(col(ScoreEventRow.debate_id), col(ScoreEventRow.id), col(ScoreEventRow.record), col(ScoreEventRow.digest))
    .where(col(ScoreEventRow.id).in_(_WANTED), col(ScoreEventRow.debate_id).is_not(None))
    .order_by(_EVENT_OF)
)


def _of_debates(row: Any, debate: Any, *columns: str) -> Any:
    return select(debate, *(getattr(row, name) for name in (*columns, "record", "digest"))).where(debate.in_(_WANTED))


_VERDICTS = _of_debates(VerdictRow, VerdictRow.debate_id, "seat", "model", "when", "order")
_TURNS = _of_debates(TurnRow, TurnRow.debate_id)


def spans(store: Store) -> Iterator[tuple[str, str]]:
    """The ids of all hypotheses that have a score, in their order, so many at a time: the first and last of each."""
    after = ""
    while True:
        with store.reading() as transaction:
            names = transaction.execute(_NAMES, {"after": after}).scalars().all()
        if not names:
            return
        yield names[0], names[-1]
        after = names[-1]


def count(store: Store) -> int:
    """How many hypotheses have a score event."""
    with store.reading() as transaction:
        return transaction.execute(select(func.count(_EVENT_OF.distinct()))).scalar_one()


def stood(store: Store, first: str, last: str) -> list[Stood]:
    """Those of the span, in the order of the hypotheses' ids. Raises BrokenDigest."""
    with store.reading() as transaction:
        return _stood(transaction, first, last)


def setup(store: Store, debate: str) -> Setup:
    """What the debate was begun with. Raises BrokenDigest."""
    wanted = select(col(DebateRow.record), col(DebateRow.digest)).where(col(DebateRow.id) == debate)
    with store.reading() as transaction:
        record, expected = transaction.execute(wanted).one()
    return read(Setup, record, f"The setup of {debate}", expected)


def append(store: Store, rows: Sequence[tuple[int, Record]]) -> int:
    """Appends each row, as `row` made it, unless another event than the numbered one is current meanwhile.

    Returns how many were appended.
    """
    if not rows:
        return 0
    names = [row["hypothesis_id"] for _, row in rows]
    with store.writing() as transaction:
        current = set(_current(transaction, min(names), max(names)).values())
        wanted = [row for number, row in rows if number in current]
        if wanted:
            transaction.execute(insert(ScoreEventRow), wanted)
    return len(wanted)


def row(event: Record) -> Record:
    """The row that such an event, the fields of a ScoreEvent, is stored as."""
    score = event["score"]
    record = orjson.dumps(event, default=_noun).decode()
    return dict(
        hypothesis_id=event["hypothesis"],
        debate_id=event["debate"],
        cause=event["cause"],
        state=score["state"],
        value=score.get("value"),
        low=score.get("low"),
        high=score.get("high"),
        composite=score.get("composite"),
        standing=_standing(event),
        demonstration=event["demonstration"],
        policy=score["policy"],
        record=record,
        digest=digest(record),
        at=event["at"],
    )


def _standing(event: Record) -> int:
    score = event["score"]
    return standing(
        Cause(event["cause"]),
        State(score["state"]),
        score.get("value") is not None,
        event["debate"] is not None,
        event["origin"] is not None,
        event["demonstration"],
        event["full_format"],
    )


def _noun(noun: Noun) -> Record:
    return noun.model_dump(mode="json")


def _current(transaction: Transaction, first: str, last: str) -> dict[str, int]:
    """Hypothesis -> the number of its current event, of those in the range, by the rule of `domain.event.current`."""
    best: dict[str, tuple[int, int]] = {}
    for name, number, stands, cause in transaction.execute(_STANDINGS, {"after": first, "last": last}).all():
        if cause in SAID_OF_THE_WORLD or stands >= best.get(name, (0, 0))[0]:
            best[name] = (stands, number)
    return {name: number for name, (_, number) in best.items()}


def current_numbers(transaction: Transaction, first: str, last: str) -> dict[str, int]:
    """Hypothesis -> the number of its current event, of those from the first id to the last."""
    return _current(transaction, first, last)


def _stood(transaction: Transaction, first: str, last: str) -> list[Stood]:
    current = list(_current(transaction, first, last).values())
    events: dict[str, tuple[int, Record]] = {
        debate: (number, fields(record, f"The score of {debate}", expected))
        for debate, number, record, expected in transaction.execute(_EVENTS, {"wanted": current}).all()
        if debate
    }
    verdicts = _by_debate(transaction, _VERDICTS, list(events))
    turns = _by_debate(transaction, _TURNS, [name for name in events if not events[name][1]["score"].get("conduct")])
    return [
        Stood(
            number=number,
            event=event,
            verdicts=verdicts.get(debate, ()),
            turns=turns.get(debate, ()),
        )
        for debate, (number, event) in events.items()
    ]


def _by_debate(transaction: Transaction, wanted: Any, debates: Sequence[str]) -> dict[str, list[Any]]:
    """Debate -> its rows."""
    found: dict[str, list[Any]] = {name: [] for name in debates}
    if debates:
        for row in transaction.execute(wanted, {"wanted": debates}).all():
            found[row[0]].append(row)
    return found
