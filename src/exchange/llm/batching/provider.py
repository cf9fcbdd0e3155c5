"""What a provider of batches can do: one attempt at each thing."""

from pathlib import Path
from typing import Protocol

from exchange.domain.batches import Standing
from exchange.domain.calls import Form, Question, Reply
from exchange.errors import ExchangeError


class Provider(Protocol):
    """One model's server. Every method but `line`, `reply` and `refused` is one request, and raises ModelError."""

    def line(self, custom_id: str, question: Question, form: Form) -> bytes:
        """The question as a line of a file, with its line end."""

    def reply(self, body: bytes) -> Reply:
        """What the body of an answered line says. Raises TransientError where it is no chat completion."""

    def refused(self, status: int, body: object, form: Form) -> ExchangeError:
        """What a line with such a status, and such an answer, means."""

    async def upload(self, path: Path, name: str) -> str:
        """The provider's name for the file."""

    async def create(self, input_file: str, ours: str) -> Standing:
        """A new batch of that file, which bears our name."""

    async def find(self, ours: str) -> Standing | None:
        """The batch that bears our name, if it was made."""

    async def look(self, provider_id: str) -> Standing:
        """How it stands."""

    async def cancel(self, provider_id: str) -> Standing:
        """Asks for its end: what is not done will not be."""

    async def download(self, file: str, into: Path) -> None:
        """Writes the provider's file to `into`, over what is there."""

    async def close(self) -> None:
        """Lets go of connections."""
