"""The calls of a batch that is over, and that no line of its files answers: why each has no answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from exchange.domain.batches import BatchState, Complaint, Sent, Standing
from exchange.errors import ExchangeError, Interrupted, RequestRefused, TransientError, UnknownModel
from exchange.llm.batching.settled import Settled

# OpenAI's words for: more is queued than the account may queue of this model; there is no such model.
_FULL, _NO_MODEL = "token_limit_exceeded", "model_not_found"
_WHY = {
    BatchState.COMPLETED: "the provider completed the batch, and has no line for the question in its files",
    BatchState.EXPIRED: "the batch expired before the provider came to the question",
    BatchState.CANCELLED: "the batch was cancelled before the provider came to the question",
}


@dataclass(frozen=True)
class Missing:
    """`calls` are all of the batch, in the order of its lines; `doubtful` if some may have been answered, and paid for.

    `cancelled` says that we cancelled it; `pause` is in seconds, for a provider that takes no more for now.
    """

    standing: Standing
    calls: dict[int, Sent]
    doubtful: bool
    cancelled: bool
    pause: float

    def outcomes(self) -> Iterator[Settled]:
        """One for each call without an outcome."""
        by_line = {each.line: each for each in self.standing.complaints if each.line}
        for number, sent in enumerate(self.calls.values(), start=1):
            if not sent.settled:
                yield Settled(sent, self._why(by_line, number), self.doubtful)

    def _why(self, by_line: dict[int, Complaint], number: int) -> ExchangeError:
        if self.standing.state is not BatchState.FAILED:
            why = _WHY[self.standing.state]
            return Interrupted(f"{why}. The same command goes on.") if self.cancelled else TransientError(why)
        if complaint := by_line.get(number):
            return RequestRefused(f"the provider refused line {number} of the batch: {_said(complaint)}")
        if by_line:
            return TransientError("the provider refused another line of the batch, and so did nothing of it")
        return self._refused()

    def _refused(self) -> ExchangeError:
        """The file as a whole was none."""
        first = next(iter(self.standing.complaints), Complaint())
        said = f"the provider refused the batch: {_said(first)}"
        if first.code == _FULL:
            return TransientError(said, retry_after=self.pause)
        return UnknownModel(said) if first.code == _NO_MODEL else RequestRefused(said)


def _said(complaint: Complaint) -> str:
    return ": ".join(filter(None, (complaint.code, complaint.message))) or "it does not say why"
