"""How a debate went: who spoke and sat, and why it ended, decided again from what was said in it."""

from collections.abc import Sequence

from exchange.debate.rules import IMPORTED, after, before, between
from exchange.debate.stopping import Course, Record, course
from exchange.domain.debate import Turn
from exchange.domain.setup import Setup
from exchange.domain.verdict import Sitting, Unscored, Verdict
from exchange.jobs.verifying.findings import Findings
from exchange.store.audit import Rows


def check(
    rows: Rows, setup: Setup, turns: Sequence[Turn], verdicts: Sequence[Verdict | Unscored], found: Findings
) -> None:
    """A finished debate has the turns and the sittings that its format allows, no other, and ended for its reason.

    Where a row cannot be read, or a turn is missing before others, nobody can say how the debate went on from there.
    """
    if setup.origin:
        _imported(rows, found)
        return
    went = _went(rows, setup, turns, verdicts)
    _spoken(rows, went, found)
    polls = [sitting for heard in went.polls for sitting in between(setup, heard)]
    sat(rows, [*before(setup), *polls, *after(setup)], went.reason, found)
    if went.reason:
        ended(rows, went.reason, found)


def _went(rows: Rows, setup: Setup, turns: Sequence[Turn], verdicts: Sequence[Verdict | Unscored]) -> Course:
    if (len(turns), len(verdicts)) != (len(rows.turns), len(rows.verdicts)):
        return Course(turns=0, polls=(), reason=None)
    unbroken = [turn for place, turn in enumerate(turns, start=1) if turn.ordinal == place]
    costs = {row.id: row.cost or 0.0 for row in rows.calls}
    return course(Record(format=setup.format, turns=unbroken, verdicts=verdicts, costs=costs))


def _imported(rows: Rows, found: Findings) -> None:
    for row in rows.calls:
        found.say(f"call {row.id} of {rows.debate.id}", "the debate is imported, so that nobody was asked.")
    ended(rows, IMPORTED, found)


def _spoken(rows: Rows, went: Course, found: Findings) -> None:
    spoken = {row.ordinal for row in rows.turns}
    for ordinal in sorted(set(range(1, went.turns + 1)) - spoken):
        found.say(f"turn {ordinal} of {rows.debate.id}", "it is missing.")
    for ordinal in sorted(each for each in spoken if went.reason and each > went.turns):
        found.say(f"turn {ordinal} of {rows.debate.id}", f"the debate was over before it: {went.reason}.")


def sat(rows: Rows, wanted: Sequence[Sitting], reason: str | None, found: Findings) -> None:
    """Every wanted sitting has its verdict; and no other, where the debate is known to have ended for that reason."""
    seen = {(row.seat, row.when, row.order, row.number) for row in rows.verdicts}
    places = {(at.seat, at.when.value, at.order.value, at.number): at.place for at in wanted}
    for key, place in places.items():
        if key not in seen:
            found.say(f"verdict {place} of {rows.debate.id}", "it is missing.")
    for seat, when, order, number in sorted(seen - places.keys(), key=str) if reason else ():
        named = f"{seat}/{when}-{number}/{order}" if number else f"{seat}/{when}/{order}"
        found.say(f"verdict {named} of {rows.debate.id}", "no such sitting belongs to the debate.")


def ended(rows: Rows, reason: str, found: Findings) -> None:
    """The debate's row says that it ended for that reason."""
    said = rows.debate.stop_reason
    if said != reason:
        found.say(
            f"debate {rows.debate.id}", f"it says that it ended for {said!r}; by its rule it ended for {reason!r}."
        )
