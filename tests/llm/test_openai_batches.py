"""OpenAI's files and batches, asked over HTTP on loopback."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from exchange.domain.batches import BatchState
from exchange.domain.calls import Form
from exchange.errors import AuthError, ExchangeError, QuotaExhausted, RequestRefused, SchemaRefused, TransientError
from exchange.llm.openai.batches import OpenAIBatches
from exchange.llm.spec import parse
from exchange.testing import BATCHES, Fault, FaultServer
from exchange.testing.faults import drop_in_body, page, redirect, status
from tests.llm.journal import question

KEY = "sk-canary-0815"


@pytest.fixture
def wrong() -> list[Fault]:
    """What goes wrong with every request, if anything."""
    return []


@pytest.fixture
def server(wrong: list[Fault]) -> Iterator[FaultServer]:
    with FaultServer(batches=lambda _: BATCHES["good"], way=lambda *_: wrong[0] if wrong else None) as served:
        yield served


@pytest.fixture
async def batches(server: FaultServer) -> AsyncIterator[OpenAIBatches]:
    opened = OpenAIBatches(parse(f"openai:tiny@{server.url}"), SecretStr(KEY), connect=5, total=5)
    yield opened
    await opened.close()


@pytest.fixture
def file(tmp_path: Path, batches: OpenAIBatches) -> Path:
    path = tmp_path / "file"
    path.write_bytes(batches.line("call-1-0123456789abcdef", question(), Form.SCHEMA))
    return path


async def test_a_line_is_the_request_that_a_call_would_make(batches: OpenAIBatches) -> None:
    line = json.loads(batches.line("call-1-0123456789abcdef", question(), Form.SCHEMA))

    assert (line["custom_id"], line["method"], line["url"]) == (
        "call-1-0123456789abcdef",
        "POST",
        "/v1/chat/completions",
    )
    assert line["body"].keys() == {"model", "messages", "response_format", "max_tokens"}


async def test_a_file_becomes_a_batch_and_answers(batches: OpenAIBatches, file: Path, tmp_path: Path) -> None:
    made = await batches.create(await batches.upload(file, "pb-1.jsonl"), "pb-1")
    seen = [(await batches.look(made.provider_id)).state for _ in range(2)]
    done = await batches.look(made.provider_id)
    await batches.download(done.output_file or "", tmp_path / "answers")
    answer = json.loads((tmp_path / "answers").read_bytes())

    assert (made.state, seen) == (BatchState.VALIDATING, [BatchState.FINALIZING, BatchState.COMPLETED])
    assert (done.completed, done.total, answer["custom_id"]) == (1, 1, "call-1-0123456789abcdef")
    assert batches.reply(json.dumps(answer["response"]["body"]).encode()).usage.input_tokens


async def test_a_batch_is_found_by_our_name(batches: OpenAIBatches, file: Path) -> None:
    input_file = await batches.upload(file, "file")
    made = [await batches.create(input_file, f"pb-{number}") for number in range(120)]

    assert (await batches.find("pb-3"), await batches.find("pb-none")) == (made[3], None)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (status(503), TransientError),
        (status(401, echo_key=True), AuthError),
        (status(429, code_in_body="insufficient_quota"), QuotaExhausted),
        (status(400), RequestRefused),
        (redirect(), RequestRefused),
        (page(200), TransientError),
        (page(200, sent=b'{"id": "batch_1", "status": "moonrise"}', kind="application/json"), TransientError),
        (page(200, sent=b" " * 9_000_000, kind="application/json"), TransientError),
        (drop_in_body(), TransientError),
    ],
)
async def test_a_fault_becomes_our_error_without_the_key(
    fault: Fault, error: type[ExchangeError], batches: OpenAIBatches, wrong: list[Fault]
) -> None:
    wrong.append(fault)
    with pytest.raises(error) as raised:
        await batches.find("pb-1")

    assert KEY not in str(raised.value)


@pytest.mark.parametrize(
    ("code", "body", "form", "error"),
    [
        (400, {"error": {"message": "no", "code": None, "type": "x"}}, Form.SCHEMA, SchemaRefused),
        (400, {"error": {"message": "no"}}, Form.OBJECT, RequestRefused),
        (401, "no", Form.OBJECT, AuthError),
        (429, None, Form.OBJECT, TransientError),
        (500, [], Form.OBJECT, TransientError),
    ],
)
async def test_a_line_that_failed_is_the_error_that_a_call_would_be(
    code: int, body: object, form: Form, error: type[ExchangeError], batches: OpenAIBatches
) -> None:
    assert type(batches.refused(code, body, form)) is error
