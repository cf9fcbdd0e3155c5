"""OpenAI's files and batches, one request at a time."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import openai
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from exchange.domain.batches import BatchState, Complaint, Standing
from exchange.domain.calls import Form, Question, Reply
from exchange.errors import ExchangeError, TransientError
from exchange.llm import completion
from exchange.llm.openai.client import UNREAD, client
from exchange.llm.openai.model import body
from exchange.llm.openai.translation import Refusal, Translator
from exchange.llm.spec import Spec

_Record = TypeVar("_Record", bound=BaseModel)
_ENDPOINT = "/v1/chat/completions"
_WINDOW = "24h"
# Our name of a batch, among what the provider keeps with it.
_OURS = "exchange_batch"
_PAGE = 100
# Pages of the provider's list that are looked through for a batch of ours: it lists the newest first.
_PAGES = 50
# Seconds for a file of 200 MB to go or come; bytes that no list of batches has.
_TRANSFER_SECONDS = 900.0
_LONGEST_ANSWER = 8_000_000


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _File(_Part):
    id: str = Field(min_length=1)


class _Error(_Part):
    code: str | None = None
    message: str | None = None
    line: int | None = None


class _Errors(_Part):
    data: list[_Error] | None = None


class _Counts(_Part):
    completed: int = Field(ge=0)
    total: int = Field(ge=0)


class _Batch(_Part):
    model_config = ConfigDict(strict=False, extra="ignore")

    id: str = Field(min_length=1)
    status: BatchState
    output_file_id: str | None = None
    error_file_id: str | None = None
    errors: _Errors | None = None
    request_counts: _Counts | None = None
    metadata: dict[str, str] | None = None

    def standing(self, words: Translator) -> Standing:
        counts = self.request_counts
        complaints = (self.errors.data if self.errors else None) or ()
        return Standing(
            provider_id=self.id,
            state=self.status,
            output_file=self.output_file_id or None,
            error_file=self.error_file_id or None,
            complaints=tuple(
                Complaint(code=each.code, message=words.redacted(each.message or "") or None, line=each.line)
                for each in complaints
            ),
            completed=counts.completed if counts else None,
            total=counts.total if counts else None,
        )


class _Batches(_Part):
    data: list[_Batch]
    has_more: bool = False


class OpenAIBatches:
    """The batches of one model's server; `key` is sent to it only, times are in seconds."""

    def __init__(self, spec: Spec, key: SecretStr | None, connect: float, total: float) -> None:
        self._spec = spec
        self._connect = connect
        self._total = total
        self._words = Translator(spec=spec, key=key)
        self._client = client(spec, key, connect, total)

    def line(self, custom_id: str, question: Question, form: Form) -> bytes:
        """The question as a line of a file, with its line end."""
        asked = {"custom_id": custom_id, "method": "POST", "url": _ENDPOINT, "body": body(self._spec, question, form)}
        try:
            return json.dumps(asked, ensure_ascii=False).encode() + b"\n"
        except UnicodeEncodeError:
            # Half a character, which only an escape can write.
            return json.dumps(asked).encode() + b"\n"

    def reply(self, body: bytes) -> Reply:
        """What the body of an answered line says. Raises TransientError where it is no chat completion."""
        return self._words.keyless(completion.read(body))

    def refused(self, status: int, body: object, form: Form) -> ExchangeError:
        """What a line with such a status, and such an answer, means."""
        error = body.get("error") if isinstance(body, dict) else None
        told: dict[str, Any] = error if isinstance(error, dict) else {}
        said = " ".join(str(told.get("message") or "it does not say why").split()).removesuffix(".")
        code, kind = told.get("code"), told.get("type")
        return self._words.refused(Refusal(status=status, said=said, code=code, kind=kind), form)

    async def upload(self, path: Path, name: str) -> str:
        """The provider's name for the file."""
        with path.open("rb") as file:  # read in pieces while it is sent
            made = await self._asked(
                _File,
                "post",
                "/files",
                seconds=_TRANSFER_SECONDS,
                body={"purpose": "batch"},
                files=[("file", (name, file, "application/jsonl"))],
                headers={"Content-Type": "multipart/form-data"},
            )
        return made.id

    async def create(self, input_file: str, ours: str) -> Standing:
        """A new batch of that file, which bears our name."""
        wanted = {
            "input_file_id": input_file,
            "endpoint": _ENDPOINT,
            "completion_window": _WINDOW,
            "metadata": {_OURS: ours},
        }
        return (await self._asked(_Batch, "post", "/batches", body=wanted)).standing(self._words)

    async def find(self, ours: str) -> Standing | None:
        """The batch that bears our name, if it was made."""
        after: dict[str, str] = {}
        for _ in range(_PAGES):
            params = {"limit": str(_PAGE)} | after
            page = await self._asked(_Batches, "get", "/batches", params=params)
            for each in page.data:
                if (each.metadata or {}).get(_OURS) == ours:
                    return each.standing(self._words)
            if not page.has_more or not page.data:
                return None
            after = {"after": page.data[-1].id}
        return None

    async def look(self, provider_id: str) -> Standing:
        """How it stands."""
        return (await self._asked(_Batch, "get", f"/batches/{provider_id}")).standing(self._words)

    async def cancel(self, provider_id: str) -> Standing:
        """Asks for its end: what is not done will not be."""
        return (await self._asked(_Batch, "post", f"/batches/{provider_id}/cancel")).standing(self._words)

    async def download(self, file: str, into: Path) -> None:
        """Writes the provider's file to `into`, over what is there."""
        async with self._answered("get", f"/files/{file}/content", _TRANSFER_SECONDS) as response:
            with into.open("wb") as kept:  # written in pieces while it comes
                async for part in response.aiter_bytes():
                    kept.write(part)

    async def close(self) -> None:
        """Closes the connection pool."""
        await self._client.close()

    async def _asked(
        self, kind: type[_Record], verb: str, path: str, seconds: float | None = None, **request: Any
    ) -> _Record:
        """The answer as a record. Raises TransientError where it is none."""
        content = bytearray()
        async with self._answered(verb, path, seconds or self._total, **request) as response:
            async for part in response.aiter_bytes():
                content += part
                if len(content) > _LONGEST_ANSWER:
                    raise TransientError(f"{self._words.where} answered with more than {_LONGEST_ANSWER:,} bytes")
        try:
            return kind.model_validate_json(bytes(content))
        except ValidationError as error:
            complaint = error.errors(include_url=False, include_input=False)[0]["msg"]
            raise TransientError(
                f"{self._words.where} answered {path} with something else than is agreed: {complaint}"
            ) from error

    @asynccontextmanager
    async def _answered(
        self, verb: str, path: str, seconds: float, headers: dict[str, str] | None = None, **request: Any
    ) -> AsyncIterator[httpx2.Response]:
        """The response, its body unread. Raises ModelError."""
        options: dict[str, Any] = {
            "headers": UNREAD | (headers or {}),
            "follow_redirects": False,
            "timeout": httpx2.Timeout(seconds, connect=self._connect),
        }
        if "params" in request:
            options["params"] = request.pop("params")
        try:
            async with asyncio.timeout(seconds):
                ask: Any = self._client.post if verb == "post" else self._client.get
                response = await ask(path, cast_to=httpx2.Response, options=options, **request)
                try:
                    yield response
                finally:
                    await response.aclose()
        except TimeoutError as error:
            raise TransientError(f"{self._words.where} did not answer within {seconds:g} s") from error
        except httpx2.HTTPError as error:
            raise TransientError(f"{self._words.where} broke off its answer: {type(error).__name__}") from error
        except openai.OpenAIError as error:
            # Not from the SDK's error, as in model.py.
            raise self._words.translated(error) from None
