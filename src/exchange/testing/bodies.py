"""Faults of the completion around a reply, and of the bytes that it travels in; all of them are charged."""

import json
from collections.abc import Callable
from typing import Any

from exchange.testing.fault import Fault

DEPTH = 100_000
_BOM = b"\xef\xbb\xbf"


def recast(name: str, change: Callable[[dict[str, Any]], Any]) -> Fault:
    """The completion, a JSON object that is `change`'s own, becomes what `change` returns."""
    return Fault(name=name, recast=change)


def rebody(name: str, change: Callable[[bytes], bytes], kind: str = "application/json") -> Fault:
    """The bytes of the completion's JSON become what `change` returns, labelled with the content type `kind`."""
    return Fault(name=name, rebody=change, headers=(("content-type", kind),))


def choices(name: str, value: Any) -> Fault:
    """The completion's list of choices is `value`."""
    return recast(name, lambda good: good | {"choices": value})


def message(name: str, **fields: Any) -> Fault:
    """The message has these fields over its own."""
    return recast(name, lambda good: _with_choice(good, message=_message(good) | fields))


def finish(name: str, reason: Any) -> Fault:
    """The choice ends for that reason."""
    return recast(name, lambda good: _with_choice(good, finish_reason=reason))


def usage(name: str, value: Any) -> Fault:
    """The server says that it counted `value`."""
    return recast(name, lambda good: good | {"usage": value})


def _tokens(name: str, count: Any) -> Fault:
    return usage(name, {"prompt_tokens": count, "completion_tokens": count, "total_tokens": count})


def _message(good: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = good["choices"][0]["message"]
    return found


def _with_choice(good: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return good | {"choices": [good["choices"][0] | fields]}


def _without(record: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != key}


def _cut_text(good: dict[str, Any]) -> dict[str, Any]:
    content = _message(good)["content"]
    cut = _message(good) | {"content": content[: len(content) // 2]}
    return _with_choice(good, message=cut, finish_reason="length")


def _calling_a_tool(good: dict[str, Any]) -> dict[str, Any]:
    call = {"id": "call_1", "type": "function", "function": {"name": "answer", "arguments": "{}"}}
    asking = _message(good) | {"content": None, "tool_calls": [call]}
    return _with_choice(good, message=asking, finish_reason="tool_calls")


def _declining(good: dict[str, Any]) -> dict[str, Any]:
    return _with_choice(good, message=_message(good) | {"content": None, "refusal": "I cannot help with that."})


def _with_a_surrogate(good: dict[str, Any]) -> dict[str, Any]:
    return _with_choice(good, message=_message(good) | {"content": _message(good)["content"] + "\ud800"})


def _as_stream(sent: bytes) -> bytes:
    chunk = json.loads(sent)
    spoken = [{"index": 0, "delta": _message(chunk), "finish_reason": "stop"}]
    event = json.dumps(chunk | {"object": "chat.completion.chunk", "choices": spoken})
    return f"data: {event}\n\ndata: [DONE]\n\n".encode()


BODIES = (
    recast("null-completion", lambda _: None),
    recast("empty-object", lambda _: {}),
    recast("list-for-a-completion", lambda good: [good]),
    recast("error-with-200", lambda _: {"error": {"message": "The model crashed.", "code": None}}),
    recast("choices-missing", lambda good: _without(good, "choices")),
    choices("choices-empty", []),
    choices("choices-null", None),
    choices("choices-of-null", [None]),
    choices("choices-of-numbers", [1, 2]),
    choices("choices-an-object", {"0": {}}),
    recast("message-missing", lambda good: good | {"choices": [_without(good["choices"][0], "message")]}),
    recast("message-null", lambda good: _with_choice(good, message=None)),
    recast("message-a-text", lambda good: _with_choice(good, message="yes")),
    message("content-null", content=None),
    message("content-a-number", content=7),
    message("content-a-list", content=[{"type": "text", "text": "{}"}]),
    message("content-an-object", content={"credence": 50}),
    usage("usage-null", None),
    recast("usage-missing", lambda good: _without(good, "usage")),
    usage("usage-a-text", "many"),
    _tokens("usage-of-words", "many"),
    _tokens("usage-of-fractions", 1.5),
    _tokens("usage-negative", -1),
    _tokens("usage-huge", 10**15),
    _tokens("usage-beyond-64-bits", 10**30),
    recast("finish-missing", lambda good: good | {"choices": [_without(good["choices"][0], "finish_reason")]}),
    finish("finish-null", None),
    finish("finish-a-number", 1),
    finish("finish-unheard-of", "moonrise"),
    recast("finish-length", _cut_text),
    finish("finish-content-filter", "content_filter"),
    recast("finish-tool-calls", _calling_a_tool),
    recast("refusal", _declining),
    recast("surrogate-in-the-completion", _with_a_surrogate),
    rebody("truncated-body", lambda sent: sent[:-20]),
    rebody("deep-body", lambda _: b"[" * DEPTH),
    rebody("not-utf8", lambda sent: sent.replace(b'"assistant"', b'"\xff\xfe"')),
    rebody("bom-before-the-body", lambda sent: _BOM + sent),
    rebody("wrong-content-type", lambda sent: sent, "image/png"),
    rebody("stream-that-nobody-asked-for", _as_stream, "text/event-stream"),
    Fault(name="gzip-that-is-none", headers=(("content-encoding", "gzip"),)),
)
