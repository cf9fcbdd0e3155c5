"""OpenAI and every server that speaks its chat completions. The only file that knows the SDK."""

import asyncio
import email.utils
import re
import ssl
import time
from functools import cache
from typing import Any

import httpx2
import openai
from pydantic import SecretStr

from exchange.domain.calls import Form, Question, Reply
from exchange.errors import (
    AuthError,
    ContextTooLong,
    ExchangeError,
    ModelError,
    QuotaExhausted,
    RefusedError,
    RequestRefused,
    SchemaRefused,
    TransientError,
    UnknownModel,
)
from exchange.llm import completion
from exchange.llm.spec import Spec

NO_KEY = "none"
_LONGEST_WORD = 300
# Bytes: ten times what the longest answer that any format allows can have.
_LONGEST_REPLY = 8_000_000
# The SDK leaves the body unread where a request bears this header, so that its length can be bounded.
_UNREAD = {"X-Stainless-Raw-Response": "stream"}
# These are raised before anything was sent: nothing can have been charged.
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)

# Which of our errors each of the SDK's is; its base classes are what is left over.
TRANSLATION: dict[type[Exception], type[ExchangeError]] = {
    openai.APIConnectionError: TransientError,
    openai.APITimeoutError: TransientError,
    openai.APIResponseValidationError: TransientError,
    openai.AuthenticationError: AuthError,
    openai.PermissionDeniedError: AuthError,
    openai.OAuthError: AuthError,
    openai.BadRequestError: RequestRefused,
    openai.UnprocessableEntityError: RequestRefused,
    openai.ConflictError: TransientError,
    openai.NotFoundError: UnknownModel,
    openai.RateLimitError: TransientError,
    openai.InternalServerError: TransientError,
    openai.LengthFinishReasonError: ModelError,
    openai.ContentFilterFinishReasonError: RefusedError,
    openai.InvalidWebhookSignatureError: ModelError,
    openai.WebSocketConnectionClosedError: TransientError,
    openai.WebSocketQueueFullError: TransientError,
    openai.APIStatusError: RequestRefused,
    openai.APIError: ModelError,
    openai.OpenAIError: ModelError,
}
_TRANSIENT_STATUSES = frozenset({408, 409, 425})
_SCHEMA_STATUSES = frozenset({400, 422})
_QUOTA = "insufficient_quota"
_CONTEXT = "context_length_exceeded"
# llama.cpp and vLLM say it in words of their own.
_TOO_LONG = re.compile(r"context[ _](?:length|size|window)", re.IGNORECASE)
_LENGTHS = frozenset({"maxLength", "minLength"})


class OpenAIModel:
    """`key` is sent to the spec's server only; `concurrency` attempts run at a time; times are in seconds."""

    def __init__(self, spec: Spec, key: SecretStr | None, concurrency: int, connect: float, total: float) -> None:
        self.concurrency = concurrency
        self._spec = spec
        self._key = key
        self._total = total
        self._client = openai.AsyncOpenAI(
            api_key=key.get_secret_value() if key else NO_KEY,
            base_url=spec.url,
            max_retries=0,
            timeout=httpx2.Timeout(total, connect=connect),
            http_client=openai.DefaultAsyncHttpxClient(verify=_certificates()),
        )
        if not spec.of_openai:
            # Whose account it is concerns OpenAI alone, and the SDK would tell every server.
            self._client.organization = self._client.project = None

    async def attempt(self, question: Question, form: Form) -> Reply:
        """One request. Raises ModelError, or UnknownModel where the server has no such model."""
        try:
            async with asyncio.timeout(self._total):
                response = await self._client.post(
                    "/chat/completions",
                    cast_to=httpx2.Response,
                    body=self._body(question, form),
                    options={"headers": _UNREAD, "follow_redirects": False},
                )
                return self._keyless(completion.read(await self._content(response)))
        except TimeoutError as error:
            raise TransientError(f"{self._where} did not answer within {self._total:g} s", may_cost=True) from error
        except httpx2.HTTPError as error:
            raise TransientError(
                f"{self._where} broke off its answer: {type(error).__name__}", may_cost=True
            ) from error
        except openai.OpenAIError as error:
            # Not from the SDK's error: its text is the server's, which may hold the key, and stands in every traceback.
            raise self._translated(error, form) from None

    async def _content(self, response: httpx2.Response) -> bytes:
        """The body. Raises TransientError where it is longer than any answer can be."""
        content = bytearray()
        try:
            async for part in response.aiter_bytes():
                content += part
                if len(content) > _LONGEST_REPLY:
                    raise TransientError(
                        f"{self._where} answered with more than {_LONGEST_REPLY:,} bytes", may_cost=True
                    )
        finally:
            await response.aclose()
        return bytes(content)

    async def close(self) -> None:
        """Closes the connection pool."""
        await self._client.close()

    @property
    def _where(self) -> str:
        return self._spec.url or "OpenAI"

    def _body(self, question: Question, form: Form) -> dict[str, Any]:
        body = {"model": self._spec.name} | completion.body(question, form)
        if not self._spec.of_openai:
            return body | {"max_tokens": question.max_tokens}
        # OpenAI's strict mode refuses bounds on the length of a string.
        wanted = body["response_format"].get("json_schema")
        if wanted:
            wanted["schema"] = _without(wanted["schema"], _LENGTHS)
        return body | {"max_completion_tokens": question.max_tokens}

    def _translated(self, error: openai.OpenAIError, form: Form) -> ExchangeError:
        said = self._redacted(_said(error))[:_LONGEST_WORD]
        if not isinstance(error, openai.APIStatusError):
            return self._unreached(error, said)
        status, code = error.status_code, error.code
        message = f"{self._where} answered {status} for {self._spec.name}: {said}"
        if code == _QUOTA:
            return QuotaExhausted(f"{message}. Retrying cannot help; look at the account's billing.")
        if code == _CONTEXT or (status in _SCHEMA_STATUSES and _TOO_LONG.search(f"{error.type} {said}")):
            return ContextTooLong(f"{message}. Choose a format with a shorter brief, or a model with more context.")
        if status in _TRANSIENT_STATUSES or status == 429 or status >= 500:
            # A server that failed, or a gateway that lost it, may have done the work.
            may_cost = status == 408 or status >= 500
            return TransientError(message, _retry_after(error.response), status, may_cost)
        if status in _SCHEMA_STATUSES and form is Form.SCHEMA:
            return SchemaRefused(message)
        return _ours(error)(message)

    def _unreached(self, error: openai.OpenAIError, said: str) -> ExchangeError:
        message, kind = f"{self._where} could not be reached for {self._spec.name}: {said}", _ours(error)
        if kind is TransientError:
            return TransientError(message, may_cost=not isinstance(error.__cause__, _NOT_SENT))
        return kind(message)

    def _keyless(self, reply: Reply) -> Reply:
        """The reply without the key, should the server have said it: replies are stored and shown."""
        return reply.model_copy(update={"text": self._redacted(reply.text), "finish": self._redacted(reply.finish)})

    def _redacted(self, text: str) -> str:
        return text.replace(self._key.get_secret_value(), "[key]") if self._key else text


@cache
def _certificates() -> ssl.SSLContext:
    """Read once for a process: it takes longer than a call to a server on loopback."""
    return httpx2.create_ssl_context()


def _ours(error: openai.OpenAIError) -> type[ExchangeError]:
    return next(TRANSLATION[kind] for kind in type(error).__mro__ if kind in TRANSLATION)


def _said(error: openai.OpenAIError) -> str:
    """The server's own sentence, or the transport's, on one line."""
    body = getattr(error, "body", None)
    sentence = body.get("message") if isinstance(body, dict) else None
    return " ".join(str(sentence or error.__cause__ or error).split()).removesuffix(".")


def _retry_after(response: httpx2.Response) -> float | None:
    """Seconds that the server asks to wait, from any form of Retry-After; None where it names no sane time."""
    milliseconds = _number(response.headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    named = response.headers.get("retry-after", "")
    seconds = _number(named)
    if seconds is not None:
        return seconds
    try:
        date = email.utils.parsedate_to_datetime(named)
    except (ValueError, OverflowError):
        return None
    return max(0.0, date.timestamp() - time.time())


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def _without(schema: Any, keys: frozenset[str]) -> Any:
    if isinstance(schema, dict):
        return {key: _without(value, keys) for key, value in schema.items() if key not in keys}
    return [_without(item, keys) for item in schema] if isinstance(schema, list) else schema
