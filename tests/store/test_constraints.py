"""What the database itself refuses, whoever writes to it."""

import math

import pytest

from exchange.domain.verdict import Unscored
from exchange.errors import Conflict
from exchange.store import debates
from exchange.store.engine import Store
from tests import builders
from tests.store.rows import HYPOTHESIS, begun, count, execute, opened

COLUMNS = (
    "hypothesis_id, debate_id, cause, state, value, low, high, standing, demonstration, policy, record, digest, at"
)
EVENT = f"INSERT INTO score_event ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, 6, FALSE, 'p', '{{}}', '', '')"


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 1.5, -0.1, "abc", b"1", None])
def test_a_score_that_is_no_fraction_is_refused(example_store: Store, value: object) -> None:
    with pytest.raises(Conflict, match=r"value_is_a_fraction|number_if_scored|double precision"):
        execute(example_store, EVENT, HYPOTHESIS, None, "imported", "scored", value, None, None)


@pytest.mark.parametrize("value", [0, 0.5, 1])
def test_a_score_that_is_a_fraction_is_taken(example_store: Store, value: float) -> None:
    execute(example_store, EVENT, HYPOTHESIS, None, "imported", "scored", value, None, None)

    assert count(example_store, "score_event") == 1


@pytest.mark.parametrize(
    ("low", "high", "constraint"),
    [
        (None, None, "own_score_has_an_interval"),
        (0.4, None, "whole_interval"),
        (0.6, 0.7, "value_in_interval"),
        (0.4, "abc", "high_is_a_fraction"),
    ],
)
def test_an_own_score_without_its_interval_is_refused(
    example_store: Store, low: object, high: object, constraint: str
) -> None:
    debate = begun(example_store)

    with pytest.raises(Conflict, match=f"{constraint}|double precision"):
        execute(example_store, EVENT, HYPOTHESIS, debate.debate, "first debate", "scored", 0.5, low, high)


def test_a_score_that_a_debate_stands_behind_has_an_interval(example_store: Store) -> None:
    debate = begun(example_store)

    with pytest.raises(Conflict, match="own_score_has_an_interval"):
        execute(example_store, EVENT, HYPOTHESIS, debate.debate, "imported", "scored", 0.5, None, None)


def test_a_number_without_a_state_that_has_one_is_refused(example_store: Store) -> None:
    debate = begun(example_store)

    with pytest.raises(Conflict, match="number_if_scored"):
        execute(example_store, EVENT, HYPOTHESIS, debate.debate, "first debate", "insufficient", 0.5, 0.4, 0.6)


def test_a_score_of_no_stored_hypothesis_is_refused(example_store: Store) -> None:
    with pytest.raises(Conflict, match=r"FOREIGN KEY|foreign key"):
        execute(example_store, EVENT, "h-00000000", None, "imported", "scored", 0.5, None, None)


@pytest.mark.parametrize("change", ["UPDATE {} SET digest = 'x'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["turn", "verdict", "score_event"])
def test_what_was_appended_is_neither_changed_nor_removed(example_store: Store, table: str, change: str) -> None:
    debate = begun(example_store)
    debates.add_turn(example_store, debate, builders.turn(1))
    record = Unscored(sitting=builders.sitting(), reason="unreadable").to_json()
    verdict = "VALUES (?, 'judge-1', 'final', 'proposer-first', 'm', 'unreadable', ?, '')"
    execute(
        example_store,
        f'INSERT INTO verdict (debate_id, seat, "when", "order", model, unscored, record, digest) {verdict}',
        debate.debate,
        record,
    )
    execute(example_store, EVENT, HYPOTHESIS, None, "imported", "scored", 0.5, None, None)

    with pytest.raises(Conflict, match=f"{table} is append-only"):
        execute(example_store, change.format(table))


def test_a_second_open_debate_of_one_hypothesis_is_refused(example_store: Store) -> None:
    opened(example_store)

    with pytest.raises(Conflict, match=r"hypothesis_id|one_open_debate"):
        opened(example_store)


def test_debates_of_two_hypotheses_may_be_open_at_once(example_store: Store) -> None:
    opened(example_store)
    opened(example_store, "h-5d20c7f4")

    assert count(example_store, "debate") == 2


@pytest.mark.parametrize("credence", [-1, 101, "abc"])
def test_a_credence_that_is_no_percentage_is_refused(example_store: Store, credence: object) -> None:
    debate = begun(example_store)
    columns = 'debate_id, seat, "when", "order", model, credence, call_id, record, digest'

    with pytest.raises(Conflict, match=r"credence_is_|type integer"):
        execute(
            example_store,
            f"INSERT INTO verdict ({columns}) VALUES (?, 'judge-1', 'prior', 'blind', 'm', ?, 1, '{{}}', '')",
            debate.debate,
            credence,
        )


def test_a_settled_call_is_not_changed(example_store: Store) -> None:
    begun(example_store)
    execute(example_store, "UPDATE call SET state = 'failed', closed_at = 'now'")

    with pytest.raises(Conflict, match="a settled call is not changed"):
        execute(example_store, "UPDATE call SET cost = 0")


def test_a_call_whose_outcome_is_unknown_may_still_turn_out_answered(example_store: Store) -> None:
    begun(example_store)
    execute(example_store, "UPDATE call SET state = 'unknown', closed_at = 'now'")
    execute(example_store, "UPDATE call SET state = 'late', reply = '', reply_digest = ''")

    assert count(example_store, "call WHERE state = 'late'") == 1


def test_no_call_is_removed(example_store: Store) -> None:
    begun(example_store)

    with pytest.raises(Conflict, match="call is kept"):
        execute(example_store, "DELETE FROM call")


@pytest.mark.parametrize("standing", [7, -1, pytest.param(2.5, marks=pytest.mark.sqlite), "abc"])
def test_a_standing_that_would_stand_above_all_is_refused(example_store: Store, standing: object) -> None:
    execute(example_store, EVENT, HYPOTHESIS, None, "imported", "scored", 0.5, None, None)
    execute(example_store, "DROP TRIGGER score_event_unchanged")

    with pytest.raises(Conflict, match=r"standing_is_whole|type integer"):
        execute(example_store, "UPDATE score_event SET standing = ?", standing)
