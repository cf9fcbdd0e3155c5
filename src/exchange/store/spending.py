"""What calls came to, and which of a debate's are answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlmodel import col

from exchange.domain.verdict import When
from exchange.store import clock
from exchange.store.engine import Store
from exchange.store.ledger import COUNTED
from exchange.store.tables import CallRow


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What a debate's calls came to, in US dollars.

    `cost` is what is known, `at_most` counts each call of unknown cost with the most that it may have cost; `unpriced`
    counts the calls of which not even that is known. `failed` calls cost nothing; of `unknown` ones nobody can say.
    """

    calls: int
    failed: int
    unknown: int
    input_tokens: int
    output_tokens: int
    cost: float
    at_most: float
    unpriced: int


def answered(store: Store, name: str) -> frozenset[str]:
    """The places of the debate (as in `judge-1/prior/blind`) that the ledger has an answer for."""
    wanted = select(col(CallRow.place)).where(
        col(CallRow.debate_id) == name, col(CallRow.state).in_(("answered", "late"))
    )
    with store.reading() as transaction:
        return frozenset(transaction.execute(wanted).scalars())


def usual_output(store: Store) -> dict[tuple[str, str], float]:
    """Model and role -> the mean number of tokens of its replies so far."""
    wanted = select(col(CallRow.model), col(CallRow.role), func.avg(col(CallRow.output_tokens)).label("tokens")).where(
        col(CallRow.output_tokens).is_not(None)
    )
    with store.reading() as transaction:
        rows = transaction.execute(wanted.group_by(col(CallRow.model), col(CallRow.role)))
        return {(row.model, row.role): float(row.tokens) for row in rows}


def spent(store: Store, name: str, only: Sequence[When] = (), but: Sequence[When] = ()) -> Spent:
    """What the debate's calls came to so far: all, `only` those of such sittings, or all `but` those of such sittings."""
    sums = select(
        func.count(),
        _count(col(CallRow.state) == "failed"),
        _count(col(CallRow.state).in_(("unknown", "open"))),
        func.coalesce(func.sum(col(CallRow.input_tokens)), 0),
        func.coalesce(func.sum(col(CallRow.output_tokens)), 0),
        func.coalesce(func.sum(col(CallRow.cost)), 0.0),
        func.coalesce(func.sum(COUNTED), 0.0),
        _count(col(CallRow.cost).is_(None) & col(CallRow.worst).is_(None)),
    ).where(col(CallRow.debate_id) == name)
    if only:
        sums = sums.where(or_(*map(_sat, only)))
    for each in but:
        sums = sums.where(col(CallRow.sitting).is_(None) | ~_sat(each))
    with store.reading() as transaction:
        calls, failed, unknown, inputs, outputs, cost, at_most, unpriced = transaction.execute(sums).one()
    return Spent(
        calls=calls,
        failed=failed,
        unknown=unknown,
        input_tokens=inputs,
        output_tokens=outputs,
        cost=round(cost, 9),
        at_most=round(at_most, 9),
        unpriced=unpriced,
    )


def usual_seconds(store: Store, last: int = 2_000) -> dict[str, float]:
    """Model -> how many seconds its calls took on the average, of the last so many that were answered."""
    wanted = select(col(CallRow.model), col(CallRow.opened_at), col(CallRow.closed_at))
    answered = wanted.where(col(CallRow.state) == "answered").order_by(col(CallRow.id).desc()).limit(last)
    took: dict[str, list[float]] = {}
    with store.reading() as transaction:
        for model, opened, closed in transaction.execute(answered):
            took.setdefault(model, []).append(clock.between(opened, closed or opened))
    return {model: sum(seconds) / len(seconds) for model, seconds in took.items()}


def _sat(when: When) -> Any:
    return col(CallRow.sitting).startswith(when.value)


def _count(which: Any) -> Any:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)
