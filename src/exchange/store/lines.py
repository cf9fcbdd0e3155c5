"""Lines of a list: what hypotheses may be ordered and picked by, read from columns, so that no record of all need be read."""

from typing import NamedTuple

from exchange.store import hypotheses
from exchange.store.dialects import Both
from exchange.store.engine import Transaction

# The current event is the one that `standing` finds, the parts of a record are read where a list is ordered by them.
_LINES = """
    SELECT hypothesis.id, hypothesis.title, event.state, event.value, event.low, event.composite,
        {shift}, {spread}, event.at, coalesce(event.demonstration, {no}), coalesce(event.cause = 'withdrawn', {no})
    FROM hypothesis
    LEFT JOIN score_event AS event ON event.id = (
        SELECT id FROM score_event
        WHERE hypothesis_id = hypothesis.id AND id >= coalesce((
            SELECT max(id) FROM score_event
            WHERE hypothesis_id = hypothesis.id AND cause IN ('outcome', 'withdrawn')
        ), 0)
        ORDER BY standing DESC, id DESC LIMIT 1
    )
"""
_SQLITE = "CASE WHEN :parts AND json_valid(event.record) THEN event.record ->> '$.score.{}' END"
_POSTGRES = "CASE WHEN %(parts)s THEN CAST(CAST(event.record AS json) #>> '{{score,{}}}' AS double precision) END"
_BOTH = Both(
    sqlite=_LINES.format(shift=_SQLITE.format("shift"), spread=_SQLITE.format("spread"), no="0"),
    postgres=_LINES.format(shift=_POSTGRES.format("shift"), spread=_POSTGRES.format("spread"), no="false"),
)


class Line(NamedTuple):
    """A hypothesis with what its current score is ordered by; `state` is None where there is no score.

    `shift` and `spread` are None too where the list is not ordered by them; so is `rank`, which is no column.
    """

    id: str
    title: str
    state: str | None
    value: float | None
    low: float | None
    composite: float | None
    shift: float | None
    spread: float | None
    at: str | None
    demonstration: bool
    withdrawn: bool
    rank: int | None = None


def lines(transaction: Transaction, target: str | None = None, parts: bool = False) -> list[Line]:
    """Every hypothesis, or every one with that target, whatever its case; shift and spread where `parts` are asked for."""
    found = [Line(*row) for row in transaction.exec_driver_sql(_BOTH.on(transaction), {"parts": parts})]
    if not target:
        return found
    name = target.casefold()
    having = {hypothesis for hypothesis, named, _ in hypotheses.targets(transaction) if named.casefold() == name}
    return [line for line in found if line.id in having]
