"""What the SDK raises, and what a server says, in our errors; with the key left out of every word."""

import email.utils
import re
import time
from dataclasses import dataclass

import httpx2
import openai
from pydantic import SecretStr

from exchange.domain.calls import Form, Reply
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
from exchange.llm.spec import Spec

_LONGEST_WORD = 300
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
# The same by status, for answers that come as a line of a file.
_BY_STATUS: dict[int, type[ExchangeError]] = {401: AuthError, 403: AuthError, 404: UnknownModel}
_TRANSIENT_STATUSES = frozenset({408, 409, 425})
_SCHEMA_STATUSES = frozenset({400, 422})
_QUOTA = "insufficient_quota"
_CONTEXT = "context_length_exceeded"
# llama.cpp and vLLM say it in words of their own.
_TOO_LONG = re.compile(r"context[ _](?:length|size|window)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An answer with a status that is an error: what OpenAI's error object says of it, as far as it says anything."""

    status: int
    said: str
    code: str | None = None
    kind: str | None = None
    retry_after: float | None = None


@dataclass(frozen=True, kw_only=True)
class Translator:
    """Words for one server and model; the key is in none of them."""

    spec: Spec
    key: SecretStr | None

    @property
    def where(self) -> str:
        return self.spec.url or "OpenAI"

    def translated(self, error: openai.OpenAIError, form: Form = Form.OBJECT) -> ExchangeError:
        """Ours for the SDK's. Only of a schema can a server say that it knows none."""
        if not isinstance(error, openai.APIStatusError):
            return self._unreached(error)
        refusal = Refusal(
            status=error.status_code,
            said=_said(error),
            code=error.code,
            kind=error.type,
            retry_after=_retry_after(error.response),
        )
        return self.refused(refusal, form, _ours(error))

    def refused(
        self, refusal: Refusal, form: Form = Form.OBJECT, otherwise: type[ExchangeError] | None = None
    ) -> ExchangeError:
        """The error that the refusal is; `otherwise`, or what its status usually means, where nothing says more."""
        said, status = self.redacted(refusal.said)[:_LONGEST_WORD], refusal.status
        message = f"{self.where} answered {status} for {self.spec.name}: {said}"
        if refusal.code == _QUOTA:
            return QuotaExhausted(f"{message}. Retrying cannot help; look at the account's billing.")
        if refusal.code == _CONTEXT or (status in _SCHEMA_STATUSES and _TOO_LONG.search(f"{refusal.kind} {said}")):
            return ContextTooLong(f"{message}. Choose a format with a shorter brief, or a model with more context.")
        if status in _TRANSIENT_STATUSES or status == 429 or status >= 500:
            # A server that failed, or a gateway that lost it, may have done the work.
            return TransientError(message, refusal.retry_after, status, may_cost=status == 408 or status >= 500)
        if status in _SCHEMA_STATUSES and form is Form.SCHEMA:
            return SchemaRefused(message)
        return (otherwise or _BY_STATUS.get(status, RequestRefused))(message)

    def keyless(self, reply: Reply) -> Reply:
        """The reply without the key, should the server have said it: replies are stored and shown."""
        return reply.model_copy(update={"text": self.redacted(reply.text), "finish": self.redacted(reply.finish)})

    def redacted(self, text: str) -> str:
        """The text without the key."""
        return text.replace(self.key.get_secret_value(), "[key]") if self.key else text

    def _unreached(self, error: openai.OpenAIError) -> ExchangeError:
        said = self.redacted(_said(error))[:_LONGEST_WORD]
        message, kind = f"{self.where} could not be reached for {self.spec.name}: {said}", _ours(error)
        if kind is TransientError:
            return TransientError(message, may_cost=not isinstance(error.__cause__, _NOT_SENT))
        return kind(message)


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
