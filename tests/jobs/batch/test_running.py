"""A batch is worked on to its end, whatever becomes of one item."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exchange.domain.work import Asked, BatchState, Chosen, ItemState, Kind
from exchange.errors import AuthError, ExchangeError, Interrupted, LimitReached, TransientError
from exchange.jobs.verify import verify
from exchange.llm.connect import connect
from exchange.scoring.policy import SHIPPED
from exchange.store import batches, items
from exchange.store.engine import Store, open_store
from exchange.store.policies import put_in_force
from tests import images
from tests.jobs.batch.places import Poisoned, began, worked
from tests.jobs.holding import HYPOTHESIS, all_played_by, current, held, playing, rows
from tests.store.test_items import ENDED

OTHER = "h-5d20c7f4"
# Words of the second claim alone.
CLAIM = "Lowering PLIN2 in microglia"
ITEMS = "hypothesis_id, state, tries, error FROM batch_item ORDER BY ordinal"


def asked(store: Store, folder: Path) -> Asked:
    model = playing(store, folder / "script.json")
    return Asked(chosen=Chosen(undebated=True), format="quick", proposer=model, critic=model, judges=(model,))


def poisoned(bad: Callable[[], object]) -> Any:
    """Connects models that do something bad about the other hypothesis."""
    return lambda full, access: Poisoned(connect(full, access), CLAIM, bad)


def raising(error: Exception) -> Callable[[], object]:
    def bad() -> object:
        raise error

    return bad


async def test_every_hypothesis_is_debated(example_store: Store, tmp_path: Path) -> None:
    batch = began(example_store, (HYPOTHESIS, OTHER), asked(example_store, tmp_path))
    await worked(example_store, batch)

    assert rows(example_store, ITEMS) == [(HYPOTHESIS, "done", 1, None), (OTHER, "done", 1, None)]
    assert batches.batch(example_store, batch).state is BatchState.DONE
    assert verify(example_store).broken == ()


async def test_stored_turns_are_heard_again(example_store: Store, tmp_path: Path) -> None:
    first = await held(example_store, all_played_by(playing(example_store, tmp_path / "first.json")))
    judge = playing(example_store, tmp_path / "second.json", credence=90)
    batch = began(
        example_store, [HYPOTHESIS], Asked(chosen=Chosen(out_of_date=True), judges=(judge,)), Kind.JUDGES, first.debate
    )
    await worked(example_store, batch)

    assert (current(example_store) or first).score.value != first.score.value
    assert verify(example_store).broken == ()


async def test_a_policy_is_applied_without_a_call(example_store: Store, tmp_path: Path) -> None:
    await held(example_store, all_played_by(playing(example_store, tmp_path / "first.json")))
    before = rows(example_store, "count(*) FROM call")
    put_in_force(example_store, next(each.digest for each in SHIPPED.values() if each.title == "cold 1"))
    batch = began(example_store, [HYPOTHESIS], Asked(chosen=Chosen(out_of_date=True)), Kind.POLICY)
    await worked(example_store, batch)

    assert rows(example_store, "cause, policy FROM score_event ORDER BY id") == [
        ("first debate", "cold 2"),
        ("new policy", "cold 1"),
    ]
    assert rows(example_store, "count(*) FROM call") == before


async def test_a_fault_of_ours_in_one_item_is_tried_three_times_and_the_rest_is_done(
    example_store: Store, tmp_path: Path
) -> None:
    batch = began(example_store, (OTHER, HYPOTHESIS), asked(example_store, tmp_path))
    await worked(example_store, batch, connecting=poisoned(raising(RuntimeError("boom"))))

    assert rows(example_store, ITEMS) == [(OTHER, "quarantined", 3, "RuntimeError"), (HYPOTHESIS, "done", 1, None)]


async def test_an_item_that_hangs_is_given_up_and_tried_again(example_store: Store, tmp_path: Path) -> None:
    batch = began(example_store, (OTHER, HYPOTHESIS), asked(example_store, tmp_path))
    hanging = poisoned(lambda: asyncio.sleep(30))
    await worked(example_store, batch, connecting=hanging, item_seconds=0.7)

    assert rows(example_store, ITEMS) == [(OTHER, "quarantined", 3, "ItemTooLong"), (HYPOTHESIS, "done", 1, None)]


async def test_what_no_try_mends_is_not_tried_again(example_store: Store, tmp_path: Path) -> None:
    nothing = asked(example_store, tmp_path).model_copy(update={"format": "unheard-of"})
    batch = began(example_store, [HYPOTHESIS], nothing)
    await worked(example_store, batch)

    assert rows(example_store, ITEMS) == [(HYPOTHESIS, "failed", 1, "ConfigError")]


@pytest.mark.parametrize("error", [AuthError("no such key"), LimitReached("the cap", 1, 2)])
async def test_what_every_call_would_meet_stops_the_batch_and_counts_as_no_try(
    example_store: Store, tmp_path: Path, error: ExchangeError
) -> None:
    batch = began(example_store, [OTHER], asked(example_store, tmp_path))
    with pytest.raises(type(error)):
        await worked(example_store, batch, connecting=poisoned(raising(error)))

    assert rows(example_store, "state, tries FROM batch_item") == [("waiting", 0)]


async def test_an_interruption_gives_back_what_was_in_flight(example_store: Store, tmp_path: Path) -> None:
    batch, halt = began(example_store, (OTHER, HYPOTHESIS), asked(example_store, tmp_path)), asyncio.Event()
    with pytest.raises(Interrupted):
        await worked(example_store, batch, connecting=poisoned(halt.set), halt=halt, debates=1)

    assert rows(example_store, "state, tries FROM batch_item ORDER BY ordinal") == [("waiting", 0), ("waiting", 0)]


async def test_what_was_interrupted_goes_on_and_buys_nothing_twice(example_store: Store, tmp_path: Path) -> None:
    batch, halt = began(example_store, (OTHER, HYPOTHESIS), asked(example_store, tmp_path)), asyncio.Event()
    with pytest.raises(Interrupted):
        await worked(example_store, batch, connecting=poisoned(halt.set), halt=halt, debates=1)
    await worked(example_store, batch)

    assert rows(example_store, "count(*) FROM call GROUP BY debate_id, question_digest HAVING count(*) > 1") == []
    assert batches.counts(example_store, batch)[ItemState.DONE] == 2


async def test_what_ended_before_it_could_be_noted_is_not_held_again(example_store: Store, tmp_path: Path) -> None:
    wanted = asked(example_store, tmp_path)
    batch = began(example_store, [HYPOTHESIS], wanted)
    items.claim(example_store, batch, ENDED, 60, busy=False)
    model = wanted.proposer or ""
    await held(example_store, all_played_by(model))
    await worked(example_store, batch)

    assert rows(example_store, "count(*) FROM debate") == [(1,)]
    assert rows(example_store, "state, tries, deaths FROM batch_item") == [("done", 2, 1)]


async def test_two_who_work_on_one_batch_share_its_items(tmp_path: Path) -> None:
    path = tmp_path / "shared.db"
    path.write_bytes(images.with_examples())
    store = open_store(path)
    batch = began(store, (OTHER, HYPOTHESIS), asked(store, tmp_path))
    await asyncio.gather(worked(store, batch), worked(store, batch))
    done, held = rows(store, "count(*), sum(tries) FROM batch_item WHERE state = 'done'"), rows(store, "1 FROM debate")
    store.close()

    assert (done, len(held)) == ([(2, 2)], 2)


async def test_a_server_that_nobody_can_reach_stops_the_batch_before_it_quarantines_everything(
    example_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.jobs.batch.running.ALL_FAIL", 1)
    batch = began(example_store, (OTHER, HYPOTHESIS), asked(example_store, tmp_path))
    away = poisoned(raising(TransientError("nobody answers")))
    with pytest.raises(TransientError, match="one after the other met the same"):
        await worked(example_store, batch, connecting=away, debates=1)

    assert rows(example_store, "state FROM batch_item WHERE state = 'quarantined'") == []


async def test_nothing_of_a_cancelled_batch_is_begun(example_store: Store, tmp_path: Path) -> None:
    batch = began(example_store, (OTHER, HYPOTHESIS), asked(example_store, tmp_path))
    batches.cancel(example_store, batch)
    await worked(example_store, batch)

    assert rows(example_store, "count(*) FROM debate") == [(0,)]
