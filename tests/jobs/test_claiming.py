"""Those who ask for one debate at the same time get one debate."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.config import settings
from exchange.debate.context import Event
from exchange.domain.debate import Turn
from exchange.domain.event import ScoreEvent
from exchange.errors import (
    BrokenDigest,
    ConfigError,
    DebateFailed,
    Interrupted,
    NotFound,
    Parked,
    StoreError,
    TransientError,
)
from exchange.jobs.claiming import kept
from exchange.jobs.debate import Observer, debate
from exchange.jobs.resume import Resumed, resume, unfinished
from exchange.jobs.run import running
from exchange.jobs.setup import Wishes
from exchange.store import debates, leases
from exchange.store.engine import Store, open_store
from exchange.store.owners import Owner, this_process
from tests import builders, images
from tests.jobs.holding import HYPOTHESIS, all_played_by, held, ignore, playing, rows
from tests.store.rows import execute


@pytest.fixture
def example_store(tmp_path: Path) -> Iterator[Store]:
    """On disk: each who asks has a writer of its own."""
    path = tmp_path / "exchange.db"
    path.write_bytes(images.with_examples())
    store = open_store(path)
    yield store
    store.close()


@pytest.fixture
def wishes(example_store: Store, tmp_path: Path) -> Wishes:
    return all_played_by(playing(example_store, tmp_path / "script.json"))


async def test_those_who_ask_at_once_get_one_debate(example_store: Store, wishes: Wishes) -> None:
    events = await asyncio.gather(*(held(example_store, wishes) for _ in range(6)))

    assert (len(set(map(ScoreEvent.to_json, events))), rows(example_store, "count(*) FROM debate")) == (1, [(1,)])


async def test_those_who_ask_at_once_buy_nothing_twice(example_store: Store, wishes: Wishes) -> None:
    await asyncio.gather(*(held(example_store, wishes) for _ in range(6)))

    assert rows(example_store, "count(*) FROM call") == [(6,)]


async def test_a_debate_asked_for_after_the_last_one_ended_is_a_new_one(example_store: Store, wishes: Wishes) -> None:
    first = await held(example_store, wishes)
    second = await held(example_store, wishes)

    assert first.debate != second.debate


async def test_those_who_ask_at_once_for_other_models_get_their_own(
    example_store: Store, wishes: Wishes, tmp_path: Path
) -> None:
    other = all_played_by(playing(example_store, tmp_path / "other.json", credence=20))
    first, second = await asyncio.gather(held(example_store, wishes), held(example_store, other))

    assert (first.debate == second.debate, rows(example_store, "DISTINCT state FROM debate")) == (
        False,
        [("finished",)],
    )


async def test_those_who_ask_at_once_for_a_debate_that_fails_are_told_so(example_store: Store, tmp_path: Path) -> None:
    model = builders.script(
        tmp_path / "script.json",
        {"place": "judge-*", "reply": builders.judged()},
        {"place": "*", "text": "no", "delay": 0.05},
    )
    outcomes = await asyncio.gather(
        *(held(example_store, all_played_by(model)) for _ in range(3)), return_exceptions=True
    )

    assert ([type(each) for each in outcomes], rows(example_store, "count(*) FROM debate")) == (
        [DebateFailed] * 3,
        [(1,)],
    )


async def test_whoever_waits_is_told_for_whom(example_store: Store, wishes: Wishes) -> None:
    told: list[Owner] = []
    holder = this_process()
    lease = debates.begin(example_store, HYPOTHESIS, builders.setup(), holder, 60)
    async with running(example_store, settings()) as run:
        observer = Observer(begun=ignore, event=ignore, wait=ignore, busy=told.append)
        waiting = asyncio.create_task(debate(run, HYPOTHESIS, wishes, observer))
        await asyncio.sleep(0.3)
        leases.release(example_store, lease)
        await waiting

    assert told == [holder]


async def test_whoever_waits_can_be_interrupted(example_store: Store, wishes: Wishes) -> None:
    debates.begin(example_store, HYPOTHESIS, builders.setup(), this_process(), 60)
    halt = asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, halt.set)

    with pytest.raises(Interrupted):
        await held(example_store, wishes, halt=halt)


async def test_a_debate_that_stopped_is_given_back(example_store: Store, tmp_path: Path) -> None:
    with pytest.raises(TransientError):
        await held(example_store, all_played_by("openai:x@http://127.0.0.1:1/v1"))
    found = debates.open_debate(example_store, HYPOTHESIS)

    assert (found is not None, found and found.leased_until) == (True, None)


async def test_a_debate_that_could_not_be_gone_on_with_is_given_back(example_store: Store, wishes: Wishes) -> None:
    await _stopped_after_a_turn(example_store, wishes)

    with pytest.raises(ConfigError):
        await held(example_store, Wishes(format="panel", judges=("scripted:x",)))

    assert rows(example_store, "state, leased_until FROM debate") == [("open", None)]


async def test_a_lease_is_renewed_while_the_debate_goes_on(example_store: Store, tmp_path: Path) -> None:
    model = builders.script(
        tmp_path / "script.json",
        {"place": "proposer/1", "reply": builders.spoken(), "delay": 1.2},
        {"place": "judge-*", "reply": builders.judged()},
        {"place": "*", "reply": builders.spoken()},
    )
    chosen = settings(limits={"lease_seconds": 1.0})
    async with running(example_store, chosen) as run:
        begun = asyncio.create_task(
            debate(run, HYPOTHESIS, all_played_by(model), Observer(begun=ignore, event=ignore, wait=ignore))
        )
        await asyncio.sleep(1.1)
        ((found, _),) = debates.unfinished(example_store)
        other = leases.claim(example_store, found, this_process(), 60)
        await begun

    assert isinstance(other, Owner)


async def test_a_renewal_that_fails_once_is_tried_again(
    example_store: Store, wishes: Wishes, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed = leases.renew
    tried: list[str] = []

    def failing_first(store: Store, lease: leases.Lease, seconds: float) -> None:
        tried.append(lease.debate)
        if len(tried) == 1:
            raise StoreError("database is locked")
        renewed(store, lease, seconds)

    monkeypatch.setattr(leases, "renew", failing_first)
    lease = debates.begin(example_store, HYPOTHESIS, builders.setup(), this_process(), 1)
    async with running(example_store, settings(limits={"lease_seconds": 1.0})) as run, kept(run, lease):
        await asyncio.sleep(1.1)

    assert len(tried) > 1


async def test_what_is_only_to_be_gone_on_with_is_never_begun(example_store: Store, wishes: Wishes) -> None:
    async with running(example_store, settings()) as run:
        observer = Observer(begun=ignore, event=ignore, wait=ignore)
        with pytest.raises(NotFound, match="ended by another process"):
            await debate(run, HYPOTHESIS, wishes, observer, begin=False)

    assert rows(example_store, "count(*) FROM debate") == [(0,)]


async def test_a_debate_that_another_process_finished_meanwhile_is_not_held_again(
    example_store: Store, wishes: Wishes
) -> None:
    await _stopped_after_a_turn(example_store, wishes)
    found = unfinished(example_store, None)
    finished = await held(example_store, wishes)
    ended: list[Resumed] = []
    async with running(example_store, settings()) as run:
        await resume(run, found, Observer(begun=ignore, event=ignore, wait=ignore), ended.append, patient=False)

    assert ([each.event for each in ended], rows(example_store, "count(*) FROM debate")) == ([finished], [(1,)])


async def test_a_damaged_debate_leaves_the_other_unfinished_ones_alone(example_store: Store, wishes: Wishes) -> None:
    await _stopped_after_a_turn(example_store, wishes)
    damaged = debates.begin(example_store, "h-5d20c7f4", builders.setup(), this_process(), 0)
    execute(example_store, "UPDATE debate SET record = '{}' WHERE id = ?", damaged.debate)
    ended: list[Resumed] = []
    async with running(example_store, settings()) as run:
        found = unfinished(example_store, None)[::-1]
        await resume(run, found, Observer(begun=ignore, event=ignore, wait=ignore), ended.append, patient=False)

    assert [type(each.error) for each in ended] == [BrokenDigest, type(None)]


async def test_a_refused_command_leaves_a_parked_debate_parked(example_store: Store, wishes: Wishes) -> None:
    await _stopped_after_a_turn(example_store, wishes)
    execute(example_store, "UPDATE debate SET parked_until = '2999'")
    with pytest.raises(ConfigError):
        await held(example_store, Wishes(format="panel", judges=("scripted:x",)))

    assert rows(example_store, "parked_until FROM debate") == [("2999",)]


async def test_whoever_waited_for_a_parked_debate_does_not_ask_its_server(example_store: Store, wishes: Wishes) -> None:
    lease = debates.begin(example_store, HYPOTHESIS, builders.setup(), this_process(), 60)
    async with running(example_store, settings()) as run:
        observer = Observer(begun=ignore, event=ignore, wait=ignore)
        waiting = asyncio.create_task(debate(run, HYPOTHESIS, wishes, observer))
        await asyncio.sleep(0.3)
        leases.release(example_store, lease, parked_for=3600)
        with pytest.raises(Parked, match="was told by its server to come back later"):
            await waiting

    assert rows(example_store, "count(*) FROM call") == [(0,)]


async def _stopped_after_a_turn(store: Store, wishes: Wishes) -> None:
    halt = asyncio.Event()

    def stop(event: Event) -> None:
        if isinstance(event, Turn):
            halt.set()

    with pytest.raises(Interrupted):
        await held(store, wishes, halt=halt, seen=stop)
