"""Whole debates against a server on loopback that speaks chat completions."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from exchange.config import settings
from exchange.domain.score import State
from exchange.jobs.setup import Wishes
from exchange.jobs.showing import view
from exchange.store import spending
from exchange.store.engine import Store
from tests.jobs.holding import HYPOTHESIS, all_played_by, current, held, rows


class _Obliging(BaseHTTPRequestHandler):
    """Answers with the first JSON that fits the schema that it is sent, and quotes the first passage."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        first = re.search(
            r"^\[1\] (?:[\w ]+: )?(?P<words>\S+(?: \S+){7})", asked["messages"][-1]["content"], re.MULTILINE
        )
        said = _fitting(asked["response_format"]["json_schema"]["schema"], first["words"] if first else "")
        message = {"role": "assistant", "content": json.dumps(said)}
        usage = {"prompt_tokens": 100, "completion_tokens": 10}
        body = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Obliging) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


async def test_a_quick_debate_over_http_is_scored_and_marked(example_store: Store, url: str) -> None:
    event = await held(example_store, all_played_by(f"openai:fake@{url}"))

    assert (event.score.state, event.demonstration, event.scripted) == (State.SCORED, True, False)


async def test_a_quick_debate_over_http_is_stored_call_by_call(example_store: Store, url: str) -> None:
    event = await held(example_store, all_played_by(f"openai:fake@{url}"))
    stored = rows(example_store, "count(*), sum(input_tokens), sum(output_tokens), count(cost) FROM call")

    assert (stored, current(example_store)) == ([(6, 600, 60, 0)], event)


async def test_an_unknown_price_is_said_to_be_unknown(example_store: Store, url: str) -> None:
    event = await held(example_store, all_played_by(f"openai:fake@{url}"))
    seen = view(example_store, HYPOTHESIS, settings())
    spent = spending.spent(example_store, event.debate or "")

    assert (spent.unpriced, seen.debate and seen.debate.spent["in_words"]) == (6, "cost unknown")


async def test_a_panel_over_http_is_no_demonstration(example_store: Store, url: str) -> None:
    judges = tuple(f"openai:{name}@{url}" for name in ("one", "two"))
    event = await held(example_store, Wishes(format="panel", proposer=judges[0], critic=judges[1], judges=judges))

    assert (event.demonstration, event.score.value is not None, event.standing) == (False, True, 6)


async def test_a_panel_over_http_displaces_a_demonstration(example_store: Store, url: str) -> None:
    judges = tuple(f"openai:{name}@{url}" for name in ("one", "two"))
    await held(example_store, all_played_by(judges[0]))
    event = await held(example_store, Wishes(format="panel", proposer=judges[0], critic=judges[1], judges=judges))
    await held(example_store, all_played_by(judges[0]))

    assert current(example_store) == event


def _fitting(schema: dict[str, Any], quote: str, name: str = "") -> Any:
    if "anyOf" in schema:
        return _fitting(schema["anyOf"][0], quote)
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "object":
        return {key: _fitting(part, quote, key) for key, part in schema["properties"].items()}
    if schema["type"] == "array":
        return [_fitting(schema["items"], quote)] * schema["minItems"]
    if schema["type"] == "integer":
        return 1
    return quote if name == "quote" else "x" * schema["minLength"]
