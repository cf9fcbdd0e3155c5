"""What every model can do: make one attempt at one question."""

from typing import Protocol

from exchange.domain.calls import Form, Question, Reply


class Model(Protocol):
    """One attempt, and nothing of retries, limits or the ledger."""

    concurrency: int
    """How many attempts it takes at a time."""

    async def attempt(self, question: Question, form: Form) -> Reply:
        """One attempt. Raises ModelError; the reply has no cost yet."""

    async def close(self) -> None:
        """Lets go of connections."""
