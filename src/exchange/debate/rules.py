"""The rules of a debate: who speaks when, who sits when, who reads what first, and the reasons why it ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exchange.domain.debate import Role, Turn
from exchange.domain.format import Format
from exchange.domain.setup import Setup
from exchange.domain.verdict import Order, Sitting, When

NOTHING_NEW = "nothing new said"
VERDICT_STABLE = "verdict stable"
STABLE_DISAGREEMENT = "stable disagreement"
ROUNDS_SPENT = "rounds spent"
MONEY_SPENT = "money spent"
HEARD_AGAIN = "stored turns heard again"
"""Nobody spoke: judges heard the turns of an earlier debate."""
IMPORTED = "imported"
"""The debate was held elsewhere, by whatever rule."""

BOTH_HEARD = 2
"""Turns that every debate has: the proposal and the critique."""
_FIRST = {Order.PROPOSER_FIRST: Role.PROPOSER, Order.CRITIC_FIRST: Role.CRITIC}


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A turn to be spoken: its place in the debate, and the turn that it answers."""

    ordinal: int
    role: Role
    round: int
    answers: int | None


def schedule(format: Format) -> tuple[Slot, ...]:
    """Proposal, critique, then a rebuttal for each of the format's rounds, the proposer's first."""
    slots = [
        Slot(ordinal=1, role=Role.PROPOSER, round=0, answers=None),
        Slot(ordinal=2, role=Role.CRITIC, round=0, answers=1),
    ]
    for round in range(1, format.rounds + 1):
        role = Role.PROPOSER if round % 2 else Role.CRITIC
        slots.append(Slot(ordinal=round + BOTH_HEARD, role=role, round=round, answers=round + 1))
    return tuple(slots)


def in_order(turns: Sequence[Turn], order: Order) -> list[Turn]:
    """All turns of the side that is read first, then all of the other, each side's in the order of speaking."""
    first = _FIRST[order]
    return sorted(turns, key=lambda turn: (turn.role is not first, turn.ordinal))


def before(setup: Setup) -> list[Sitting]:
    """The sittings before the debate, the priors first: with a baseline, as many of each judge as there are finals.

    One more than the prior there is at least, or nothing would tell the baseline from the priors.
    """
    more = max(1, len(setup.format.judging.orders) - 1) if setup.baseline else 0
    priors = _each(setup, When.PRIOR, [(Order.BLIND, 0)])
    return priors + _each(setup, When.BASELINE, [(Order.BLIND, number) for number in range(1, more + 1)])


def between(setup: Setup, heard: int) -> list[Sitting]:
    """The sittings after so many turns, where the format asks for a poll and another turn may follow."""
    if not setup.format.stop.poll or not BOTH_HEARD <= heard < len(schedule(setup.format)):
        return []
    return _each(setup, When.INTERIM, [(Order.PROPOSER_FIRST, heard)])


def after(setup: Setup) -> list[Sitting]:
    """The sittings after the debate."""
    return _each(setup, When.FINAL, [(order, 0) for order in setup.format.judging.orders])


def _each(setup: Setup, when: When, orders: Iterable[tuple[Order, int]]) -> list[Sitting]:
    wanted = list(orders)
    return [
        Sitting(seat=seat.name, model=seat.model, when=when, order=order, number=number)
        for seat in setup.judges
        for order, number in wanted
    ]
