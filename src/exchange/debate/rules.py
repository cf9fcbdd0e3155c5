"""The rules of a debate: who speaks when, who reads what first, when it ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.domain.debate import Role, Turn
from exchange.domain.format import Format
from exchange.domain.verdict import Order

ROUNDS_SPENT = "rounds spent"
_FIRST = {Order.PROPOSER_FIRST: Role.PROPOSER, Order.CRITIC_FIRST: Role.CRITIC}


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A turn to be spoken: its place in the debate, and the turn that it answers."""

    name: str
    ordinal: int
    role: Role
    round: int
    answers: int | None


def schedule(format: Format) -> tuple[Slot, ...]:
    """Proposal, critique, then a rebuttal for each of the format's rounds, the proposer's first."""
    slots = [
        Slot(name="propose", ordinal=1, role=Role.PROPOSER, round=0, answers=None),
        Slot(name="critique", ordinal=2, role=Role.CRITIC, round=0, answers=1),
    ]
    for round in range(1, format.rounds + 1):
        role = Role.PROPOSER if round % 2 else Role.CRITIC
        slots.append(Slot(name=f"rebut {round}", ordinal=round + 2, role=role, round=round, answers=round + 1))
    return tuple(slots)


def in_order(turns: Sequence[Turn], order: Order) -> list[Turn]:
    """All turns of the side that is read first, then all of the other, each side's in the order of speaking."""
    first = _FIRST[order]
    return sorted(turns, key=lambda turn: (turn.role is not first, turn.ordinal))
