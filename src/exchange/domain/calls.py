"""A question to a model, its reply, and the protocol of the ledger that stands between them."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol, Self

from pydantic import Field

from exchange.domain.debate import Role
from exchange.domain.identity import digest
from exchange.domain.noun import Noun


class Form(StrEnum):
    """How the reply's form was asked for: by a strict schema, or as JSON with the schema in the prompt."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"


class Via(StrEnum):
    """How an answer is had: by a call of its own, at once; or in a provider batch, within a day and at a lower price."""

    CALL = "call"
    BATCH = "batch"


class Message(Noun):
    """One message of a prompt; `role` is the chat protocol's (system, user, assistant)."""

    role: str
    content: str


class Question(Noun):
    """Everything that decides a reply. `place` is unique in its debate; `sample` counts re-asks from 0.

    `reply_schema` may hold sentences of the page, as values to choose from; `open_schema` holds none of them, so that
    it can stand in a prompt.
    """

    debate: str
    place: str
    model: str
    messages: tuple[Message, ...]
    schema_name: str
    reply_schema: dict[str, Any]
    open_schema: dict[str, Any]
    max_tokens: int = Field(ge=1)
    sample: int = Field(default=0, ge=0)

    @cached_property
    def digest(self) -> str:
        return digest(self.model_dump(mode="json"))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # noqa: ARG002
        """Made anew, so that no other question's digest sticks to it."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**(fields | dict(update or {})))

    @property
    def role(self) -> Role:
        """Who is asked, as the place names it: `proposer/1`, `judge-2/final/critic-first`."""
        return Role(self.place.partition("/")[0].partition("-")[0])

    @property
    def sitting(self) -> str | None:
        """When and in which order a judge is asked; None for a turn."""
        return self.place.partition("/")[2] if self.role is Role.JUDGE else None


class Usage(Noun):
    """Tokens as the provider counted them; None where it did not say."""

    input_tokens: int | None = Field(default=None, ge=0)
    output_tokens: int | None = Field(default=None, ge=0)


class Reply(Noun):
    """What came back. `cost` is in US dollars, None where the price or the usage is unknown."""

    text: str
    finish: str
    usage: Usage
    cost: float | None = Field(default=None, ge=0)

    @property
    def digest(self) -> str:
        return digest(self.model_dump(mode="json"))


class Answer(Noun):
    """A reply with the number of its row in the ledger; `replayed` if it was not asked for again."""

    call: int
    reply: Reply
    form: Form
    replayed: bool


class Journal(Protocol):
    """The ledger as the models' side sees it."""

    async def replay(self, question: Question) -> Answer | None:
        """The stored answer to exactly this question, if there is one."""

    async def open(self, question: Question, form: Form, worst: float | None) -> int:
        """Commit the intent of one attempt and reserve the most that it may cost, in US dollars; the call's number.

        Raises LimitReached, with nothing committed, where the reservation does not fit under a cap.
        """

    async def close(self, call: int, reply: Reply) -> None:
        """Commit what came back."""

    async def fail(self, call: int, error: str, may_cost: bool) -> None:
        """Commit that no answer came, and why; with `may_cost` the reservation stays counted."""
