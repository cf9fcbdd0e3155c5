"""What verify finds in scripted debates, whole and spoilt."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exchange.domain.address import Address
from exchange.domain.identity import digest
from exchange.errors import DebateFailed, NotFound
from exchange.jobs.verify import Broken, verify
from exchange.store import debates
from exchange.store.engine import Store
from tests import builders
from tests.jobs.holding import HYPOTHESIS, all_played_by, held, playing, rows, take_in
from tests.store.rows import execute, opened, unguard

CRITIC_FIRST = "seat = 'judge-1' AND \"order\" = 'critic-first'"


@pytest.fixture
async def name(example_store: Store, tmp_path: Path) -> str:
    """The id of a finished debate, in a store whose triggers and references nobody minds any more."""
    event = await held(example_store, all_played_by(playing(example_store, tmp_path / "script.json")))
    _unguard(example_store)
    return event.debate or ""


async def test_a_debate_that_nobody_touched_is_whole(example_store: Store, name: str) -> None:
    found = verify(example_store)

    assert (found.debates, found.calls, found.scores, found.broken) == (1, 6, 1, ())


@pytest.mark.parametrize("wanted", [HYPOTHESIS, None])
async def test_what_is_broken_in_a_debate_is_found_through_its_hypothesis(
    example_store: Store, name: str, wanted: str | None
) -> None:
    execute(example_store, "UPDATE turn SET model = 'openai:x' WHERE ordinal = 1")

    assert _wheres(verify(example_store, wanted).broken) == [f"turn 1 of {name}"]


@pytest.mark.parametrize("wanted", ["d-000000000000", "h-00000000"])
def test_what_is_not_stored_is_not_found(example_store: Store, wanted: str) -> None:
    with pytest.raises(NotFound):
        verify(example_store, wanted)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE turn SET record = replace(record, 'says so', 'says no') WHERE ordinal = 2", "turn 2 of {}"),
        ("UPDATE turn SET digest = 'x' WHERE ordinal = 2", "turn 2 of {}"),
        ("UPDATE turn SET role = 'judge' WHERE ordinal = 2", "turn 2 of {}"),
        ("UPDATE turn SET call_id = 1 WHERE ordinal = 2", "turn 2 of {}"),
        (f"UPDATE verdict SET credence = 61 WHERE {CRITIC_FIRST}", "verdict judge-1/final/critic-first of {}"),
        (f"UPDATE verdict SET record = '{{}}' WHERE {CRITIC_FIRST}", "verdict judge-1/final/critic-first of {}"),
        ("UPDATE score_event SET value = 0.7", "score event 1 of {}"),
        pytest.param("UPDATE score_event SET demonstration = 3", "score event 1 of {}", marks=pytest.mark.sqlite),
        ("UPDATE score_event SET id = 9", "score event 9 of {}"),
        ("UPDATE call SET question = replace(question, 'PLIN2', 'PLIN3') WHERE id = 2", "call 2 of {}"),
        ("UPDATE call SET finish = 'length' WHERE id = 1", "call 1 of {}"),
        ("UPDATE call SET output_tokens = 1 WHERE id = 1", "call 1 of {}"),
        ("UPDATE call SET cost = 1.0 WHERE id = 1", "call 1 of {}"),
        ("UPDATE call SET attempt = 2 WHERE id = 1", "call 1 of {}"),
        ("UPDATE call SET state = 'anzwered' WHERE id = 1", "call 1 of {}"),
        ("UPDATE debate SET record = replace(record, 'PLIN2', 'PLIN3')", "debate {}"),
        ("UPDATE debate SET hypothesis_id = 'h-5d20c7f4'", "debate {}"),
        ("UPDATE debate SET state = 'failed'", "debate {}"),
    ],
)
async def test_a_row_that_says_something_else_than_was_stored_is_named(
    example_store: Store, name: str, change: str, where: str
) -> None:
    execute(example_store, change)

    assert where.format(name) in _wheres(verify(example_store, name).broken)


@pytest.mark.sqlite
@pytest.mark.parametrize("column", ["record", "digest", "model"])
async def test_a_text_that_is_not_utf8_any_more_is_named(example_store: Store, name: str, column: str) -> None:
    execute(example_store, f"UPDATE turn SET {column} = CAST(x'ff' AS TEXT) WHERE ordinal = 1")

    assert _wheres(verify(example_store, name).broken) == [f"turn 1 of {name}"]


@pytest.mark.parametrize(
    ("removed", "where"),
    [
        ("turn WHERE ordinal = 2", "turn 2 of {}"),
        (f"verdict WHERE {CRITIC_FIRST}", "verdict judge-1/final/critic-first of {}"),
        ("score_event", "debate {}"),
        ("call WHERE id = 3", "turn 2 of {}"),
        ("call WHERE id = 3", "call 4 of {}"),
    ],
)
async def test_a_row_that_is_gone_is_missed(example_store: Store, name: str, removed: str, where: str) -> None:
    execute(example_store, f"DELETE FROM {removed}")

    assert where.format(name) in _wheres(verify(example_store, name).broken)


async def test_a_debate_that_is_gone_is_missed_by_what_belongs_to_it(example_store: Store, name: str) -> None:
    execute(example_store, "DELETE FROM debate")

    assert {each.rpartition(" of ")[2] for each in _wheres(verify(example_store).broken)} >= {"turn", "verdict", "call"}


@pytest.mark.sqlite
async def test_what_the_database_itself_refuses_is_found(example_store: Store, name: str) -> None:
    execute(example_store, "UPDATE call SET form = 'json_scheme' WHERE id = 1")
    _settle(example_store, "ignore_check_constraints = OFF")

    assert _wheres(verify(example_store).broken) == ["database"]


async def test_a_turn_that_is_forged_with_its_digest_is_not_what_the_reply_says(
    example_store: Store, name: str
) -> None:
    _forge(example_store, "turn WHERE ordinal = 1", lambda record: record["arguments"][0].update(text="It fails."))

    assert verify(example_store, name).broken == (
        Broken(where=f"turn 1 of {name}", why="it is not what its call's reply says."),
    )


async def test_a_prompt_that_the_debate_was_not_held_with_is_noticed(example_store: Store, name: str) -> None:
    _forge(example_store, "turn WHERE ordinal = 1", lambda record: record["prompts"][0].update(digest="0" * 64))

    assert _wheres(verify(example_store, name).broken) == [f"turn 1 of {name}"]


async def test_a_verdict_that_is_forged_with_its_digest_is_not_what_the_reply_says(
    example_store: Store, name: str
) -> None:
    _forge(example_store, f"verdict WHERE {CRITIC_FIRST}", lambda record: record.update(credence=99), "credence = 99")

    assert verify(example_store, name).broken == (
        Broken(where=f"verdict judge-1/final/critic-first of {name}", why="it is not what its call's reply says."),
    )


async def test_a_judge_of_another_model_has_no_sitting(example_store: Store, name: str) -> None:
    _forge(
        example_store,
        f"verdict WHERE {CRITIC_FIRST}",
        lambda record: record["sitting"].update(model="openai:x"),
        "model = 'openai:x'",
    )

    assert "the debate has no seat judge-1 of openai:x." in {each.why for each in verify(example_store, name).broken}


async def test_a_verdict_that_is_called_unreadable_is_read(example_store: Store, name: str) -> None:
    sitting = json.loads(_record(example_store, f"verdict WHERE {CRITIC_FIRST}"))["sitting"]
    record = json.dumps({"sitting": sitting, "reason": "unreadable"})
    values = "credence = NULL, call_id = NULL, unscored = 'unreadable', record = ?, digest = ?"
    execute(example_store, f"UPDATE verdict SET {values} WHERE {CRITIC_FIRST}", record, digest(record))

    assert [each.why for each in verify(example_store, name).broken] == [
        "it is unscored, and the reply of call 6 can be read."
    ]


async def test_a_score_that_is_forged_with_its_digest_does_not_follow_from_the_verdicts(
    example_store: Store, name: str
) -> None:
    _forge(example_store, "score_event", lambda record: record["score"].update(value=0.7), "value = 0.7")

    assert [each.why for each in verify(example_store, name).broken] == [
        "computed again from its verdicts, it differs in value."
    ]


async def test_a_demonstration_that_is_forged_into_a_score_is_noticed(example_store: Store, name: str) -> None:
    _forge(
        example_store,
        "score_event",
        lambda record: record.update(demonstration=False, full_format=True, scripted=False),
        "demonstration = FALSE, standing = 6",
    )

    assert [each.why for each in verify(example_store, name).broken] == [
        f"its {field} does not follow from the debate." for field in ("full_format", "demonstration", "scripted")
    ]


async def test_a_score_under_a_policy_that_nobody_knows_is_not_taken_for_right(example_store: Store, name: str) -> None:
    _forge(example_store, "score_event", lambda record: record["score"].update(policy_digest="1" * 64))

    assert [each.why for each in verify(example_store, name).broken] == [
        "its policy cold 2 (111111111111) is not known here."
    ]


async def test_a_debate_with_a_judge_who_could_not_be_read_is_whole(example_store: Store, tmp_path: Path) -> None:
    model = builders.script(
        tmp_path / "script.json",
        {"place": "judge-1/final/critic-first", "text": "90 out of 100"},
        {"place": "judge-*", "reply": builders.judged()},
        {"place": "*", "reply": builders.spoken()},
    )
    await held(example_store, all_played_by(model))

    assert verify(example_store).broken == ()


async def test_a_debate_that_failed_is_whole_until_its_reason_is_changed(example_store: Store, tmp_path: Path) -> None:
    model = builders.script(
        tmp_path / "s.json", {"place": "judge-*", "reply": builders.judged()}, {"place": "*", "text": "no"}
    )
    with pytest.raises(DebateFailed):
        await held(example_store, all_played_by(model))
    before = verify(example_store).broken
    execute(example_store, "UPDATE debate SET stop_reason = 'set aside'")

    assert (before, [each.why for each in verify(example_store).broken]) == (
        (),
        ["its score event names another reason why it failed."],
    )


async def test_a_failed_debate_without_its_score_event_is_noticed(example_store: Store, tmp_path: Path) -> None:
    model = builders.script(
        tmp_path / "s.json", {"place": "judge-*", "reply": builders.judged()}, {"place": "*", "text": "no"}
    )
    with pytest.raises(DebateFailed):
        await held(example_store, all_played_by(model))
    _unguard(example_store)
    execute(example_store, "DELETE FROM score_event")

    assert [each.why for each in verify(example_store).broken] == [
        "its state is 'failed', and its score events say: nothing."
    ]


async def test_a_debate_that_was_set_aside_is_whole(example_store: Store, tmp_path: Path) -> None:
    opened(example_store, seconds=0)
    model = playing(example_store, tmp_path / "script.json")
    await held(example_store, all_played_by(model))

    assert (rows(example_store, "count(*) FROM debate"), verify(example_store).broken) == ([(2,)], ())


def test_an_open_debate_without_a_turn_is_whole(example_store: Store) -> None:
    opened(example_store)

    assert verify(example_store).broken == ()


def test_a_debate_that_was_ended_without_a_reason_is_noticed(example_store: Store) -> None:
    debates.set_aside(example_store, opened(example_store), "for other models")
    execute(example_store, "UPDATE debate SET stop_reason = 'done'")

    assert len(verify(example_store).broken) == 1


def test_an_imported_score_is_checked_against_its_digest(example_store: Store, tmp_path: Path) -> None:
    row = {"id": HYPOTHESIS, "title": "PLIN2 holds lipids", "targets": ["PLIN2"], "score": 0.7, "origin": "a list"}
    take_in(example_store, tmp_path / "scores.jsonl", json.dumps(row))
    _unguard(example_store)
    execute(example_store, "UPDATE score_event SET value = 0.8")

    assert _wheres(verify(example_store, HYPOTHESIS).broken) == [f"score event 1 of {HYPOTHESIS}"]


def test_a_page_that_was_changed_by_hand_is_named(example_store: Store) -> None:
    execute(example_store, "UPDATE page SET record = replace(record, 'PLIN2', 'PLIN3')")

    assert _wheres(verify(example_store).broken) == ["page genes-plin2"]


def _unguard(store: Store) -> None:
    """Takes away whatever refuses a row: triggers, references, and what is asked of values."""
    unguard(store)
    if isinstance(store.address, Address):
        held = "conrelid::regclass, conname FROM pg_constraint WHERE contype IN ('c', 'f')"
        for table, constraint in rows(store, f"{held} AND connamespace = current_schema()::regnamespace"):
            execute(store, f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    else:
        _settle(store, "foreign_keys = OFF", "ignore_check_constraints = ON")


def _settle(store: Store, *settings: str) -> None:
    """SQLite takes these between transactions alone."""
    with store.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        for each in settings:
            raw.execute(f"PRAGMA {each}")


def _wheres(broken: tuple[Broken, ...]) -> list[str]:
    return [each.where for each in broken]


def _record(store: Store, of: str) -> str:
    return str(rows(store, f"record FROM {of}")[0][0])


def _forge(store: Store, of: str, change: Callable[[dict[str, Any]], None], *columns: str) -> None:
    """Changes a record, its digest and its columns together, so that nothing in the row contradicts itself."""
    record = json.loads(_record(store, of))
    change(record)
    text, (table, *where) = json.dumps(record), of.split(" ", 1)
    assignments = ", ".join(["record = ?", "digest = ?", *columns])
    execute(store, f"UPDATE {table} SET {assignments} {' '.join(where)}", text, digest(text))


def test_a_hypothesis_that_can_no_longer_be_read_is_named(example_store: Store) -> None:
    execute(example_store, "UPDATE hypothesis SET record = '{' WHERE id = 'h-0e9a3b1c'")

    assert [each.where for each in verify(example_store).broken] == ["hypothesis h-0e9a3b1c"]
