"""A line of an answer file -> which call it answers, and what it says."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from exchange.domain.batches import Sent

_ID = re.compile(r"call-(?P<call>\d{1,18})-(?P<digest>[0-9a-f]{16})", re.ASCII)
_DIGITS = 16
# Bytes: twice what the longest reply has.
_LONGEST = 16_000_000
_GOOD = 200
# What OpenAI says of requests that it did not come to.
_NOT_DONE = {
    "batch_expired": "the batch expired before the provider came to it",
    "batch_cancelled": "the batch was cancelled before the provider came to it",
}


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _Answered(_Part):
    status_code: int
    body: Any = None


class _Wrong(_Part):
    code: str | None = None
    message: str | None = None


class _Line(_Part):
    custom_id: str
    response: _Answered | None = None
    error: _Wrong | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one line says: a body with status 200, or another status, or why there was no answer (`not_done`)."""

    custom_id: str
    status: int | None
    body: Any
    not_done: str | None

    @property
    def good(self) -> bool:
        """Is there an answer that was paid for?"""
        return self.status == _GOOD

    @property
    def bytes(self) -> bytes:
        """The body as it would have come over the wire."""
        return json.dumps(self.body).encode()

    def answers(self, calls: dict[int, Sent]) -> Sent | None:
        """Which of the calls it belongs to, if to one of them."""
        found = _ID.fullmatch(self.custom_id)
        sent = calls.get(int(found["call"])) if found else None
        return sent if sent and found and sent.question_digest.startswith(found["digest"]) else None


def raw(path: Path) -> Iterator[bytes]:
    """The lines of the file that are not blank; of one that is longer than any answer, pieces that are no line."""
    with path.open("rb") as file:
        while line := file.readline(_LONGEST):
            if line.strip():
                yield line


def custom_id(call: int, question_digest: str) -> str:
    """Names the ledger's call and its question: `call-17-0123456789abcdef`."""
    return f"call-{call}-{question_digest[:_DIGITS]}"


def read(line: bytes) -> Line | None:
    """None where it is no line of ours: cut off, not JSON, or without a custom_id."""
    try:
        parsed = _Line.model_validate(json.loads(line))
    except (ValidationError, ValueError, RecursionError):
        return None
    answered, wrong = parsed.response, parsed.error
    if answered is None:
        code = wrong.code if wrong else None
        said = (wrong.message or code) if wrong else None
        not_done = _NOT_DONE.get(code or "", f"the provider gave no answer: {said or 'it does not say why'}")
        return Line(custom_id=parsed.custom_id, status=None, body=None, not_done=not_done)
    return Line(custom_id=parsed.custom_id, status=answered.status_code, body=answered.body, not_done=None)
