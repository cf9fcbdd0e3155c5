"""Everything that Exchange raises on purpose. Who can mend it decides the branch.

ExchangeError
├─ SetupError        the settings, prompts or models named; before any call; never retried
│   ├─ ConfigError
│   ├─ PromptError
│   ├─ RubricError
│   └─ UnknownModel
├─ InputError        a file or an argument that cannot be taken in; nothing of it was stored
├─ ModelError        the call failed
│   ├─ TransientError(retry_after)      retried within limits
│   ├─ Parked(retry_after)              the server asks for a longer pause than we wait; resumable
│   ├─ AuthError                        never retried, as all that follow
│   ├─ RefusedError
│   ├─ ContextTooLong
│   ├─ QuotaExhausted
│   └─ RequestRefused
│       └─ SchemaRefused                asked once more with the schema in the prompt
├─ ReplyError(raw)   an answer, not in the agreed form; asked once more with the reason
├─ LimitReached(limit, actual)          we stopped ourselves; resumable
├─ Interrupted       somebody stopped us; resumable
├─ DebateFailed      a turn could not be had; recorded as failed, the score untouched
└─ StoreError
    ├─ NotFound
    ├─ Conflict
    │   └─ AnsweredMeanwhile            the ledger has the answer by now; nothing is to be asked
    ├─ BrokenDigest
    ├─ SchemaTooNew
    └─ Unreachable      the database's server is gone for now; waiting mends it
"""


class ExchangeError(Exception):
    """The root: catch it to catch everything that Exchange raises on purpose."""


class SetupError(ExchangeError):
    """Settings, prompts or models are not usable; found before a call is made."""


class ConfigError(SetupError):
    """A configuration file, an environment variable or a flag is wrong."""


class PromptError(SetupError):
    """A prompt file is missing, malformed, or lacks or invents a variable."""


class RubricError(SetupError):
    """A rubric file is malformed or its weights do not add up."""


class UnknownModel(SetupError):
    """No such model, provider, weights file or scripted answer."""


class InputError(ExchangeError):
    """A file or an argument cannot be taken in; nothing of it was stored."""


class ModelError(ExchangeError):
    """A model call failed; what was asked and what happened stand in the message.

    `may_cost` is set where the work may have been done, and charged for, although no answer came.
    """

    def __init__(self, message: str, may_cost: bool = False) -> None:
        super().__init__(message)
        self.may_cost = may_cost


class TransientError(ModelError):
    """The call may succeed later. `retry_after` is in seconds, `status` is HTTP's; None where the server gave none."""

    def __init__(
        self, message: str, retry_after: float | None = None, status: int | None = None, may_cost: bool = False
    ) -> None:
        super().__init__(message, may_cost)
        self.retry_after = retry_after
        self.status = status


class Parked(ModelError):
    """The server asks for a pause of `retry_after` seconds, which is longer than we wait; resumable."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class AuthError(ModelError):
    """The server did not accept the key."""


class RefusedError(ModelError):
    """The model declined, or the provider's content filter stopped it."""


class ContextTooLong(ModelError):
    """The prompt does not fit the model's context."""


class QuotaExhausted(ModelError):
    """The account has no money or quota left; retrying cannot help."""


class RequestRefused(ModelError):
    """The server answered with a client error that no retry mends."""


class SchemaRefused(RequestRefused):
    """The server may not know response_format json_schema."""


class ReplyError(ExchangeError):
    """An answer came, but not in the agreed form. `raw` is its text."""

    def __init__(self, message: str, raw: str) -> None:
        super().__init__(message)
        self.raw = raw


class LimitReached(ExchangeError):
    """Exchange stopped itself at `limit`, where `actual` would have been reached."""

    def __init__(self, message: str, limit: float, actual: float) -> None:
        super().__init__(message)
        self.limit = limit
        self.actual = actual


class Interrupted(ExchangeError):
    """Ctrl-C or a termination signal stopped the work; the same command goes on."""


class DebateFailed(ExchangeError):
    """A proposer's or critic's turn could not be had, so there was no debate to judge."""


class StoreError(ExchangeError):
    """The database cannot be opened, read or written as asked."""


class NotFound(StoreError):
    """Nothing is stored under that name."""


class Conflict(StoreError):
    """What is stored contradicts what was to be written."""


class AnsweredMeanwhile(Conflict):
    """A question is not to be asked: its answer has come into the ledger since that was looked for."""


class BrokenDigest(StoreError):
    """A stored row no longer has the digest that was stored with it."""


class SchemaTooNew(StoreError):
    """The database was made by a newer Exchange."""


class Unreachable(StoreError):
    """The database's server cannot be reached, or has ended the connection; it may be back soon."""
