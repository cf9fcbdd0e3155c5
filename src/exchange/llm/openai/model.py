"""OpenAI and every server that speaks its chat completions."""

import asyncio
from typing import Any

import httpx2
import openai
from pydantic import SecretStr

from exchange.domain.calls import Form, Question, Reply
from exchange.errors import TransientError
from exchange.llm import completion
from exchange.llm.openai.client import UNREAD, client
from exchange.llm.openai.translation import Translator
from exchange.llm.spec import Spec

# Bytes: ten times what the longest answer that any format allows can have.
_LONGEST_REPLY = 8_000_000
_LENGTHS = frozenset({"maxLength", "minLength"})


class OpenAIModel:
    """`key` is sent to the spec's server only; `concurrency` attempts run at a time; times are in seconds."""

    def __init__(self, spec: Spec, key: SecretStr | None, concurrency: int, connect: float, total: float) -> None:
        self.concurrency = concurrency
        self._spec = spec
        self._total = total
        self._words = Translator(spec=spec, key=key)
        self._client = client(spec, key, connect, total)

    async def attempt(self, question: Question, form: Form) -> Reply:
        """One request. Raises ModelError, or UnknownModel where the server has no such model."""
        try:
            async with asyncio.timeout(self._total):
                response = await self._client.post(
                    "/chat/completions",
                    cast_to=httpx2.Response,
                    body=body(self._spec, question, form),
                    options={"headers": UNREAD, "follow_redirects": False},
                )
                return self._words.keyless(completion.read(await self._content(response)))
        except TimeoutError as error:
            raise TransientError(
                f"{self._words.where} did not answer within {self._total:g} s", may_cost=True
            ) from error
        except httpx2.HTTPError as error:
            raise TransientError(
                f"{self._words.where} broke off its answer: {type(error).__name__}", may_cost=True
            ) from error
        except openai.OpenAIError as error:
            # Not from the SDK's error: its text is the server's, which may hold the key, and stands in every traceback.
            raise self._words.translated(error, form) from None

    async def _content(self, response: httpx2.Response) -> bytes:
        """The body. Raises TransientError where it is longer than any answer can be."""
        content = bytearray()
        try:
            async for part in response.aiter_bytes():
                content += part
                if len(content) > _LONGEST_REPLY:
                    raise TransientError(
                        f"{self._words.where} answered with more than {_LONGEST_REPLY:,} bytes", may_cost=True
                    )
        finally:
            await response.aclose()
        return bytes(content)

    async def close(self) -> None:
        """Closes the connection pool."""
        await self._client.close()


def body(spec: Spec, question: Question, form: Form) -> dict[str, Any]:
    """The body of one request for a chat completion, as the spec's server takes it."""
    body = {"model": spec.name} | completion.body(question, form)
    if not spec.of_openai:
        return body | {"max_tokens": question.max_tokens}
    # OpenAI's strict mode refuses bounds on the length of a string.
    wanted = body["response_format"].get("json_schema")
    if wanted:
        wanted["schema"] = _without(wanted["schema"], _LENGTHS)
    return body | {"max_completion_tokens": question.max_tokens}


def _without(schema: Any, keys: frozenset[str]) -> Any:
    if isinstance(schema, dict):
        return {key: _without(value, keys) for key, value in schema.items() if key not in keys}
    return [_without(item, keys) for item in schema] if isinstance(schema, list) else schema
