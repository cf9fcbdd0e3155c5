"""Debates with their turns and verdicts, in and out."""

from collections.abc import Callable, Sequence

import pytest

from exchange.domain.debate import Turn
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.score import Score, State
from exchange.domain.verdict import Unscored, Verdict
from exchange.errors import BrokenDigest, Conflict, NotFound
from exchange.store import debates, scores
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
        debates.finish(example_store, debate, "rounds spent", VERDICTS, _scored(debate, low=None))

    assert count(example_store, table) == 0


def test_a_debate_that_cannot_be_finished_stays_open(example_store: Store) -> None:
    debate = begun(example_store)
    with pytest.raises(Conflict):
        debates.finish(example_store, debate, "rounds spent", VERDICTS, _scored(debate, low=None))

    assert debates.open_debate(example_store, HYPOTHESIS) == debates.debate(example_store, debate.debate)


def test_a_debate_ends_once(example_store: Store) -> None:
    debate = _finished(example_store)

    with pytest.raises(Conflict):
        debates.set_aside(example_store, debate, "too late")


def test_a_debate_that_ended_already_takes_no_second_score(example_store: Store) -> None:
    debate = begun(example_store)
    debates.set_aside(example_store, debate, "another process")
    with pytest.raises(Conflict, match="has ended already"):
        debates.finish(example_store, debate, "rounds spent", VERDICTS, _scored(debate))

    assert count(example_store, "score_event") == 0


def test_a_debate_that_was_set_aside_is_not_gone_on_with(example_store: Store) -> None:
    debates.set_aside(example_store, begun(example_store), "other models")

    assert debates.open_debate(example_store, HYPOTHESIS) is None


def _turn(ordinal: int = 1) -> Turn:
    return builders.turn(ordinal).model_copy(update={"call": 1})


def _finished(store: Store) -> Lease:
    debate = begun(store)
    debates.finish(store, debate, "rounds spent", VERDICTS, _scored(debate))
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


def _scored(debate: Lease, low: float | None = 0.4) -> Callable[[Sequence[ScoreEvent]], ScoreEvent]:
    """That event, whatever was before it."""
    return lambda _: _event(debate, low)


def test_a_score_event_is_made_from_those_before_it(example_store: Store) -> None:
    first, second = _finished(example_store), begun(example_store)
    heard: list[Sequence[ScoreEvent]] = []

    def made(earlier: Sequence[ScoreEvent]) -> ScoreEvent:
        heard.append(earlier)
        return _event(second)

    debates.finish(example_store, second, "rounds spent", VERDICTS, made)

    assert heard == [[_event(first)]]


def test_a_finished_debate_returns_the_event_that_it_stored(example_store: Store) -> None:
    debate = begun(example_store)
    stored = debates.finish(example_store, debate, "rounds spent", VERDICTS, _scored(debate))

    assert scores.events(example_store, HYPOTHESIS) == [stored]


def test_a_debate_whose_event_cannot_be_made_stores_nothing_and_stays_open(example_store: Store) -> None:
    debate = begun(example_store)

    def broken(_: Sequence[ScoreEvent]) -> ScoreEvent:
        raise ValueError("no such policy")

    with pytest.raises(ValueError, match="no such policy"):
        debates.finish(example_store, debate, "rounds spent", VERDICTS, broken)

    assert (count(example_store, "verdict"), debates.debate(example_store, debate.debate).state) == (0, "open")


def test_a_debate_that_failed_has_its_event_and_its_reason(example_store: Store) -> None:
    debate = begun(example_store)
    score = Score(state=State.FAILED, reason="declined", policy="cold", policy_digest="")
    event = _event(debate).model_copy(update={"score": score})
    debates.fail(example_store, debate, "the proposer declined", lambda _: event)
    ended = debates.debate(example_store, debate.debate)

    assert (ended.state, ended.stop_reason, scores.events(example_store, HYPOTHESIS)) == (
        "failed",
        "the proposer declined",
        [event],
    )


def test_the_same_debate_that_ended_after_it_was_asked_for_is_not_begun_again(example_store: Store) -> None:
    _finished(example_store)

    with pytest.raises(Conflict, match="has ended meanwhile"):
        debates.begin(example_store, HYPOTHESIS, builders.setup(), this_process(), 60, "2026")


def test_the_same_debate_that_ended_before_it_was_asked_for_is_begun_again(example_store: Store) -> None:
    _finished(example_store)
    debates.begin(example_store, HYPOTHESIS, builders.setup(), this_process(), 60, "2999")

    assert count(example_store, "debate") == 2
