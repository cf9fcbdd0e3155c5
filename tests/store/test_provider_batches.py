"""Batches and their calls: written before anything is sent, settled once, and left alone by who takes a debate over."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from exchange.domain.batches import BatchState, Intent, Outcome, Standing
from exchange.domain.calls import Form, Message, Question, Reply, Usage
from exchange.domain.money import Budget
from exchange.domain.work import Asked, Chosen
from exchange.errors import AnsweredMeanwhile, Conflict, Interrupted, LimitReached, NotFound
from exchange.store import batches, leases
from exchange.store.engine import Store
from exchange.store.leases import Lease
from exchange.store.ledger import Ledger
from exchange.store.owners import this_process
from exchange.store.provider_batches import BatchLedger, batch, cancelled, unsettled
from exchange.store.writer import Writer
from tests.jobs.holding import rows
from tests.store.rows import opened

REPLY = Reply(text="{}", finish="stop", usage=Usage(input_tokens=3, output_tokens=2), cost=0.25)


@pytest.fixture
def lease(example_store: Store) -> Lease:
    return opened(example_store)


@pytest.fixture
def ledger(example_store: Store) -> Iterator[BatchLedger]:
    with Writer() as writer:
        yield BatchLedger(store=example_store, writer=writer, run="r-000000000001", budget=Budget())


def intent(lease: Lease, number: int = 1, worst: float | None = 0.5) -> Intent:
    question = Question(
        debate=lease.debate,
        place=f"judge-{number}/prior/blind",
        model="openai:x",
        messages=(Message(role="user", content="Why?"),),
        schema_name="verdict",
        reply_schema={},
        open_schema={},
        max_tokens=100,
    )
    return Intent(question=question, form=Form.SCHEMA, worst=worst, epoch=lease.epoch)


async def test_intents_are_kept_with_their_batch_before_it_is_sent(
    ledger: BatchLedger, lease: Lease, example_store: Store
) -> None:
    made = await ledger.begin("openai:x")
    calls = await ledger.open(made.id, [intent(lease, 1), intent(lease, 2)])

    assert rows(example_store, "id, state, worst, provider_batch FROM call") == [
        (calls[0], "open", 0.5, made.id),
        (calls[1], "open", 0.5, made.id),
    ]
    assert (made.state, unsettled(example_store)) == (BatchState.GATHERED, [made])


async def test_intents_of_one_batch_share_the_cap(ledger: BatchLedger, lease: Lease) -> None:
    capped = replace(ledger, budget=Budget(run=1.2))
    made = await capped.begin("openai:x")
    calls = await capped.open(made.id, [intent(lease, number) for number in (1, 2, 3)])

    assert [type(call) for call in calls] == [int, int, LimitReached]


async def test_an_intent_under_a_lease_that_was_lost_is_turned_down(ledger: BatchLedger, lease: Lease) -> None:
    made = await ledger.begin("openai:x")
    calls = await ledger.open(made.id, [intent(replace(lease, epoch=lease.epoch + 1)), intent(lease)])

    assert [type(call) for call in calls] == [Conflict, int]


async def test_a_question_goes_out_once_at_a_time(ledger: BatchLedger, lease: Lease) -> None:
    made = await ledger.begin("openai:x")
    first, second = await ledger.open(made.id, [intent(lease), intent(lease)])

    assert (type(first), type(second)) == (int, Conflict)


async def test_single_calls_are_refused_while_a_batch_has_the_question(
    ledger: BatchLedger, lease: Lease, example_store: Store
) -> None:
    made = await ledger.begin("openai:x")
    await ledger.open(made.id, [intent(lease)])
    single = Ledger(store=example_store, writer=ledger.writer, lease=lease, run="r-2", budget=Budget())

    with pytest.raises(Conflict, match=f"has gone out in the batch {made.id}"):
        await single.open(intent(lease).question, Form.SCHEMA, 0.5)


async def test_who_takes_the_debate_over_finds_the_call_under_way(
    ledger: BatchLedger, lease: Lease, example_store: Store
) -> None:
    made = await ledger.begin("openai:x")
    (call,) = await ledger.open(made.id, [intent(lease)])
    leases.release(example_store, lease)
    leases.claim(example_store, lease.debate, this_process(), 60)
    sent = await ledger.under_way(intent(lease).question)

    assert sent
    assert (sent.call, sent.batch, sent.settled) == (call, made.id, False)


async def test_an_outcome_is_written_once_and_whoever_owns_the_debate(
    ledger: BatchLedger, lease: Lease, example_store: Store
) -> None:
    made = await ledger.begin("openai:x")
    (call,) = await ledger.open(made.id, [intent(lease)])
    leases.release(example_store, lease)
    leases.claim(example_store, lease.debate, this_process(), 60)
    assert isinstance(call, int)
    await ledger.settle([Outcome(call=call, reply=REPLY)])
    await ledger.settle([Outcome(call=call, error="late"), Outcome(call=call, reply=REPLY)])
    replayed = await ledger.replay(intent(lease).question)

    assert rows(example_store, "state, cost, error FROM call") == [("answered", 0.25, None)]
    assert replayed
    assert replayed.reply == REPLY


async def test_an_answer_to_a_call_that_was_given_up_is_late(
    ledger: BatchLedger, lease: Lease, example_store: Store
) -> None:
    made = await ledger.begin("openai:x")
    (call,) = await ledger.open(made.id, [intent(lease)])
    assert isinstance(call, int)
    await ledger.settle([Outcome(call=call, error="nobody knows", may_cost=True)])
    before = rows(example_store, "state, cost, worst FROM call")
    await ledger.settle([Outcome(call=call, reply=REPLY)])

    assert (before, rows(example_store, "state, cost FROM call")) == ([("unknown", None, 0.5)], [("late", 0.25)])


async def test_what_was_never_sent_is_free(ledger: BatchLedger, lease: Lease, example_store: Store) -> None:
    made = await ledger.begin("openai:x")
    await ledger.open(made.id, [intent(lease, 1), intent(lease, 2)])
    await ledger.unsent(made.id, "the disk is full")

    assert rows(example_store, "state, cost, error FROM call") == [("failed", 0.0, "never sent: the disk is full")] * 2
    assert (batch(example_store, made.id).state, unsettled(example_store)) == (BatchState.UNSENT, [])


async def test_what_is_given_up_is_not_sent_after_all_by_who_finds_it_half_settled(
    ledger: BatchLedger, lease: Lease, example_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await ledger.begin("openai:x")
    await ledger.open(made.id, [intent(lease)])
    await ledger.sending(made.id, "file-1")
    monkeypatch.setattr(BatchLedger, "_settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        await ledger.unsent(made.id, "refused")

    assert batch(example_store, made.id).input_file is None


async def test_nothing_more_goes_out_for_a_batch_that_was_cancelled(ledger: BatchLedger, example_store: Store) -> None:
    work, _ = batches.begin(example_store, Asked(chosen=Chosen(out_of_date=True)), None, this_process())
    batches.opened(example_store, work)
    batches.cancel(example_store, work)

    with pytest.raises(Interrupted, match="was cancelled"):
        await replace(ledger, run=work).begin("openai:x")


async def test_a_question_that_was_answered_meanwhile_is_not_bought_again(
    ledger: BatchLedger, lease: Lease, example_store: Store
) -> None:
    made = await ledger.begin("openai:x")
    (call,) = await ledger.open(made.id, [intent(lease)])
    assert isinstance(call, int)
    await ledger.settle([Outcome(call=call, reply=REPLY)])
    one_by_one = Ledger(store=example_store, writer=ledger.writer, lease=lease, run="r-000000000002", budget=Budget())

    with pytest.raises(AnsweredMeanwhile):
        await one_by_one.open(intent(lease).question, Form.SCHEMA, 0.5)
    assert [type(each) for each in await ledger.open(made.id, [intent(lease)])] == [AnsweredMeanwhile]


async def test_a_batch_that_another_living_process_sends_is_not_ours(ledger: BatchLedger) -> None:
    made = await ledger.begin("openai:x")
    other = replace(ledger, owner=this_process())

    assert (await other.mine(made.id), await ledger.mine(made.id)) == (False, True)


async def test_a_batch_that_was_given_back_is_anybodys(ledger: BatchLedger) -> None:
    made = await ledger.begin("openai:x")
    await ledger.release()

    assert await replace(ledger, owner=this_process()).mine(made.id)


async def test_what_the_provider_says_is_kept(ledger: BatchLedger, example_store: Store) -> None:
    made = await ledger.begin("openai:x")
    await ledger.sending(made.id, "file-1")
    await ledger.stands(made.id, Standing(provider_id="batch_1", state=BatchState.IN_PROGRESS))
    cancelled(example_store, made.id)
    kept = batch(example_store, made.id)

    assert (kept.input_file, kept.provider_id, kept.state, kept.cancelled) == (
        "file-1",
        "batch_1",
        BatchState.IN_PROGRESS,
        True,
    )


def test_a_batch_that_is_not_stored_is_not_found(example_store: Store) -> None:
    with pytest.raises(NotFound, match="No provider batch pb-0 is stored"):
        batch(example_store, "pb-0")


async def test_what_a_provider_said_is_kept_without_nul(
    ledger: BatchLedger, lease: Lease, example_store: Store
) -> None:
    made = await ledger.begin("openai:x")
    await ledger.open(made.id, [intent(lease)])
    await ledger.unsent(made.id, "it\0 fell over")

    assert rows(example_store, "error FROM call") == [("never sent: it fell over",)]
    assert rows(example_store, "note FROM provider_batch") == [("it fell over",)]
