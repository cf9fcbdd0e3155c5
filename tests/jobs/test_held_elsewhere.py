"""What verify asks of debates that were held elsewhere: nobody was asked here, so that there are no calls."""

import pytest

from exchange.debate.rules import IMPORTED
from exchange.domain.debate import Role
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.score import Score, State
from exchange.domain.setup import Setup
from exchange.domain.verdict import Order, When
from exchange.jobs.verify import verify
from exchange.store import debates
from exchange.store.engine import Store
from exchange.store.owners import this_process
from tests import builders
from tests.jobs.holding import HYPOTHESIS
from tests.store.rows import execute, unguard

MODEL = "transcript:forum"


def stored(store: Store, setup: Setup, reason: str = IMPORTED) -> str:
    """A debate of four turns and two verdicts that no format would have made."""
    lease = debates.begin(store, HYPOTHESIS, setup, this_process(), 60)
    for ordinal in range(1, 5):
        turn = builders.turn(ordinal, Role.PROPOSER if ordinal < 3 else Role.CRITIC)
        debates.add_turn(store, lease, turn.model_copy(update={"call": None, "model": MODEL}))
    sat = [builders.sitting("judge-1", When.FINAL, Order.CRITIC_FIRST, MODEL)]
    sat += [
        builders.sitting("judge-1", When.INTERIM, Order.CRITIC_FIRST, MODEL).model_copy(update={"number": 3}),
    ]
    verdicts = tuple(builders.verdict(at).model_copy(update={"call": None}) for at in sat)
    event = ScoreEvent(
        hypothesis=HYPOTHESIS,
        cause=Cause.IMPORTED,
        score=Score(state=State.INSUFFICIENT, reason="one judge", policy="cold 2", policy_digest=""),
        at="2026-11-24T00:00:00+00:00",
        debate=lease.debate,
        origin="a forum",
    )
    debates.finish(store, lease, reason, verdicts, lambda _: event)
    return lease.debate


def elsewhere(origin: str | None = "a forum") -> Setup:
    return builders.setup(model=MODEL).model_copy(update={"origin": origin})


def said(store: Store) -> list[tuple[str, str]]:
    """What is found of all but the score, which these tests leave alone."""
    broken = verify(store).broken
    return [(each.where, each.why) for each in broken if not each.where.startswith("score event")]


def test_a_debate_that_was_held_elsewhere_may_have_any_turns_and_sittings(example_store: Store) -> None:
    stored(example_store, elsewhere())

    assert said(example_store) == []


def test_a_debate_that_was_held_elsewhere_says_that_it_is_imported(example_store: Store) -> None:
    name = stored(example_store, elsewhere(), "rounds spent")

    assert said(example_store) == [
        (f"debate {name}", "it says that it ended for 'rounds spent'; by its rule it ended for 'imported'.")
    ]


def test_a_turn_without_a_call_is_noticed_in_a_debate_that_was_held_here(example_store: Store) -> None:
    name = stored(example_store, elsewhere(origin=None), "rounds spent")

    assert [(f"turn {ordinal} of {name}", "it has no call.") for ordinal in range(1, 5)] == said(example_store)[:4]


def test_a_verdict_without_a_call_is_noticed_in_a_debate_that_was_held_here(example_store: Store) -> None:
    name = stored(example_store, elsewhere(origin=None), "rounds spent")

    assert (f"verdict judge-1/final/critic-first of {name}", "it has no call.") in said(example_store)


def test_a_call_in_a_debate_that_was_held_elsewhere_is_noticed(example_store: Store) -> None:
    name = stored(example_store, elsewhere())
    execute(
        example_store,
        "INSERT INTO call (debate_id, epoch, place, role, model, sample, attempt, form, question, question_digest, "
        "state, opened_at) VALUES (?, 1, 'proposer/1', 'proposer', ?, 0, 1, 'json_schema', '{}', '', 'open', '')",
        name,
        MODEL,
    )

    assert (f"call 1 of {name}", "the debate is imported, so that nobody was asked.") in said(example_store)


def test_a_speaker_whom_the_setup_does_not_name_is_noticed(example_store: Store) -> None:
    name = stored(example_store, builders.setup(model="transcript:else").model_copy(update={"origin": "a forum"}))

    assert (f"turn 1 of {name}", f"the debate has no seat proposer of {MODEL}.") in said(example_store)


@pytest.mark.sqlite
@pytest.mark.parametrize("table", ["turn", "verdict"])
def test_a_row_that_names_a_call_is_noticed_in_a_debate_that_was_held_elsewhere(
    example_store: Store, table: str
) -> None:
    stored(example_store, elsewhere())
    unguard(example_store)
    with example_store.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute(f"UPDATE {table} SET call_id = 7")
        raw.commit()

    assert {why for where, why in said(example_store) if where.startswith(table)} == {
        "its column call_id says 7, its record None."
    }
