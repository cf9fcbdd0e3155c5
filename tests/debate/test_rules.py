"""Who speaks when, who reads what first."""

import pytest

from exchange.config import format_named
from exchange.debate.rules import in_order, schedule
from exchange.domain.debate import Role
from exchange.domain.format import Format
from exchange.domain.verdict import Order
from tests.builders import turn

TURNS = [
    turn(1, Role.PROPOSER),
    turn(2, Role.CRITIC),
    turn(3, Role.PROPOSER),
    turn(4, Role.CRITIC),
]


def rounds(number: int) -> Format:
    return format_named("quick").model_copy(update={"rounds": number})


@pytest.mark.parametrize(
    ("number", "spoken"),
    [(0, [0, 0]), (1, [0, 0, 1]), (3, [0, 0, 1, 2, 3])],
)
def test_proposal_and_critique_are_followed_by_the_rebuttals_of_the_format(number: int, spoken: list[int]) -> None:
    assert spoken == [slot.round for slot in schedule(rounds(number))]


def test_the_sides_speak_in_turn() -> None:
    roles = [slot.role for slot in schedule(rounds(4))]

    assert roles == [Role.PROPOSER, Role.CRITIC] * 3


def test_each_turn_answers_the_one_before_it() -> None:
    answered = [(slot.ordinal, slot.answers) for slot in schedule(rounds(2))]

    assert answered == [(1, None), (2, 1), (3, 2), (4, 3)]


@pytest.mark.parametrize(
    ("order", "ordinals"), [(Order.PROPOSER_FIRST, [1, 3, 2, 4]), (Order.CRITIC_FIRST, [2, 4, 1, 3])]
)
def test_a_judge_reads_one_side_after_the_other(order: Order, ordinals: list[int]) -> None:
    assert ordinals == [each.ordinal for each in in_order(TURNS, order)]


@pytest.mark.parametrize("order", [Order.PROPOSER_FIRST, Order.CRITIC_FIRST])
def test_the_reading_order_does_not_depend_on_the_order_of_arrival(order: Order) -> None:
    assert in_order(TURNS, order) == in_order(TURNS[::-1], order)
