"""The order of every call: replay, then retry( gate, open, one attempt, close )."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from exchange.domain.calls import Answer, Form, Journal, Message, Question, Reply
from exchange.errors import (
    AnsweredMeanwhile,
    Conflict,
    ExchangeError,
    LimitReached,
    ModelError,
    Parked,
    ReplyError,
    SchemaRefused,
    StoreError,
    TransientError,
)
from exchange.llm import completion
from exchange.llm.gate import Gate
from exchange.llm.model import Model
from exchange.llm.prices import Prices

_Read = TypeVar("_Read")
_Made = TypeVar("_Made")
_BYTES_A_TOKEN = 4
_BUSY = 4
_LONGEST_BACKOFF = 60.0
_HTTP_ERROR = 500


@dataclass(frozen=True, kw_only=True)
class Retrying:
    """How often a call is tried, and the longest pause in seconds that a server may ask for.

    A failure whose server says when to come back counts a quarter: it is busy, not broken.
    """

    attempts: int
    longest_wait: float


@dataclass(kw_only=True)
class Asker:
    """Asks models through the journal, each call past the gate.

    `on_ask` hears of every attempt, `on_wait` of retries, `on_answer` of every answer.
    """

    journal: Journal
    models: Mapping[str, Model]
    prices: Prices
    retrying: Retrying
    gate: Gate
    on_wait: Callable[[Question, float, str], None]
    on_ask: Callable[[Question], None] = lambda _: None
    on_answer: Callable[[Answer], None] = lambda _: None
    _forms: dict[str, Form] = field(default_factory=dict)

    async def __call__(self, question: Question, read: Callable[[Reply], _Read]) -> tuple[Answer, _Read]:
        """The answer, and what `read` makes of it; after a first ReplyError the question is put once more with its reason.

        Raises ModelError, Interrupted, LimitReached, StoreError, and ReplyError for a second reply that cannot be read.
        """
        return await put(self.answer, question, read)

    async def answer(self, question: Question) -> Answer:
        """The answer, whether it can be read or not. Raises what a call does, but no ReplyError."""
        answer = await self.journal.replay(question) or await self._asked_or_replayed(question)
        self.on_answer(answer)
        return answer

    async def _asked_or_replayed(self, question: Question) -> Answer:
        try:
            return await self._retried(question)
        except AnsweredMeanwhile:
            if answer := await self.journal.replay(question):
                return answer
            raise

    async def _retried(self, question: Question) -> Answer:
        async for attempt in AsyncRetrying(
            stop=_patience(self.retrying.attempts),
            retry=retry_if_exception_type(TransientError),
            wait=_wait,
            sleep=self.gate.pause,
            before_sleep=lambda state: self._announce(question, state),
            reraise=True,
        ):
            with attempt:
                return await self._in_some_form(question, attempt.retry_state.attempt_number == 1)
        raise AssertionError("tenacity ends with an answer or with the last error")

    async def _in_some_form(self, question: Question, first: bool) -> Answer:
        """By strict schema; from a server that does not take one, as JSON with the schema in the prompt."""
        known = self._forms.get(question.model)
        try:
            answer = await self._attempt(question)
        except SchemaRefused:
            answer = await self._attempt(question, Form.OBJECT)
        except TransientError as error:
            if known or not first or error.status != _HTTP_ERROR or error.retry_after is not None:
                raise
            answer = await self._attempt(question, Form.OBJECT)
        self._forms[question.model] = answer.form
        return answer

    async def _attempt(self, question: Question, wanted: Form | None = None) -> Answer:
        """In the form that is wanted, or that the model is known to take once it is this call's time."""
        model = self.models[question.model]
        expected = wanted or self._forms.get(question.model, Form.SCHEMA)
        sent = completion.size(question, expected)
        async with self.gate.passage(question.model, model, sent // _BYTES_A_TOKEN + question.max_tokens):
            form = wanted or self._forms.get(question.model, Form.SCHEMA)
            call = await self._opened(question, form, sent if form is expected else None)
            with self.gate.under_way():
                reply = await self._tried(call, model, question, form)
                await self._kept(self.journal.close(call, reply))
        return Answer(call=call, reply=reply, form=form, replayed=False)

    async def _opened(self, question: Question, form: Form, sent: int | None) -> int:
        """The committed intent. Where a cap has no room, calls under way may still turn out to cost less than reserved."""
        worst = self.prices.worst(question, form, sent)
        while True:
            try:
                call = await self._kept(self.journal.open(question, form, worst))
            except LimitReached as error:
                if await self.gate.another_settles():
                    self.gate.check()
                    continue
                self.gate.stopped = error
                raise
            await self._still_to_begin(call)
            self.on_ask(question)
            return call

    async def _still_to_begin(self, call: int) -> None:
        """Raises what stopped all calls while the intent was written; then nothing is asked, and it counts nothing."""
        try:
            self.gate.check()
        except ExchangeError as stop:
            await self._kept(self.journal.fail(call, f"{type(stop).__name__}: nothing was asked", may_cost=False))
            raise

    async def _tried(self, call: int, model: Model, question: Question, form: Form) -> Reply:
        try:
            reply = await model.attempt(question, form)
        except Exception as error:
            ours = isinstance(error, ExchangeError)
            # Of a fault of our own nobody can say whether the server had answered.
            may_cost = error.may_cost if isinstance(error, ModelError) else not ours
            said = str(error) if ours else "a fault in Exchange"
            await self._kept(self.journal.fail(call, f"{type(error).__name__}: {said}", may_cost))
            if isinstance(error, SchemaRefused):
                self._forms[question.model] = Form.OBJECT
            self._park(error)
            raise
        return reply.model_copy(update={"cost": self.prices.cost(question.model, reply.usage)})

    async def _kept(self, word: Coroutine[Any, Any, _Made]) -> _Made:
        """What the journal returns; if it cannot write, no call may begin, since nothing of it would be kept."""
        try:
            return await word
        except Conflict:
            raise
        except StoreError as error:
            self.gate.stopped = error
            raise

    def _park(self, error: Exception) -> None:
        """Raises Parked where the server asks for a longer pause than we wait."""
        if isinstance(error, TransientError) and (error.retry_after or 0) > self.retrying.longest_wait:
            raise Parked(
                f"{error}. The server asks to wait {error.retry_after:,.0f} s, longer than limits.longest_wait "
                f"({self.retrying.longest_wait:g} s): the debate is parked until then",
                retry_after=error.retry_after or 0,
            ) from error

    def _announce(self, question: Question, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        self.on_wait(question, state.next_action.sleep if state.next_action else 0.0, str(error))


async def put(
    answered: Callable[[Question], Awaitable[Answer]], question: Question, read: Callable[[Reply], _Read]
) -> tuple[Answer, _Read]:
    """What `answered` says, and what `read` makes of it; after a first ReplyError the question is put once more with it."""
    answer = await answered(question)
    try:
        return answer, read(answer.reply)
    except ReplyError as refusal:
        again = _again(question, refusal)
    answer = await answered(again)
    return answer, read(answer.reply)


def _patience(attempts: int) -> Callable[[RetryCallState], bool]:
    """Whether a call has been tried often enough, asked after each failure."""
    asked_back = 0

    def spent(state: RetryCallState) -> bool:
        nonlocal asked_back
        asked_back += _asked(state) is not None
        return state.attempt_number - asked_back * (1 - 1 / _BUSY) >= attempts

    return spent


def _asked(state: RetryCallState) -> float | None:
    """For how many seconds the server asked to wait."""
    error = state.outcome.exception() if state.outcome else None
    return error.retry_after if isinstance(error, TransientError) else None


def _wait(state: RetryCallState) -> float:
    """What the server asked for, else full jitter."""
    asked = _asked(state)
    jitter = wait_random_exponential(multiplier=0.5, max=_LONGEST_BACKOFF)(state)
    return jitter if asked is None else asked + min(jitter, 1.0)


def _again(question: Question, refusal: ReplyError) -> Question:
    """The same question with the reason of the refusal, in our words alone, at the end of its last message."""
    last = question.messages[-1]
    note = f"Your last reply could not be used ({refusal}). Reply once more, exactly in the form asked for."
    messages = (*question.messages[:-1], Message(role=last.role, content=f"{last.content}\n\n{note}"))
    return question.model_copy(update={"messages": messages, "sample": question.sample + 1})
