"""Who works, who is silent, and that one alone takes over."""

import pytest

from exchange.domain.worker import WorkerState
from exchange.store import workers
from exchange.store.engine import Store
from exchange.store.owners import Owner, this_process

ELSEWHERE = Owner(host="another machine", process=1, started=0.0, token="a")
ENDED = this_process().model_copy(update={"process": 2**22 - 1})
PAUSE = 60.0


@pytest.fixture(autouse=True)
def known(store: Store) -> None:
    workers.enter(store, "w-1", ELSEWHERE)
    workers.enter(store, "w-2", this_process())


def silenced(store: Store, name: str, seconds: float) -> None:
    with store.writing() as transaction:
        transaction.exec_driver_sql(f"UPDATE worker SET beat = beat - {seconds} WHERE id = '{name}'")


def states(store: Store) -> dict[str, WorkerState]:
    return {each.id: each.state for each in workers.every(store)}


def test_who_was_just_heard_of_is_not_silent(store: Store) -> None:
    assert workers.silent(store, PAUSE) == []


def test_who_was_not_heard_of_for_a_heartbeat_is_silent(store: Store) -> None:
    silenced(store, "w-1", PAUSE + 1)

    assert [each.id for each in workers.silent(store, PAUSE)] == ["w-1"]


def test_who_is_not_silent_and_has_not_left_is_alive(store: Store) -> None:
    workers.enter(store, "w-3", ELSEWHERE)
    workers.leave(store, "w-3")
    silenced(store, "w-1", PAUSE + 1)

    assert [each.id for each in workers.alive(store, PAUSE)] == ["w-2"]


def test_who_has_ended_on_this_machine_is_silent_at_once(store: Store) -> None:
    workers.enter(store, "w-3", ENDED)

    assert [each.id for each in workers.silent(store, PAUSE)] == ["w-3"]


def test_a_beat_says_how_long_its_worker_was_silent(store: Store) -> None:
    silenced(store, "w-1", PAUSE)

    assert workers.beat(store, "w-1") == pytest.approx(PAUSE, abs=5)


def test_one_alone_takes_over(store: Store) -> None:
    silenced(store, "w-1", PAUSE + 1)
    (silent,) = workers.silent(store, PAUSE)

    assert [workers.take(store, silent, by, PAUSE) for by in ("w-2", "w-3")] == [True, False]


def test_who_takes_over_and_dies_is_followed_by_another(store: Store) -> None:
    silenced(store, "w-1", PAUSE + 1)
    (silent,) = workers.silent(store, PAUSE)
    workers.take(store, silent, "w-2", -1)

    assert workers.take(store, silent, "w-3", PAUSE)


def test_who_was_heard_of_meanwhile_is_not_taken_over(store: Store) -> None:
    silenced(store, "w-1", PAUSE + 1)
    (silent,) = workers.silent(store, PAUSE)
    workers.beat(store, "w-1")

    assert not workers.take(store, silent, "w-2", PAUSE)


def test_who_was_taken_for_dead_and_is_heard_of_is_alive(store: Store) -> None:
    silenced(store, "w-1", PAUSE + 1)
    (silent,) = workers.silent(store, PAUSE)
    workers.bury(store, silent)
    buried = states(store)["w-1"]
    workers.beat(store, "w-1")

    assert (buried, states(store)["w-1"]) == (WorkerState.GONE, WorkerState.ALIVE)


def test_who_left_is_not_silent(store: Store) -> None:
    workers.leave(store, "w-1")
    silenced(store, "w-1", PAUSE + 1)

    assert workers.silent(store, PAUSE) == []


def test_who_left_long_ago_is_forgotten_when_another_enters(store: Store) -> None:
    workers.leave(store, "w-1")
    silenced(store, "w-1", 8 * 86_400)
    workers.enter(store, "w-3", ELSEWHERE)

    assert set(states(store)) == {"w-2", "w-3"}
