"""A journal in memory, a question to put through it, and models that say what a test wants."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from exchange.domain.calls import Answer, Form, Message, Question, Reply, Usage
from exchange.errors import ExchangeError

TEN = Usage(input_tokens=10, output_tokens=10)


def question(place: str = "judge-1/prior/blind", model: str = "scripted:x", content: str = "What is so?") -> Question:
    return Question(
        debate="d-000000000001",
        place=place,
        model=model,
        messages=(Message(role="system", content="Rules."), Message(role="user", content=content)),
        schema_name="verdict",
        reply_schema={
            "type": "object",
            "properties": {"reason": {"type": "string", "minLength": 8, "maxLength": 90, "enum": ["a page's words"]}},
            "required": ["reason"],
            "additionalProperties": False,
        },
        open_schema={"type": "object", "properties": {"reason": {"type": "string"}}},
        max_tokens=300,
    )


def said(text: str, finish: str = "stop", usage: Usage = TEN) -> Reply:
    return Reply(text=text, finish=finish, usage=usage)


@dataclass(kw_only=True)
class Row:
    """One attempt; neither reply nor error while it is open."""

    question: Question
    form: Form
    worst: float | None
    reply: Reply | None = None
    error: str | None = None
    may_cost: bool = False

    @property
    def state(self) -> str:
        if self.error is not None:
            return "failed"
        return "open" if self.reply is None else "closed"


@dataclass(kw_only=True)
class MemoryJournal:
    """The protocol Journal over a dict; call numbers count from 1. With a `refusal`, no intent can be committed."""

    rows: dict[int, Row] = field(default_factory=dict)
    refusal: ExchangeError | None = None

    async def replay(self, question: Question) -> Answer | None:
        for call, row in self.rows.items():
            if row.reply is not None and row.question.digest == question.digest:
                return Answer(call=call, reply=row.reply, form=row.form, replayed=True)
        return None

    async def open(self, question: Question, form: Form, worst: float | None) -> int:
        if self.refusal:
            raise self.refusal
        self.rows[len(self.rows) + 1] = Row(question=question, form=form, worst=worst)
        return len(self.rows)

    async def close(self, call: int, reply: Reply) -> None:
        self.rows[call].reply = reply

    async def fail(self, call: int, error: str, may_cost: bool) -> None:
        self.rows[call].error = error
        self.rows[call].may_cost = may_cost

    @property
    def states(self) -> list[str]:
        return [row.state for row in self.rows.values()]

    @property
    def forms(self) -> list[Form]:
        return [row.form for row in self.rows.values()]


@dataclass(kw_only=True)
class FakeModel:
    """Says its script entry by entry, the last one for ever; an exception in the script is raised."""

    script: list[Reply | Exception]
    concurrency: int = 4
    on_attempt: Callable[[], None] = lambda: None
    asked: list[Question] = field(default_factory=list)

    async def attempt(self, question: Question, form: Form) -> Reply:  # noqa: ARG002 # a fake answers in one form
        self.asked.append(question)
        await asyncio.sleep(0)
        self.on_attempt()
        entry = self.script[min(len(self.asked), len(self.script)) - 1]
        if isinstance(entry, Exception):
            raise entry
        return entry

    async def close(self) -> None:
        """Nothing is held open."""
