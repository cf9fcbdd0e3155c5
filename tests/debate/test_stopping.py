"""When a debate is over, and why."""

from typing import Any

import pytest

from exchange.config import format_named
from exchange.debate.rules import (
    MONEY_SPENT,
    NOTHING_NEW,
    ROUNDS_SPENT,
    STABLE_DISAGREEMENT,
    VERDICT_STABLE,
)
from exchange.debate.stopping import Course, Record, course, ended, spent
from exchange.domain.debate import Role, Turn
from exchange.domain.format import Format, Stop
from exchange.domain.verdict import Order, Unscored, Verdict, When
from tests.builders import sitting, turn, verdict

Polls = dict[int, tuple[int | None, ...]]
# Turn n rests on call 10 n; a poll after turn n on calls 10 n + 1 and those after it.
TEN = 10


def shape(rounds: int = 6, quorum: int = 2, **stop: Any) -> Format:
    return format_named("quick").model_copy(update={"rounds": rounds, "quorum": quorum, "stop": Stop(**stop)})


def turns(number: int, repeating: bool = False) -> list[Turn]:
    return [
        turn(at, Role.PROPOSER if at % 2 else Role.CRITIC, "As before." if repeating else f"Point {at}.").model_copy(
            update={"call": TEN * at}
        )
        for at in range(1, number + 1)
    ]


def polled(polls: Polls, when: When = When.INTERIM) -> list[Verdict | Unscored]:
    """What each judge said in each poll, None for what could not be read; the poll 0 is the priors."""
    given: list[Verdict | Unscored] = []
    for number, credences in polls.items():
        for seat, credence in enumerate(credences, start=1):
            order = Order.PROPOSER_FIRST if number else Order.BLIND
            at = sitting(f"judge-{seat}", when if number else When.PRIOR, order)
            at = at.model_copy(update={"number": number})
            said = verdict(at, credence or 0).model_copy(update={"call": TEN * number + seat})
            given.append(Unscored(sitting=at, reason="unreadable") if credence is None else said)
    return given


def record(format: Format, spoken: list[Turn], polls: Polls | None = None, cost: float = 0.0) -> Record:
    """Each call cost so much."""
    return Record(format=format, turns=spoken, verdicts=polled(polls or {}), costs=dict.fromkeys(range(200), cost))


def reason(polls: Polls, heard: int, spoken: int | None = None, **stop: Any) -> str | None:
    return ended(record(shape(poll=True, **stop), turns(spoken or heard), polls), heard, polled=True)


def test_without_a_rule_a_debate_goes_on_until_its_rounds_are_spent() -> None:
    found = [ended(record(shape(rounds=2), turns(4, repeating=True)), heard, polled=False) for heard in (1, 2, 3, 4)]

    assert found == [None, None, None, ROUNDS_SPENT]


def test_a_rebuttal_that_says_nothing_new_ends_the_debate() -> None:
    assert ended(record(shape(nothing_new=True), turns(3, repeating=True)), 3, polled=False) == NOTHING_NEW


def test_a_critique_is_never_taken_for_a_repetition() -> None:
    assert ended(record(shape(nothing_new=True), turns(2, repeating=True)), 2, polled=False) is None


def test_the_last_round_ends_the_debate_whatever_was_said_in_it() -> None:
    assert ended(record(shape(1, nothing_new=True), turns(3, repeating=True)), 3, polled=False) == ROUNDS_SPENT


def test_judges_who_are_moved_no_more_end_the_debate() -> None:
    assert reason({2: (60, 70), 3: (61, 70)}, 3, stable=0.03) == VERDICT_STABLE


def test_the_priors_are_the_first_poll() -> None:
    assert reason({0: (60, 70), 2: (61, 70)}, 2, stable=0.03) == VERDICT_STABLE


def test_judges_who_are_still_moved_go_on() -> None:
    assert reason({2: (60, 70), 3: (70, 78)}, 3, stable=0.03) is None


def test_moves_that_cancel_out_leave_the_pooled_credence_where_it_was() -> None:
    assert reason({2: (45, 55), 3: (55, 45)}, 3, stable=0.03) == VERDICT_STABLE


def test_a_poll_that_is_not_held_yet_ends_nothing() -> None:
    found = ended(record(shape(poll=True, stable=0.03), turns(2), {0: (60, 60), 2: (60, 60)}), 2, polled=False)

    assert found is None


def test_judges_on_opposite_sides_who_stay_there_end_the_debate() -> None:
    assert reason({2: (20, 80), 3: (22, 75)}, 3, stable=0.03, settled=0.05) == STABLE_DISAGREEMENT


def test_one_judge_who_is_moved_keeps_a_disagreement_going() -> None:
    assert reason({2: (20, 80), 3: (26, 80)}, 3, stable=0.5, settled=0.05) is None


def test_a_disagreement_is_not_taken_for_a_stable_verdict() -> None:
    assert reason({2: (20, 80), 3: (20, 80)}, 3, stable=0.03) is None


def test_fewer_judges_than_the_quorum_end_nothing() -> None:
    assert reason({2: (60, None, 70), 3: (60, 60, None)}, 3, stable=0.03) is None


def test_a_judge_who_could_not_be_read_takes_no_part() -> None:
    assert reason({2: (60, None, 70), 3: (60, 5, 70)}, 3, stable=0.03) == VERDICT_STABLE


def test_a_verdict_that_was_had_after_the_next_turn_takes_no_part() -> None:
    spoken = [*turns(3), turns(4)[3].model_copy(update={"call": 32})]
    late = record(shape(poll=True, stable=0.03), spoken, {2: (60, 70), 3: (60, 70)})

    assert ended(late, 3, polled=True) is None


@pytest.mark.parametrize(("cost", "why"), [(1.0, None), (0.9, MONEY_SPENT), (0.5, MONEY_SPENT)])
def test_a_debate_that_has_cost_enough_has_no_further_rebuttal(cost: float, why: str | None) -> None:
    found = ended(record(shape(cost=cost), turns(3), {0: (50, 50)}, cost=0.18), 3, polled=False)

    assert found == why


def test_a_debate_is_never_too_dear_for_its_critique() -> None:
    assert ended(record(shape(cost=0.0), turns(1)), 1, polled=False) is None


def test_calls_that_are_not_known_to_cost_count_nothing() -> None:
    free = Record(format=shape(), turns=turns(3), verdicts=polled({0: (50, 50)}), costs={10: 0.25})

    assert spent(free, 3, polled=False) == 0.25


def test_polls_count_and_baselines_do_not() -> None:
    given = [*polled({0: (50,), 2: (50,)}), *polled({1: (50,)}, When.BASELINE)]
    held = Record(format=shape(poll=True), turns=turns(2), verdicts=given, costs=dict.fromkeys(range(99), 1.0))

    assert (spent(held, 2, polled=False), spent(held, 2, polled=True)) == (3.0, 4.0)


def test_a_course_is_every_turn_and_every_poll_up_to_its_reason() -> None:
    held = record(shape(poll=True, stable=0.03), turns(4), {0: (50, 50), 2: (60, 60), 3: (70, 70), 4: (71, 70)})

    assert Course(turns=4, polls=(2, 3, 4), reason=VERDICT_STABLE) == course(held)


def test_a_course_that_ends_before_a_poll_has_none_there() -> None:
    held = record(shape(poll=True, nothing_new=True), turns(3, repeating=True), {0: (50, 50), 2: (60, 60)})

    assert Course(turns=3, polls=(2,), reason=NOTHING_NEW) == course(held)


def test_a_course_that_is_cut_off_wants_the_next_turn() -> None:
    assert Course(turns=4, polls=(), reason=None) == course(record(shape(), turns(3)))
