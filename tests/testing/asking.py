"""Requests as a client makes them, byte for byte."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

KEY = "sk-test-0123456789abcdef"
SCHEMA = {
    "type": "object",
    "properties": {
        "reason": {"type": "string", "minLength": 8, "maxLength": 90},
        "credence": {"type": "integer", "minimum": 0, "maximum": 100},
    },
}


def request(content: str = "What is so?", model: str = "tiny") -> dict[str, Any]:
    wanted = {"name": "verdict", "strict": True, "schema": SCHEMA}
    return {
        "model": model,
        "messages": [{"role": "user", "content": content}],
        "response_format": {"type": "json_schema", "json_schema": wanted},
    }


class Client:
    """One connection, kept for as many calls as it takes."""

    def __init__(self, url: str, timeout: float = 2) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *raised: object) -> None:
        self._connection.close()

    def ask(
        self, content: str = "What is so?", key: str | None = None, body: bytes | None = None
    ) -> http.client.HTTPResponse:
        """The answer's head; its body is not read yet."""
        sent = json.dumps(request(content)).encode() if body is None else body
        headers = {"authorization": f"Bearer {key}"} if key else {}
        self._connection.request("POST", "/v1/chat/completions", sent, headers)
        return self._connection.getresponse()


def ask(url: str, content: str = "What is so?", key: str | None = None, body: bytes | None = None) -> tuple[int, bytes]:
    """Status and body of one call on a connection of its own."""
    with Client(url) as client:
        response = client.ask(content, key, body)
        return response.status, response.read()


def text(body: bytes) -> str:
    """The reply's text in a completion."""
    spoken: str = json.loads(body)["choices"][0]["message"]["content"]
    return spoken
