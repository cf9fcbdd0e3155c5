"""One process at a time writes to a debate, and one that lost it writes nothing more."""

import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from exchange.domain.calls import Form, Question, Reply, Usage
from exchange.domain.money import Budget
from exchange.errors import Conflict, LimitReached
from exchange.store import debates, leases
from exchange.store.engine import Store
from exchange.store.leases import Lease
from exchange.store.ledger import Ledger
from exchange.store.owners import Owner, this_process
from exchange.store.writer import Writer
from tests import builders
from tests.jobs.holding import rows
from tests.llm.journal import question as any_question
from tests.store.rows import begun, opened

REPLY = Reply(text="{}", finish="stop", usage=Usage(input_tokens=3, output_tokens=2), cost=0.25)
ENDED = Owner(host=this_process().host, process=2**22 + 1, started=0.0, token="ended")
ELSEWHERE = Owner(host="another.example.org", process=1, started=0.0, token="elsewhere")


@pytest.fixture
def writer() -> Iterator[Writer]:
    with Writer() as writer:
        yield writer


def ledger(store: Store, writer: Writer, lease: Lease, budget: Budget | None = None, run: str = "r-1") -> Ledger:
    return Ledger(store=store, writer=writer, lease=lease, run=run, budget=budget or Budget())


def asked(lease: Lease, place: str = "proposer/1") -> Question:
    return any_question(place=place).model_copy(update={"debate": lease.debate})


def test_a_debate_that_a_living_process_holds_is_not_given_to_another(example_store: Store) -> None:
    holder = this_process()
    lease = opened(example_store, owner=holder)

    assert leases.claim(example_store, lease.debate, this_process(), 60) == holder


def test_a_debate_whose_process_has_ended_is_given_at_once(example_store: Store) -> None:
    lease = opened(example_store, owner=ENDED)

    assert leases.claim(example_store, lease.debate, this_process(), 60) == Lease(debate=lease.debate, epoch=2)


def test_a_process_number_that_another_program_has_by_now_is_not_the_owner(example_store: Store) -> None:
    reused = this_process().model_copy(update={"started": 1.0})
    lease = opened(example_store, owner=reused)

    assert isinstance(leases.claim(example_store, lease.debate, this_process(), 60), Lease)


def test_a_process_that_has_ended_and_that_nobody_waited_for_is_not_the_owner(example_store: Store) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    owner = this_process().model_copy(update={"process": child.pid, "started": psutil.Process(child.pid).create_time()})
    lease = opened(example_store, owner=owner)
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    taken = leases.claim(example_store, lease.debate, this_process(), 60)
    child.wait()

    assert isinstance(taken, Lease)


def test_a_process_on_another_machine_holds_a_debate_until_its_lease_is_over(example_store: Store) -> None:
    lease = opened(example_store, owner=ELSEWHERE, seconds=0.5)
    before = leases.claim(example_store, lease.debate, this_process(), 60)
    time.sleep(0.51)

    assert (before, type(leases.claim(example_store, lease.debate, this_process(), 60))) == (ELSEWHERE, Lease)


def test_a_lease_that_is_renewed_runs_on(example_store: Store) -> None:
    lease = opened(example_store, owner=ELSEWHERE, seconds=0.05)
    leases.renew(example_store, lease, 60)
    time.sleep(0.06)

    assert leases.claim(example_store, lease.debate, this_process(), 60) == ELSEWHERE


def test_a_lease_that_was_given_back_is_free(example_store: Store) -> None:
    lease = opened(example_store, owner=ELSEWHERE)
    leases.release(example_store, lease)

    assert isinstance(leases.claim(example_store, lease.debate, this_process(), 60), Lease)


def test_what_an_ended_process_left_open_is_unknown(example_store: Store) -> None:
    lease = begun(example_store)
    leases.release(example_store, lease)
    leases.claim(example_store, lease.debate, this_process(), 60)

    assert rows(example_store, "state, error FROM call") == [("unknown", leases.NOBODY_KNOWS)]


def test_a_debate_that_has_ended_is_not_given(example_store: Store) -> None:
    lease = opened(example_store)
    debates.set_aside(example_store, lease, "other models")

    with pytest.raises(Conflict, match="not open any more"):
        leases.claim(example_store, lease.debate, this_process(), 60)


async def test_a_process_that_lost_its_debate_asks_nothing_more(example_store: Store, writer: Writer) -> None:
    lease = opened(example_store, owner=ENDED)
    leases.claim(example_store, lease.debate, this_process(), 60)

    with pytest.raises(Conflict, match="Another process has taken over"):
        await ledger(example_store, writer, lease).open(asked(lease), Form.SCHEMA, 0.5)


def test_a_process_that_lost_its_debate_adds_no_turn(example_store: Store) -> None:
    lease = begun(example_store)
    leases.release(example_store, lease)
    leases.claim(example_store, lease.debate, this_process(), 60)

    with pytest.raises(Conflict, match="Another process has taken over"):
        debates.add_turn(example_store, lease, builders.turn(1).model_copy(update={"call": 1}))


def test_a_process_that_lost_its_debate_does_not_give_it_back(example_store: Store) -> None:
    lease, holder = opened(example_store, owner=ENDED), this_process()
    leases.claim(example_store, lease.debate, holder, 60)
    leases.release(example_store, lease)

    assert leases.claim(example_store, lease.debate, this_process(), 60) == holder


async def test_an_answer_that_comes_too_late_is_kept_as_late(example_store: Store, writer: Writer) -> None:
    lease = opened(example_store, owner=ENDED)
    slow = ledger(example_store, writer, lease)
    call = await slow.open(asked(lease), Form.SCHEMA, 0.5)
    leases.claim(example_store, lease.debate, this_process(), 60)
    with pytest.raises(Conflict):
        await slow.close(call, REPLY)

    assert rows(example_store, "state, reply, cost FROM call") == [("late", "{}", 0.25)]


async def test_an_answer_that_was_bought_twice_is_replayed_as_it_was_used(example_store: Store, writer: Writer) -> None:
    lease = opened(example_store, owner=ENDED)
    slow = ledger(example_store, writer, lease)
    call = await slow.open(asked(lease), Form.SCHEMA, 0.5)
    taken = leases.claim(example_store, lease.debate, this_process(), 60)
    assert isinstance(taken, Lease)
    quick = ledger(example_store, writer, taken)
    used = await quick.open(asked(lease), Form.SCHEMA, 0.5)
    await quick.close(used, REPLY)
    with pytest.raises(Conflict):
        await slow.close(call, REPLY.model_copy(update={"text": "late"}))
    answer = await quick.replay(asked(lease))

    assert (answer and answer.call, used > call) == (used, True)


async def test_a_late_answer_is_not_bought_again(example_store: Store, writer: Writer) -> None:
    lease = opened(example_store, owner=ENDED)
    slow = ledger(example_store, writer, lease)
    call = await slow.open(asked(lease), Form.SCHEMA, 0.5)
    leases.claim(example_store, lease.debate, this_process(), 60)
    with pytest.raises(Conflict):
        await slow.close(call, REPLY)
    answer = await slow.replay(asked(lease))

    assert (answer and answer.call) == call


async def test_a_reservation_that_does_not_fit_under_the_cap_is_refused(example_store: Store, writer: Writer) -> None:
    lease = opened(example_store)
    capped = ledger(example_store, writer, lease, Budget(run=1.0))
    await capped.open(asked(lease), Form.SCHEMA, 0.6)

    with pytest.raises(
        LimitReached, match=r"The cap of \$1 for this run \(--max-cost\) has no room for the next call: \$0.600000"
    ):
        await capped.open(asked(lease, "critic/2"), Form.SCHEMA, 0.6)


async def test_a_call_that_cost_less_than_reserved_leaves_room(example_store: Store, writer: Writer) -> None:
    lease = opened(example_store)
    capped = ledger(example_store, writer, lease, Budget(run=1.0))
    await capped.close(await capped.open(asked(lease), Form.SCHEMA, 0.8), REPLY)
    await capped.open(asked(lease, "critic/2"), Form.SCHEMA, 0.75)

    assert rows(example_store, "count(*) FROM call") == [(2,)]


@pytest.mark.parametrize(("may_cost", "room"), [(True, False), (False, True)])
async def test_a_call_of_unknown_outcome_counts_and_a_failed_one_does_not(
    example_store: Store, writer: Writer, may_cost: bool, room: bool
) -> None:
    lease = opened(example_store)
    capped = ledger(example_store, writer, lease, Budget(run=1.0))
    await capped.fail(await capped.open(asked(lease), Form.SCHEMA, 0.8), "it fell over", may_cost)
    try:
        await capped.open(asked(lease, "critic/2"), Form.SCHEMA, 0.8)
        fits = True
    except LimitReached:
        fits = False

    assert fits is room


async def test_an_answer_without_usage_counts_at_its_worst(example_store: Store, writer: Writer) -> None:
    lease = opened(example_store)
    capped = ledger(example_store, writer, lease, Budget(run=1.0))
    await capped.close(
        await capped.open(asked(lease), Form.SCHEMA, 0.8), REPLY.model_copy(update={"cost": None, "usage": Usage()})
    )

    with pytest.raises(LimitReached):
        await capped.open(asked(lease, "critic/2"), Form.SCHEMA, 0.3)


async def test_the_caps_of_two_runs_are_their_own(example_store: Store, writer: Writer) -> None:
    lease = opened(example_store)
    await ledger(example_store, writer, lease, Budget(run=1.0), "r-1").open(asked(lease), Form.SCHEMA, 0.8)
    await ledger(example_store, writer, lease, Budget(run=1.0), "r-2").open(asked(lease, "critic/2"), Form.SCHEMA, 0.8)

    assert rows(example_store, "run FROM call") == [("r-1",), ("r-2",)]


async def test_the_cap_of_a_day_is_shared_by_all_runs(example_store: Store, writer: Writer) -> None:
    lease = opened(example_store)
    await ledger(example_store, writer, lease, Budget(day=1.0), "r-1").open(asked(lease), Form.SCHEMA, 0.8)

    with pytest.raises(LimitReached, match="this day"):
        await ledger(example_store, writer, lease, Budget(day=1.0), "r-2").open(
            asked(lease, "critic/2"), Form.SCHEMA, 0.8
        )


async def test_a_call_of_unknown_price_does_not_fit_under_any_cap(example_store: Store, writer: Writer) -> None:
    lease = opened(example_store)

    with pytest.raises(LimitReached, match="is of unknown price"):
        await ledger(example_store, writer, lease, Budget(run=100.0)).open(asked(lease), Form.SCHEMA, None)
