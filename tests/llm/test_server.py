"""The SDK's own client against a real server on loopback."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from exchange.config import rubric_named
from exchange.debate.replies import Judgment, judgment_schema
from exchange.domain.calls import Form, Question, Reply
from exchange.errors import TransientError
from exchange.llm.openai import OpenAIModel
from exchange.llm.reply import parse
from exchange.llm.spec import parse as parse_spec
from tests.llm.journal import question


def filled(schema: dict[str, Any]) -> Any:
    """The least value that fits the schema."""
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "object":
        return {name: filled(part) for name, part in schema["properties"].items()}
    if schema["type"] == "array":
        return [filled(schema["items"])] * schema.get("minItems", 0)
    return "x" * schema["minLength"] if schema["type"] == "string" else schema.get("minimum", 0)


def answer(handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
    content = json.dumps(filled(request["response_format"]["json_schema"]["schema"]))
    completion = {"choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}]}
    body = json.dumps(completion).encode()
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def hang_up(handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def break_off(handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.connection.shutdown(socket.SHUT_RDWR)


def stall(handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
    time.sleep(0.5)


@contextmanager
def serving(behave: Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]) -> Iterator[tuple[str, list[str]]]:
    """The base address of a server that behaves so, and the paths that it was asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            paths.append(self.path)
            self.close_connection = True
            behave(self, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", paths
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def attempt(url: str, asked: Question, total: float = 5) -> Reply:
    model = OpenAIModel(parse_spec(f"openai:tiny@{url}"), None, concurrency=1, connect=5, total=total)
    try:
        return await model.attempt(asked, Form.SCHEMA)
    finally:
        await model.close()


async def test_a_real_server_fills_the_schema_that_it_is_sent() -> None:
    rubric = rubric_named("mechanism")
    asked = question().model_copy(update={"reply_schema": judgment_schema(rubric, 100)})

    with serving(answer) as (url, paths):
        judgment = parse(await attempt(url, asked), Judgment).against(rubric)

    assert (
        judgment.credence,
        judgment.ratings["evidence"].rating,
        paths,
    ) == (0, "very low", ["/v1/chat/completions"])


@pytest.mark.parametrize("behave", [hang_up, break_off])
async def test_a_connection_that_a_real_server_drops_is_transient_and_not_retried(
    behave: Callable[[BaseHTTPRequestHandler, dict[str, Any]], None],
) -> None:
    with serving(behave) as (url, paths), pytest.raises(TransientError):
        await attempt(url, question())

    assert paths == ["/v1/chat/completions"]


async def test_a_real_server_that_takes_too_long_is_given_up() -> None:
    with serving(stall) as (url, _), pytest.raises(TransientError):
        await attempt(url, question(), total=0.05)


async def test_a_port_where_nobody_listens_is_transient() -> None:
    with serving(answer) as (url, _):
        pass

    with pytest.raises(TransientError, match="could not be reached"):
        await attempt(url, question())
