"""The order of every call: replay, then retry( limit, open, one attempt, close )."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from exchange.domain.calls import Answer, Form, Journal, Message, Question, Reply
from exchange.errors import ExchangeError, Interrupted, ReplyError, SchemaRefused, TransientError
from exchange.llm.model import Model
from exchange.llm.prices import cost
from exchange.llm.spec import parse

_Read = TypeVar("_Read")
_LONGEST_BACKOFF = 60.0
_HTTP_ERROR = 500


@dataclass(frozen=True, kw_only=True)
class Retrying:
    """How often a call is tried, and the longest wait in seconds that a server may ask for."""

    attempts: int
    longest_wait: float


@dataclass(kw_only=True)
class Asker:
    """Asks models through the journal.

    `halt`, once set, lets no further attempt begin; `on_ask` hears of every attempt, `on_wait` of retries, `on_answer`
    of every answer.
    """

    journal: Journal
    models: Mapping[str, Model]
    retrying: Retrying
    halt: asyncio.Event
    on_wait: Callable[[Question, float, str], None]
    on_ask: Callable[[Question], None] = lambda _: None
    on_answer: Callable[[Answer], None] = lambda _: None
    _forms: dict[str, Form] = field(default_factory=dict)
    _places: dict[str, asyncio.Semaphore] = field(default_factory=dict)

    async def __call__(self, question: Question, read: Callable[[Reply], _Read]) -> tuple[Answer, _Read]:
        """The answer, and what `read` makes of it; after a first ReplyError the question is put once more with its reason.

        Raises ModelError, Interrupted, and ReplyError for a second reply that cannot be read.
        """
        answer = await self._answer(question)
        try:
            return answer, read(answer.reply)
        except ReplyError as refusal:
            again = _again(question, refusal)
        answer = await self._answer(again)
        return answer, read(answer.reply)

    async def _answer(self, question: Question) -> Answer:
        answer = await self.journal.replay(question) or await self._retried(question)
        self.on_answer(answer)
        return answer

    async def _retried(self, question: Question) -> Answer:
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(self.retrying.attempts),
            retry=retry_if_exception(self._worth_retrying),
            wait=_wait,
            sleep=self._sleep,
            before_sleep=lambda state: self._announce(question, state),
            reraise=True,
        ):
            with attempt:
                return await self._in_some_form(question, attempt.retry_state.attempt_number)
        raise AssertionError("tenacity ends with an answer or with the last error")

    async def _in_some_form(self, question: Question, number: int) -> Answer:
        """By strict schema; from a server that does not take one, as JSON with the schema in the prompt."""
        known = self._forms.get(question.model)
        try:
            answer = await self._attempt(question, known or Form.SCHEMA, number)
        except SchemaRefused:
            answer = await self._attempt(question, Form.OBJECT, number)
        except TransientError as error:
            if known or number > 1 or error.status != _HTTP_ERROR:
                raise
            answer = await self._attempt(question, Form.OBJECT, number)
        self._forms[question.model] = answer.form
        return answer

    async def _attempt(self, question: Question, form: Form, number: int) -> Answer:
        model = self.models[question.model]
        place = self._places.setdefault(question.model, asyncio.Semaphore(model.concurrency))
        async with place:
            if self.halt.is_set():
                raise Interrupted("The debate was interrupted.")
            self.on_ask(question)
            call = await self.journal.open(question, form, number)
            try:
                reply = await model.attempt(question, form)
            except Exception as error:
                said = str(error) if isinstance(error, ExchangeError) else "a fault in Exchange"
                await self.journal.fail(call, f"{type(error).__name__}: {said}")
                raise
            reply = reply.model_copy(update={"cost": cost(parse(question.model), reply.usage)})
            await self.journal.close(call, reply)
        return Answer(call=call, reply=reply, form=form, replayed=False)

    def _worth_retrying(self, error: BaseException) -> bool:
        return isinstance(error, TransientError) and (error.retry_after or 0) <= self.retrying.longest_wait

    async def _sleep(self, seconds: float) -> None:
        """Waits, but not past an interruption."""
        try:
            await asyncio.wait_for(self.halt.wait(), seconds)
        except TimeoutError:
            return

    def _announce(self, question: Question, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        self.on_wait(question, state.next_action.sleep if state.next_action else 0.0, str(error))


def _wait(state: RetryCallState) -> float:
    """What the server asked for, else full jitter."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, TransientError) else None
    jitter = wait_random_exponential(multiplier=0.5, max=_LONGEST_BACKOFF)(state)
    return jitter if asked is None else asked + min(jitter, 1.0)


def _again(question: Question, refusal: ReplyError) -> Question:
    """The same question with the reason of the refusal, in our words alone, at the end of its last message."""
    last = question.messages[-1]
    note = f"Your last reply could not be used ({refusal}). Reply once more, exactly in the form asked for."
    messages = (*question.messages[:-1], Message(role=last.role, content=f"{last.content}\n\n{note}"))
    return question.model_copy(update={"messages": messages, "sample": question.sample + 1})
