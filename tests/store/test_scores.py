"""Current scores as ranks need them."""

import pytest

from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.score import State
from exchange.store import scores
from exchange.store.engine import Store
from tests import events
from tests.events import scored

ONE, OTHER = "h-00000001", "h-00000002"


def ranked(store: Store, *appended: ScoreEvent) -> dict[str, float]:
    events.append(store, *appended)
    return scores.ranked_values(store)


def test_numbers_of_full_debates_are_ranked(store: Store) -> None:
    assert ranked(store, scored(0.5, ONE), scored(0.7, OTHER, state=State.CONTESTED)) == {ONE: 0.5, OTHER: 0.7}


@pytest.mark.parametrize(
    "event",
    [
        scored(demonstration=True),
        scored(demonstration=True, full_format=False),
        events.imported(0.5),
        scored(None),
        scored(cause=Cause.WITHDRAWN),
        scored(within_noise=True),
    ],
    ids=["demonstration", "quick", "imported", "insufficient", "withdrawn", "noise"],
)
def test_nothing_else_is_ranked(store: Store, event: ScoreEvent) -> None:
    assert ranked(store, event) == {}


def test_the_latest_of_two_numbers_counts(store: Store) -> None:
    assert ranked(store, scored(0.5), scored(0.3)) == {ONE: 0.3}


@pytest.mark.parametrize("later", [scored(0.9, demonstration=True), scored(None), events.imported(0.9)])
def test_what_does_not_displace_a_number_changes_no_rank(store: Store, later: ScoreEvent) -> None:
    assert ranked(store, scored(0.5), later) == {ONE: 0.5}


def test_a_hypothesis_that_was_withdrawn_after_its_score_is_not_ranked(store: Store) -> None:
    assert ranked(store, scored(0.5), scored(0.5, cause=Cause.WITHDRAWN)) == {}


def test_a_number_after_the_withdrawal_is_ranked(store: Store) -> None:
    assert ranked(store, scored(0.5, cause=Cause.WITHDRAWN), scored(0.4)) == {ONE: 0.4}


def test_the_ranked_values_are_those_of_the_current_scores(store: Store) -> None:
    found = ranked(store, scored(0.5), events.imported(0.9), scored(0.4, OTHER), scored(0.6, OTHER))

    assert found == {name: event.score.value for name, event in scores.current(store).items()}
