"""Stored turns before judges anew: nobody speaks again, and all of it can be verified."""

from pathlib import Path

import pytest

from exchange.domain.event import Cause, ScoreEvent
from exchange.errors import InputError
from exchange.jobs.setup import Wishes
from exchange.jobs.tracing.trace import provenance
from exchange.jobs.verify import verify
from exchange.pages.provenance import Kind
from exchange.store.engine import Store
from tests.jobs.holding import HYPOTHESIS, all_played_by, held, playing, rows

TURNS = "ordinal, role, model, call_id, record, digest FROM turn WHERE debate_id = '{}' ORDER BY ordinal"


async def heard_again(store: Store, folder: Path, credence: int = 90) -> tuple[ScoreEvent, ScoreEvent]:
    """A debate, and its turns before a judge who says something else."""
    first = await held(store, all_played_by(playing(store, folder / "first.json")))
    judge = playing(store, folder / "second.json", credence=credence)
    return first, await held(store, Wishes(turns_of=first.debate, judges=(judge,)))


async def test_the_turns_are_those_of_the_earlier_debate(example_store: Store, tmp_path: Path) -> None:
    first, second = await heard_again(example_store, tmp_path)

    assert rows(example_store, TURNS.format(first.debate)) == rows(example_store, TURNS.format(second.debate)) != []


async def test_nobody_but_judges_is_asked(example_store: Store, tmp_path: Path) -> None:
    _, second = await heard_again(example_store, tmp_path)

    assert rows(example_store, f"DISTINCT role FROM call WHERE debate_id = '{second.debate}'") == [("judge",)]


async def test_the_new_score_is_another_judges(example_store: Store, tmp_path: Path) -> None:
    first, second = await heard_again(example_store, tmp_path)

    assert (second.cause, second.score.value != first.score.value) == (Cause.NEW_JUDGE, True)


async def test_the_same_judges_again_are_a_reroll(example_store: Store, tmp_path: Path) -> None:
    first = await held(example_store, all_played_by(playing(example_store, tmp_path / "first.json")))
    second = await held(example_store, Wishes(turns_of=first.debate))

    assert second.cause is Cause.REROLL


async def test_all_of_it_is_verified(example_store: Store, tmp_path: Path) -> None:
    _, second = await heard_again(example_store, tmp_path)

    assert (verify(example_store).broken, verify(example_store, second.debate).broken) == ((), ())


async def test_what_was_heard_again_may_be_heard_once_more(example_store: Store, tmp_path: Path) -> None:
    first, second = await heard_again(example_store, tmp_path)
    third = await held(example_store, Wishes(turns_of=second.debate))

    assert f'"turns_of":"{first.debate}"' in str(rows(example_store, f"record FROM debate WHERE id = '{third.debate}'"))
    assert verify(example_store).broken == ()


@pytest.mark.sqlite
@pytest.mark.parametrize("column", ["record", "digest"])
async def test_a_flipped_byte_of_a_turn_is_found(example_store: Store, tmp_path: Path, column: str) -> None:
    _, second = await heard_again(example_store, tmp_path)
    with example_store.writing() as transaction:
        transaction.exec_driver_sql("DROP TRIGGER turn_unchanged")
        transaction.exec_driver_sql(
            f"UPDATE turn SET {column} = replace({column}, substr({column}, 40, 1), '~') "
            f"WHERE debate_id = '{second.debate}' AND ordinal = 1"
        )

    found = verify(example_store, second.debate).broken

    assert {each.where for each in found} == {f"turn 1 of {second.debate}"}


@pytest.mark.sqlite
async def test_a_turn_of_another_debate_is_found_whole_as_it_is(example_store: Store, tmp_path: Path) -> None:
    first, second = await heard_again(example_store, tmp_path)
    with example_store.writing() as transaction:
        transaction.exec_driver_sql("DROP TRIGGER turn_kept")
        transaction.exec_driver_sql(f"DELETE FROM turn WHERE debate_id = '{second.debate}' AND ordinal = 2")

    assert [(each.where, each.why) for each in verify(example_store, second.debate).broken] == [
        (f"turn 2 of {second.debate}", "it is missing.")
    ]
    assert verify(example_store, first.debate).broken == ()


async def test_provenance_leads_to_the_calls_that_the_turns_came_from(example_store: Store, tmp_path: Path) -> None:
    first, second = await heard_again(example_store, tmp_path)
    traced = provenance(example_store, HYPOTHESIS)
    calls = {f"call/{call}" for (call,) in rows(example_store, f"call_id FROM turn WHERE debate_id = '{first.debate}'")}

    assert calls <= {each.id for each in traced.nodes if each.kind is Kind.CALL}
    assert f"debate/{second.debate}" in {each.id for each in traced.nodes if each.kind is Kind.DEBATE}


async def test_turns_of_a_debate_that_did_not_end_cannot_be_heard(example_store: Store, tmp_path: Path) -> None:
    first = await held(example_store, all_played_by(playing(example_store, tmp_path / "first.json")))
    with example_store.writing() as transaction:
        transaction.exec_driver_sql("UPDATE debate SET state = 'failed'")

    with pytest.raises(InputError, match="is failed, not finished"):
        await held(example_store, Wishes(turns_of=first.debate))
