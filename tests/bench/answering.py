"""A server of chat completions that costs as little as one can: `python -m tests.bench.answering SECONDS`.

It prints its base address, and, once its stdin is closed, a line of JSON: the calls that it answered, the most that it
had at once, and its seconds of CPU. What it says fits the examples' page: every turn argues something else and quotes
passage [1], every verdict rates the criteria that the request's schema names.
"""

import asyncio
import json
import re
import sys
import time
from functools import cache

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_PASSAGE = re.compile(rb"\\n\[1\] (?:[^\"\\]{0,60}?: )?([^\"\\]{60})")
_CRITERIA = re.compile(rb'"required": ?\[([^\]]*)\], ?"additionalProperties": ?false\}, ?"reason"')
_TURN = b"round "
_CHARACTERS_A_TOKEN = 4


class Answering(asyncio.Protocol):
    """One connection; `seconds` pass before an answer goes out."""

    calls = busy = most = 0

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = bytes(self._received).partition(_END)
        found = _LENGTH.search(head)
        if not end or not found or len(body) < int(found[1]):
            return
        self._received.clear()
        Answering.calls += 1
        Answering.busy += 1
        Answering.most = max(Answering.most, Answering.busy)
        asyncio.get_running_loop().call_later(self._seconds, self._answer, answer(body))

    def _answer(self, sent: bytes) -> None:
        Answering.busy -= 1
        self._transport.write(sent)


def answer(body: bytes) -> bytes:
    """The whole answer to a request's body."""
    tokens = len(body) // _CHARACTERS_A_TOKEN
    if criteria := _CRITERIA.search(body):
        return _sent(_verdict(criteria[1]), tokens)
    passage = _PASSAGE.search(body)
    quote = passage[1].decode() if passage else ""
    return _sent(_turn(quote.rpartition(" ")[0], body.count(_TURN)), tokens)


@cache
def _verdict(names: bytes) -> str:
    rating = {"reason": "The passages say so, and the other side does not answer it.", "rating": "moderate"}
    ratings = dict.fromkeys(json.loads(b"[" + names + b"]"), rating)
    return json.dumps({"ratings": ratings, "reason": "On balance the evidence is fair.", "credence": 62})


@cache
def _turn(quote: str, heard: int) -> str:
    words = ("One", "Two", "Three", "Four", "Five")
    arguments = [
        {
            "text": f"{word} thing number {heard}{heard} stands in the passages, and it bears on the claim as it is put here.",
            "citations": [{"passage": 1, "quote": quote}],
        }
        for word in words[: 2 + heard % 2]
    ]
    return json.dumps({"arguments": arguments})


def _sent(text: str, tokens: int) -> bytes:
    usage = {"prompt_tokens": tokens, "completion_tokens": 100, "total_tokens": tokens + 100}
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    body = json.dumps(
        {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}
    )
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return (head + body).encode()


async def _serve(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(seconds), "127.0.0.1", 0, backlog=512)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()
    print(json.dumps({"calls": Answering.calls, "most": Answering.most, "cpu": time.process_time()}), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
