"""Debates with their turns and verdicts, in and out."""

import pytest

from exchange.domain.debate import Turn
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.score import Score, State
from exchange.domain.verdict import Unscored, Verdict
from exchange.errors import BrokenDigest, Conflict, NotFound
from exchange.store import debates
from exchange.store.engine import Store
from exchange.store.leases import Lease
from exchange.store.owners import this_process
from tests import builders
from tests.store.rows import HYPOTHESIS, begun, count, execute, opened

VERDICTS: tuple[Verdict | Unscored, ...] = (
    builders.verdict(builders.sitting(), 60),
    Unscored(sitting=builders.sitting("judge-2"), reason="unreadable"),
)


def test_a_debate_comes_back_as_it_was_begun(example_store: Store) -> None:
    debate = opened(example_store)

    assert debates.debate(example_store, debate.debate).setup == builders.setup()


def test_an_unknown_debate_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="d-0"):
        debates.debate(store, "d-0")


def test_turns_come_back_in_their_order(example_store: Store) -> None:
    debate = begun(example_store)
    for ordinal in (2, 1):
        debates.add_turn(example_store, debate, _turn(ordinal))

    assert [turn.ordinal for turn in debates.turns(example_store, debate.debate)] == [1, 2]


def test_the_same_turn_again_is_left_as_it_is(example_store: Store) -> None:
    debate = begun(example_store)
    debates.add_turn(example_store, debate, _turn())
    debates.add_turn(example_store, debate, _turn())

    assert debates.turns(example_store, debate.debate) == (_turn(),)


def test_another_turn_in_the_same_place_is_a_conflict(example_store: Store) -> None:
    debate = begun(example_store)
    debates.add_turn(example_store, debate, _turn())

    with pytest.raises(Conflict, match="with other words"):
        debates.add_turn(example_store, debate, builders.turn(1, text="It does not hold."))


def test_a_changed_letter_of_a_turn_is_noticed(example_store: Store) -> None:
    debate = begun(example_store)
    debates.add_turn(example_store, debate, _turn())
    execute(example_store, "DROP TRIGGER turn_unchanged")
    execute(example_store, "UPDATE turn SET record = replace(record, 'It holds', 'It folds')")

    with pytest.raises(BrokenDigest, match=f"A turn of {debate.debate}"):
        debates.turns(example_store, debate.debate)


def test_a_changed_digit_of_a_verdict_is_noticed(example_store: Store) -> None:
    debate = _finished(example_store)
    execute(example_store, "DROP TRIGGER verdict_unchanged")
    execute(example_store, "UPDATE verdict SET record = replace(record, '60', '90')")

    with pytest.raises(BrokenDigest, match=f"A verdict of {debate.debate}"):
        debates.verdicts(example_store, debate.debate)


def test_verdicts_come_back_with_those_that_could_not_be_read(example_store: Store) -> None:
    debate = _finished(example_store)

    assert debates.verdicts(example_store, debate.debate) == VERDICTS


def test_a_finished_debate_says_why_it_stopped(example_store: Store) -> None:
    debate = debates.debate(example_store, _finished(example_store).debate)

    assert (debate.state, debate.stop_reason) == ("finished", "rounds spent")


@pytest.mark.parametrize("table", ["verdict", "score_event"])
def test_a_debate_that_cannot_be_finished_stores_nothing(example_store: Store, table: str) -> None:
    debate = begun(example_store)
    with pytest.raises(Conflict):
        debates.finish(example_store, debate, "rounds spent", VERDICTS, _event(debate, low=None))

    assert count(example_store, table) == 0


def test_a_debate_that_cannot_be_finished_stays_open(example_store: Store) -> None:
    debate = begun(example_store)
    with pytest.raises(Conflict):
        debates.finish(example_store, debate, "rounds spent", VERDICTS, _event(debate, low=None))

    assert debates.open_debate(example_store, HYPOTHESIS) == debates.debate(example_store, debate.debate)


def test_a_debate_ends_once(example_store: Store) -> None:
    debate = _finished(example_store)

    with pytest.raises(Conflict):
        debates.set_aside(example_store, debate, "too late")


def test_a_debate_that_ended_already_takes_no_second_score(example_store: Store) -> None:
    debate = begun(example_store)
    debates.set_aside(example_store, debate, "another process")
    with pytest.raises(Conflict, match="has ended already"):
        debates.finish(example_store, debate, "rounds spent", VERDICTS, _event(debate))

    assert count(example_store, "score_event") == 0


def test_a_debate_that_was_set_aside_is_not_gone_on_with(example_store: Store) -> None:
    debates.set_aside(example_store, begun(example_store), "other models")

    assert debates.open_debate(example_store, HYPOTHESIS) is None


def _turn(ordinal: int = 1) -> Turn:
    return builders.turn(ordinal).model_copy(update={"call": 1})


def _finished(store: Store) -> Lease:
    debate = begun(store)
    debates.finish(store, debate, "rounds spent", VERDICTS, _event(debate))
    return debate


def _event(debate: Lease, low: float | None = 0.4) -> ScoreEvent:
    high = None if low is None else 0.8
    score = Score(state=State.SCORED, value=0.6, low=low, high=high, policy="cold", policy_digest="")
    return ScoreEvent(
        hypothesis=HYPOTHESIS,
        cause=Cause.FIRST_DEBATE,
        score=score,
        at="2026-11-23T00:00:00+00:00",
        debate=debate.debate,
    )


def test_the_same_debate_that_ended_after_it_was_asked_for_is_not_begun_again(example_store: Store) -> None:
    _finished(example_store)

    with pytest.raises(Conflict, match="has ended meanwhile"):
        debates.begin(example_store, HYPOTHESIS, builders.setup(), this_process(), 60, "2026")


def test_the_same_debate_that_ended_before_it_was_asked_for_is_begun_again(example_store: Store) -> None:
    _finished(example_store)
    debates.begin(example_store, HYPOTHESIS, builders.setup(), this_process(), 60, "2999")

    assert count(example_store, "debate") == 2
