"""The history of a score, as it is read from a store."""

from pathlib import Path

import pytest

from exchange.errors import BrokenDigest, NotFound
from exchange.jobs.history import history
from exchange.store import scores
from exchange.store.engine import Store
from tests.builders import imported_score, score_event
from tests.jobs.holding import HYPOTHESIS, all_played_by, held, playing
from tests.store.rows import execute


def test_a_hypothesis_that_nobody_scored_has_no_events(example_store: Store) -> None:
    found = history(example_store, HYPOTHESIS)

    assert (found.hypothesis, found.title, found.events) == (
        HYPOTHESIS,
        "PLIN2 lets astrocytes hold inflammatory lipids",
        (),
    )


def test_an_unknown_hypothesis_is_not_found(example_store: Store) -> None:
    with pytest.raises(NotFound, match="h-00000000"):
        history(example_store, "h-00000000")


def test_events_are_told_oldest_first_with_their_numbers(example_store: Store) -> None:
    with example_store.writing() as transaction:
        scores.append(transaction, score_event(0.7, day=2).model_copy(update={"hypothesis": "h-5d20c7f4"}))
        scores.append(transaction, imported_score(0.6, day=1))
        scores.append(transaction, score_event(0.5, day=3))

    assert [(event.number, event.value) for event in history(example_store, HYPOTHESIS).events] == [(2, 0.6), (3, 0.5)]


async def test_a_debate_is_told_with_its_policy_and_its_mark(example_store: Store, tmp_path: Path) -> None:
    event = await held(example_store, all_played_by(playing(example_store, tmp_path / "script.json")))
    (found,) = history(example_store, HYPOTHESIS).events

    assert (found.debate, found.policy, found.cause, found.marks) == (
        event.debate,
        event.score.policy,
        "first debate",
        ("current", "demonstration"),
    )


def test_an_event_that_was_changed_is_refused(example_store: Store) -> None:
    with example_store.writing() as transaction:
        scores.append(transaction, imported_score(0.6))
    execute(example_store, "DROP TRIGGER score_event_unchanged")
    execute(example_store, "UPDATE score_event SET record = replace(record, '0.6', '0.9')")

    with pytest.raises(BrokenDigest):
        history(example_store, HYPOTHESIS)
