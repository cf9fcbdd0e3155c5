"""The intent of a call is kept before the call is made, and its answer is found again."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from exchange.domain.calls import Answer, Form, Message, Question, Reply, Usage
from exchange.domain.money import Budget
from exchange.errors import Unreachable
from exchange.store.engine import Store, Transaction, open_store
from exchange.store.leases import Lease
from exchange.store.ledger import Ledger
from exchange.store.writer import Writer
from tests import images
from tests.store.rows import opened

REPLY = Reply(text="{}", finish="stop", usage=Usage(input_tokens=3, output_tokens=2), cost=0.25)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "exchange.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    path.write_bytes(images.with_examples())
    opened = open_store(path)
    yield opened
    opened.close()


@pytest.fixture
def writer() -> Iterator[Writer]:
    with Writer() as writer:
        yield writer


@pytest.fixture
def ledger(store: Store, writer: Writer) -> Ledger:
    return Ledger(store=store, writer=writer, lease=opened(store), run="r-000000000001", budget=Budget())


@pytest.fixture
def question(ledger: Ledger) -> Question:
    return Question(
        debate=ledger.lease.debate,
        place="proposer/1",
        model="scripted:x",
        messages=(Message(role="user", content="Why?"),),
        schema_name="turn",
        reply_schema={},
        open_schema={},
        max_tokens=100,
    )


async def test_the_intent_is_kept_before_the_attempt(ledger: Ledger, question: Question, path: Path) -> None:
    await ledger.open(question, Form.SCHEMA, 0.5)

    assert _elsewhere(path, "state, reply, closed_at") == [("open", None, None)]


class Unheard(Store):
    """A store whose server is gone just when a commit is reported, as often as `times` says."""

    def __init__(self, store: Store, times: int) -> None:
        super().__init__(store.address, store.engine)
        self.times = times

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        with super().writing() as transaction:
            yield transaction
        if self.times:
            self.times -= 1
            raise Unreachable("gone")


async def test_an_intent_whose_commit_nobody_heard_of_is_not_written_again(
    store: Store, question: Question, path: Path
) -> None:
    lease = Lease(debate=question.debate, epoch=1)
    with Writer(patience=5) as writer:
        ledger = Ledger(
            store=Unheard(store, times=2), writer=writer, lease=lease, run="r-000000000001", budget=Budget()
        )
        call = await ledger.open(question, Form.SCHEMA, 0.5)

    assert _elsewhere(path, "id, attempt, state") == [(call, 1, "open")]


async def test_the_intent_says_all_that_was_asked(ledger: Ledger, question: Question, path: Path) -> None:
    await ledger.open(question, Form.OBJECT, 0.5)
    found = _elsewhere(path, "question, question_digest, form, attempt, worst, run")

    assert found == [(question.to_json(), question.digest, "json_object", 1, 0.5, "r-000000000001")]


async def test_a_call_that_was_answered_keeps_the_reply(ledger: Ledger, question: Question, path: Path) -> None:
    await ledger.close(await ledger.open(question, Form.SCHEMA, 0.5), REPLY)
    found = _elsewhere(path, "state, reply, finish, input_tokens, output_tokens, cost")

    assert found == [("answered", "{}", "stop", 3, 2, 0.25)]


async def test_a_call_that_failed_keeps_the_reason(ledger: Ledger, question: Question, path: Path) -> None:
    await ledger.fail(await ledger.open(question, Form.SCHEMA, 0.5), "it fell over", may_cost=False)

    assert _elsewhere(path, "state, error, reply") == [("failed", "it fell over", None)]


async def test_a_call_of_unknown_price_is_kept_without_a_cost(ledger: Ledger, question: Question, path: Path) -> None:
    await ledger.close(await ledger.open(question, Form.SCHEMA, 0.5), REPLY.model_copy(update={"cost": None}))

    assert _elsewhere(path, "state, cost") == [("answered", None)]


async def test_the_same_question_is_answered_from_the_ledger(ledger: Ledger, question: Question) -> None:
    call = await ledger.open(question, Form.OBJECT, 0.5)
    await ledger.close(call, REPLY)

    assert await ledger.replay(question) == Answer(call=call, reply=REPLY, form=Form.OBJECT, replayed=True)


@pytest.mark.parametrize(
    "change", [{"sample": 1}, {"max_tokens": 101}, {"place": "critic/2"}, {"model": "scripted:y"}, {"debate": "d-0"}]
)
async def test_another_question_is_not_answered(ledger: Ledger, question: Question, change: dict[str, object]) -> None:
    await ledger.close(await ledger.open(question, Form.SCHEMA, 0.5), REPLY)

    assert await ledger.replay(question.model_copy(update=change)) is None


async def test_a_failed_call_answers_nothing(ledger: Ledger, question: Question) -> None:
    await ledger.fail(await ledger.open(question, Form.SCHEMA, 0.5), "it fell over", may_cost=False)

    assert await ledger.replay(question) is None


async def test_what_a_server_said_is_kept_without_nul(ledger: Ledger, question: Question, path: Path) -> None:
    await ledger.fail(await ledger.open(question, Form.SCHEMA, 0.5), "it\0 fell over", may_cost=False)

    assert _elsewhere(path, "error") == [("it fell over",)]


async def test_an_open_call_answers_nothing(ledger: Ledger, question: Question) -> None:
    await ledger.open(question, Form.SCHEMA, 0.5)

    assert await ledger.replay(question) is None


async def test_attempts_are_rows_of_their_own(ledger: Ledger, question: Question, path: Path) -> None:
    await ledger.fail(await ledger.open(question, Form.SCHEMA, 0.5), "it fell over", may_cost=False)
    await ledger.close(await ledger.open(question, Form.SCHEMA, 0.5), REPLY)

    assert _elsewhere(path, "attempt, state") == [(1, "failed"), (2, "answered")]


def _elsewhere(path: Path, columns: str) -> list[tuple[object, ...]]:
    """What a connection that knows nothing of the ledger sees."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(f"SELECT {columns} FROM call ORDER BY id").fetchall()
    finally:
        connection.close()


async def test_what_was_paid_for_is_kept_although_its_caller_gave_up(
    ledger: Ledger, writer: Writer, question: Question, path: Path
) -> None:
    call, held = await ledger.open(question, Form.SCHEMA, 0.5), threading.Event()
    busy = asyncio.create_task(writer(held.wait))
    await asyncio.sleep(0.02)
    closing = asyncio.create_task(ledger.close(call, REPLY))
    await asyncio.sleep(0.02)
    closing.cancel()
    await asyncio.sleep(0.02)
    held.set()
    await busy
    await writer(lambda: None)

    assert _elsewhere(path, "state, cost") == [("answered", 0.25)]
