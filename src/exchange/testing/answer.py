"""A reply's text -> the bytes of an answer, spoilt as a fault says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import responses
from typing import Any

from exchange.testing.fault import Fault

GOOD = Fault(name="")
_NO_CONTENT = 204


@dataclass(frozen=True, kw_only=True)
class Sent:
    """An answer as it goes over the wire."""

    head: bytes
    body: bytes


def counted(request: dict[str, Any], text: str) -> tuple[int, int]:
    """Tokens in and out as the server counts them where nobody says otherwise: a quarter of the bytes, at least 1."""
    asked = sum(_bytes(str(message.get("content") or "")) for message in request["messages"])
    return max(1, asked // 4), max(1, _bytes(text) // 4)


def completion(number: int, model: str, text: str, tokens: tuple[int, int]) -> dict[str, Any]:
    """The good answer to the call of that number."""
    return {
        "id": f"chatcmpl-{number:08}",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)},
    }


def sent(fault: Fault, good: dict[str, Any] | None, key: str) -> Sent:
    """What goes out. `good` is the completion, None where none was made; `key` is the one that the request carried."""
    body = fault.rebody(b"" if good is None else json.dumps(fault.recast(good)).encode())
    if fault.echoes:
        body = body.replace(b"{key}", key.encode())
    headers = {"content-type": "application/json", "content-length": str(len(body))}
    if fault.status == _NO_CONTENT:
        headers, body = {}, b""
    return Sent(head=_head(fault.status, headers | dict(fault.headers)), body=body)


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {responses.get(status, 'Unheard Of')}", *map(": ".join, headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _bytes(text: str) -> int:
    return len(text.encode(errors="replace"))
