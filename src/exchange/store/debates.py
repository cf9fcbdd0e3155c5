"""Debates, their turns and verdicts, in and out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, insert, select, update
from sqlmodel import col

from exchange.domain.debate import Turn
from exchange.domain.event import ScoreEvent
from exchange.domain.identity import digest, new_debate_id
from exchange.domain.setup import Setup
from exchange.domain.verdict import Unscored, Verdict, When
from exchange.errors import Conflict, NotFound
from exchange.store import scores
from exchange.store.clock import later, now
from exchange.store.engine import Store, Transaction
from exchange.store.leases import Lease, fence
from exchange.store.owners import Owner, read_owner
from exchange.store.records import read
from exchange.store.tables import DebateRow, ScoreEventRow, TurnRow, VerdictRow, table

# Put together once: to make a statement takes longer than to execute it.
_TURN = select(col(TurnRow.record)).where(
    col(TurnRow.debate_id) == bindparam("debate"), col(TurnRow.ordinal) == bindparam("turn")
)
_NEW_TURN = insert(table(TurnRow))
_NEW_DEBATE = insert(table(DebateRow))
_NEW_VERDICT = insert(table(VerdictRow))
_DEBATE = select(table(DebateRow)).where(col(DebateRow.id) == bindparam("debate"))
_OPEN = select(table(DebateRow)).where(
    col(DebateRow.hypothesis_id) == bindparam("hypothesis"), col(DebateRow.state) == "open"
)
_ENDED = (
    select(col(DebateRow.id))
    .join(ScoreEventRow, col(ScoreEventRow.debate_id) == col(DebateRow.id))
    .where(col(DebateRow.hypothesis_id) == bindparam("hypothesis"), col(DebateRow.ended_at) >= bindparam("asked"))
    .order_by(col(DebateRow.ended_at).desc())
    .limit(1)
)
_ENDED_SO = _ENDED.where(col(DebateRow.digest) == bindparam("setup"))
_END = (
    update(table(DebateRow))
    .where(col(DebateRow.id) == bindparam("debate"), col(DebateRow.state) == "open")
    .values(
        state=bindparam("end"),
        stop_reason=bindparam("reason"),
        ended_at=bindparam("at"),
        leased_until=None,
        parked_until=None,
    )
)

# How the reason begins for which a debate was ended without a score.
SET_ASIDE = "set aside"


@dataclass(frozen=True, kw_only=True)
class StoredDebate:
    """A debate's own row; `state` is open, finished or failed."""

    id: str
    hypothesis: str
    state: str
    stop_reason: str | None
    setup: Setup
    started_at: str
    ended_at: str | None
    owner: Owner | None
    leased_until: str | None
    parked_until: str | None


def open_debate(store: Store, hypothesis: str) -> StoredDebate | None:
    """The hypothesis's unfinished debate, if there is one."""
    with store.reading() as transaction:
        row = transaction.execute(_OPEN, dict(hypothesis=hypothesis)).one_or_none()
    return _debate(row) if row else None


def begin(store: Store, hypothesis: str, setup: Setup, owner: Owner, seconds: float, asked: str | None = None) -> Lease:
    """Opens a new debate and leases it for so many seconds.

    Raises Conflict where the hypothesis has an open one, or one with the same setup that ended after `asked`, a time.
    """
    lease, record = Lease(debate=new_debate_id(), epoch=1), setup.to_json()
    values = dict(
        id=lease.debate,
        hypothesis_id=hypothesis,
        state="open",
        record=record,
        digest=digest(record),
        started_at=now(),
        owner=owner.to_json(),
        epoch=lease.epoch,
        leased_until=later(seconds),
    )
    with store.writing() as transaction:
        if asked is not None and (other := _ended_since(transaction, hypothesis, setup, asked)):
            raise Conflict(f"The same debate, {other}, has ended meanwhile.")
        transaction.execute(_NEW_DEBATE, values)
    return lease


def ended_since(store: Store, hypothesis: str, setup: Setup | None, asked: str) -> str | None:
    """The debate of the hypothesis, with that setup or with any, that gave a score event after `asked`, a time."""
    with store.reading() as transaction:
        return _ended_since(transaction, hypothesis, setup, asked)


def _ended_since(transaction: Transaction, hypothesis: str, setup: Setup | None, asked: str) -> str | None:
    wanted = dict(hypothesis=hypothesis, asked=asked)
    if setup is None:
        return transaction.execute(_ENDED, wanted).scalar_one_or_none()
    return transaction.execute(_ENDED_SO, wanted | dict(setup=digest(setup.to_json()))).scalar_one_or_none()


def set_aside(store: Store, lease: Lease, reason: str) -> None:
    """Ends an open debate without a score; `reason` says what for."""
    with store.writing() as transaction:
        _end(transaction, lease, "failed", f"{SET_ASIDE} {reason}")


def add_turn(store: Store, lease: Lease, turn: Turn) -> None:
    """Appends a turn; the same turn again (after a resumption) is left as it is. Raises Conflict for another one."""
    record = turn.to_json()
    with store.writing() as transaction:
        fence(transaction, lease)
        before = transaction.execute(_TURN, dict(debate=lease.debate, turn=turn.ordinal)).scalar_one_or_none()
        if before == record:
            return
        if before is not None:
            raise Conflict(f"Turn {turn.ordinal} of {lease.debate} is stored already, with other words.")
        transaction.execute(_NEW_TURN, _turn_values(lease.debate, turn))


def finish(
    store: Store,
    lease: Lease,
    stop_reason: str,
    verdicts: tuple[Verdict | Unscored, ...],
    event: Callable[[Sequence[ScoreEvent]], ScoreEvent],
) -> ScoreEvent:
    """Stores all verdicts, the score event and the debate's end, together or not at all; returns the event.

    `event` makes it, from the hypothesis's events so far, oldest first.
    """
    with store.writing() as transaction:
        transaction.execute(_NEW_VERDICT, [_verdict_values(lease.debate, verdict) for verdict in verdicts])
        made = event(scores.of_debated(transaction, lease.debate))
        scores.append(transaction, made)
        _end(transaction, lease, "finished", stop_reason)
    return made


def fail(store: Store, lease: Lease, stop_reason: str, event: Callable[[Sequence[ScoreEvent]], ScoreEvent]) -> None:
    """Stores that the debate could not be held: an event with the state failed, which displaces no score."""
    with store.writing() as transaction:
        scores.append(transaction, event(scores.of_debated(transaction, lease.debate)))
        _end(transaction, lease, "failed", stop_reason)


def add_finished(
    transaction: Transaction,
    setup: Setup,
    turns: Sequence[Turn],
    verdicts: Sequence[Verdict | Unscored],
    stop_reason: str,
    event: Callable[[str], ScoreEvent],
) -> str:
    """Stores a debate that was held elsewhere, with the score event that `event` makes for its id; returns the id."""
    name, at, record = new_debate_id(), now(), setup.to_json()
    values = dict(id=name, hypothesis_id=setup.brief.hypothesis, state="finished", stop_reason=stop_reason)
    transaction.execute(
        insert(DebateRow).values(**values, record=record, digest=digest(record), started_at=at, ended_at=at)
    )
    if turns:
        transaction.execute(insert(TurnRow), [_turn_values(name, turn) for turn in turns])
    if verdicts:
        transaction.execute(insert(VerdictRow), [_verdict_values(name, verdict) for verdict in verdicts])
    scores.append(transaction, event(name))
    return name


def held(
    transaction: Transaction,
    hypothesis: str,
    setup: Setup,
    turns: Sequence[Turn],
    verdicts: Sequence[Verdict | Unscored],
) -> bool:
    """Is a debate of the hypothesis stored with just these records?"""
    same = select(col(DebateRow.id)).where(
        col(DebateRow.hypothesis_id) == hypothesis, col(DebateRow.digest) == digest(setup.to_json())
    )
    wanted = sorted(each.to_json() for each in (*turns, *verdicts))
    for name in transaction.execute(same).scalars().all():
        records = [
            record
            for row in (TurnRow, VerdictRow)
            for record in transaction.execute(select(col(row.record)).where(col(row.debate_id) == name)).scalars()
        ]
        if sorted(records) == wanted:
            return True
    return False


def debate(store: Store, name: str) -> StoredDebate:
    """The debate with that id. Raises NotFound."""
    with store.reading() as transaction:
        row = transaction.execute(_DEBATE, dict(debate=name)).one_or_none()
    if row is None:
        raise NotFound(f"No debate {name} is stored.")
    return _debate(row)


def setups(store: Store, names: Sequence[str]) -> dict[str, Setup]:
    """What each of these debates was held with, as far as they are stored. Raises BrokenDigest."""
    wanted = select(col(DebateRow.id), col(DebateRow.record), col(DebateRow.digest)).where(col(DebateRow.id).in_(names))
    with store.reading() as transaction:
        rows = transaction.execute(wanted).all()
    return {row.id: read(Setup, row.record, f"The setup of {row.id}", row.digest) for row in rows}


def latest(store: Store, hypothesis: str) -> StoredDebate | None:
    """The debate of the hypothesis that began last, if there is one."""
    wanted = select(table(DebateRow)).where(col(DebateRow.hypothesis_id) == hypothesis)
    with store.reading() as transaction:
        row = transaction.execute(wanted.order_by(col(DebateRow.started_at).desc()).limit(1)).one_or_none()
    return _debate(row) if row else None


def unfinished(store: Store) -> list[tuple[str, str]]:
    """The ids of all open debates with those of their hypotheses, oldest first."""
    wanted = select(col(DebateRow.id), col(DebateRow.hypothesis_id)).where(col(DebateRow.state) == "open")
    with store.reading() as transaction:
        return [(row.id, row.hypothesis_id) for row in transaction.execute(wanted.order_by(col(DebateRow.started_at)))]


def turns(store: Store, name: str) -> tuple[Turn, ...]:
    """The debate's turns, in their order. Raises BrokenDigest."""
    wanted = select(col(TurnRow.record), col(TurnRow.digest)).where(col(TurnRow.debate_id) == name)
    with store.reading() as transaction:
        rows = transaction.execute(wanted.order_by(col(TurnRow.ordinal))).all()
    return tuple(read(Turn, row.record, f"A turn of {name}", row.digest) for row in rows)


def verdicts(store: Store, name: str) -> tuple[Verdict | Unscored, ...]:
    """The debate's verdicts in the order in which judges sat, and then judge by judge. Raises BrokenDigest."""
    wanted = select(col(VerdictRow.record), col(VerdictRow.digest), col(VerdictRow.unscored)).where(
        col(VerdictRow.debate_id) == name
    )
    when = case({each.value: place for place, each in enumerate(When)}, value=col(VerdictRow.when))
    order = (when, col(VerdictRow.number), col(VerdictRow.seat), col(VerdictRow.order).desc())
    with store.reading() as transaction:
        rows = transaction.execute(wanted.order_by(*order)).all()
    return tuple(_verdict(name, row) for row in rows)


def _end(transaction: Transaction, lease: Lease, state: str, reason: str) -> None:
    fence(transaction, lease)
    values = dict(debate=lease.debate, end=state, reason=reason, at=now())
    if transaction.execute(_END, values).rowcount != 1:
        raise Conflict(f"The debate {lease.debate} has ended already.")


def _turn_values(name: str, turn: Turn) -> dict[str, object]:
    record = turn.to_json()
    values = dict(debate_id=name, ordinal=turn.ordinal, role=turn.role, model=turn.model, call_id=turn.call)
    return dict(**values, record=record, digest=digest(record))


def _verdict_values(name: str, verdict: Verdict | Unscored) -> dict[str, object]:
    record, sitting = verdict.to_json(), verdict.sitting
    return dict(
        debate_id=name,
        seat=sitting.seat,
        when=sitting.when,
        order=sitting.order,
        number=sitting.number,
        model=sitting.model,
        credence=verdict.credence if isinstance(verdict, Verdict) else None,
        unscored=verdict.reason if isinstance(verdict, Unscored) else None,
        call_id=verdict.call if isinstance(verdict, Verdict) else None,
        record=record,
        digest=digest(record),
    )


def _verdict(name: str, row: Any) -> Verdict | Unscored:
    kind: type[Verdict | Unscored] = Verdict if row.unscored is None else Unscored
    return read(kind, row.record, f"A verdict of {name}", row.digest)


def _debate(row: Any) -> StoredDebate:
    return StoredDebate(
        id=row.id,
        hypothesis=row.hypothesis_id,
        state=row.state,
        stop_reason=row.stop_reason,
        setup=read(Setup, row.record, f"The setup of {row.id}", row.digest),
        started_at=row.started_at,
        ended_at=row.ended_at,
        owner=read_owner(row.owner),
        leased_until=row.leased_until,
        parked_until=row.parked_until,
    )
