"""A provider batch: questions to one model that go to its provider as one file, and are answered within a day."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from pydantic import Field

from exchange.domain.calls import Answer, Form, Question, Reply
from exchange.domain.noun import Noun
from exchange.errors import ExchangeError


class BatchState(StrEnum):
    """Where a provider batch stands: gathered (nothing was sent), sending and unsent are our words, the rest OpenAI's."""

    GATHERED = "gathered"
    SENDING = "sending"
    VALIDATING = "validating"
    IN_PROGRESS = "in_progress"
    FINALIZING = "finalizing"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNSENT = "unsent"

    @property
    def over(self) -> bool:
        """Will its provider do nothing more of it?"""
        return self in (self.COMPLETED, self.FAILED, self.EXPIRED, self.CANCELLED, self.UNSENT)


class ProviderBatch(Noun):
    """One file of questions. `input_file` and `provider_id` are the provider's names, None until they are known.

    `cancelled` says that we asked for its end; `settled`, that every one of its calls has its outcome in the ledger.
    """

    id: str
    model: str
    state: BatchState
    input_file: str | None = None
    provider_id: str | None = None
    cancelled: bool = False
    settled: bool = False


class Complaint(Noun):
    """Why a provider took a file for none; `line` counts from 1, None where it is the whole file's fault."""

    code: str | None = None
    message: str | None = None
    line: int | None = None


class Standing(Noun):
    """What a provider says of a batch. `completed` counts the requests that it did, None where it does not say."""

    provider_id: str
    state: BatchState
    output_file: str | None = None
    error_file: str | None = None
    complaints: tuple[Complaint, ...] = ()
    completed: int | None = Field(default=None, ge=0)
    total: int | None = Field(default=None, ge=0)


class Intent(Noun):
    """A question that is to be put, under the lease with that epoch; `worst` is the most that it may cost, in US dollars."""

    question: Question
    form: Form
    worst: float | None
    epoch: int


class Sent(Noun):
    """A call and the provider batch that it went with; settled once it has its outcome, answered where that is a reply."""

    call: int
    question_digest: str
    form: Form
    batch: str
    settled: bool
    answered: bool = False


class Outcome(Noun):
    """What became of one call: a reply, or the reason why there is none; `may_cost` as in the ledger."""

    call: int
    reply: Reply | None = None
    error: str | None = None
    may_cost: bool = False


class BatchJournal(Protocol):
    """The ledger as provider batches see it. Every method commits; all raise StoreError."""

    async def replay(self, question: Question) -> Answer | None:
        """The stored answer to exactly this question, whichever process put it there."""

    async def under_way(self, question: Question) -> Sent | None:
        """The call that puts exactly this question in a provider batch whose outcome is awaited, if there is one."""

    async def begin(self, model: str) -> ProviderBatch:
        """A new batch, gathered, that is this process's to send. Raises Interrupted where all that it is for was cancelled."""

    async def open(self, batch: str, intents: Sequence[Intent]) -> list[int | ExchangeError]:
        """Commits intents with their reservations and their batch; the calls' numbers.

        LimitReached in place of a number where the reservation does not fit under a cap, Conflict where the lease was lost.
        """

    async def batch(self, name: str) -> ProviderBatch:
        """How it stands here. Raises NotFound."""

    async def mine(self, name: str) -> bool:
        """Makes it this process's to send, for a while; False where another process may be at it."""

    async def sending(self, name: str, input_file: str | None = None) -> None:
        """From here on the provider may hold its file, and once the file is named, the batch."""

    async def stands(self, name: str, standing: Standing) -> None:
        """Notes what the provider says."""

    async def calls(self, name: str) -> dict[int, Sent]:
        """All of its calls by number, which is the order of its lines."""

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Writes outcomes of calls that have none; a call that has one is left as it is."""

    async def unsent(self, name: str, why: str) -> None:
        """It never went out: its open calls have failed and cost nothing."""

    async def release(self) -> None:
        """What this process was sending, another may go on with."""

    async def end(self, name: str, state: BatchState, note: str | None) -> None:
        """Everything that is to be had of it is in the ledger."""
