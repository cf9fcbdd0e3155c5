"""Gathers the questions of all debates into files, one model a file, and hands out the answers."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exchange.domain.batches import BatchJournal, Intent, ProviderBatch, Sent
from exchange.domain.calls import Answer, Form, Question, Via
from exchange.domain.counted import counted
from exchange.errors import ExchangeError, Interrupted, LimitReached, StoreError, TransientError
from exchange.llm import completion
from exchange.llm.batching.course import Course, patiently, temporary
from exchange.llm.batching.lines import custom_id
from exchange.llm.batching.pace import Pace
from exchange.llm.batching.provider import Provider
from exchange.llm.gate import Gate
from exchange.llm.prices import Prices

# What a line has around the messages and the schema, at most; in bytes.
_AROUND = 1_000
# Seconds in which answers that have come may still be put into the ledger.
_CLOSING_SECONDS = 10.0


@dataclass(kw_only=True)
class _Waiting:
    """A question that is to go out with the next file of its model."""

    intent: Intent
    size: int
    future: "asyncio.Future[Answer | None]"


@dataclass(kw_only=True)
class Collector:
    """One for a run. `providers` gives each model's, or None for a model that is asked one by one.

    `forms` are those that models are known to take, and schemas for all others. `on_batch` hears of each batch when it was
    sent, whenever it stands otherwise, and when it has ended, with a sentence.
    """

    journal: BatchJournal
    providers: Callable[[str], Provider | None]
    prices: Prices
    pace: Pace
    gate: Gate
    on_batch: Callable[[ProviderBatch, str], None] = lambda *_: None
    forms: dict[str, Form] = field(default_factory=dict)
    _waiting: dict[str, list[_Waiting]] = field(default_factory=dict)
    _short: list[_Waiting] = field(default_factory=list)
    _gathering: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    _following: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    _awaited: dict[str, dict[int, list["asyncio.Future[Answer | None]"]]] = field(default_factory=dict)
    _courses: dict[str, Course] = field(default_factory=dict)
    _sending: set[str] = field(default_factory=set)
    _uploading: set[str] = field(default_factory=set)
    _newest: dict[str, float] = field(default_factory=dict)
    _closed: bool = False

    def takes(self, model: str) -> bool:
        """Do questions to the model of that full name go by a batch? Raises SetupError."""
        return self.providers(model) is not None

    async def outcome(self, question: Question, form: Form, epoch: int) -> Answer | None:
        """The answer: the ledger's, or from a batch that has the question already, or from the next; None to ask anew.

        Raises what became of the call, and Interrupted where all is to stop.
        """
        self.gate.check()
        sent = await self.journal.under_way(question)
        future: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        if sent:
            self._await(sent, future)
            self.follow(await self.journal.batch(sent.batch))
        # Only now: what was under way a moment ago may have been settled since, and would be bought twice.
        elif stored := await self.journal.replay(question):
            return stored
        else:
            self._gather(question, form, epoch, future)
        return await self._unless_halted(future)

    def follow(self, batch: ProviderBatch) -> None:
        """Sees the batch through to its end, unless somebody here does already, or will once it is uploaded."""
        if batch.id not in self._following and batch.id not in self._uploading:
            self._following[batch.id] = asyncio.create_task(self._followed(batch))

    async def ended(self, batch: ProviderBatch) -> None:
        """Waits until every call of the batch has its outcome. Raises what keeps it from its end, and Interrupted."""
        self.follow(batch)
        future: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        # No call has that number: it is told when the batch has ended.
        self._awaited.setdefault(batch.id, {}).setdefault(0, []).append(future)
        await self._unless_halted(future)

    async def close(self) -> None:
        """Leaves what is under way to its provider, and to whoever comes next."""
        self._closed = True
        if fetching := [self._following[name] for name, course in self._courses.items() if course.fetching]:
            await asyncio.wait(fetching, timeout=_CLOSING_SECONDS)
        while tasks := (*self._gathering.values(), *self._following.values()):
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        # Where it cannot be given back, it is free as soon as this process ends.
        with suppress(StoreError):
            await self.journal.release()

    def _await(self, sent: Sent, future: "asyncio.Future[Answer | None]") -> None:
        self._awaited.setdefault(sent.batch, {}).setdefault(sent.call, []).append(future)

    def _gather(self, question: Question, form: Form, epoch: int, future: "asyncio.Future[Answer | None]") -> None:
        worst = self.prices.worst(question, form, via=Via.BATCH)
        intent = Intent(question=question, form=form, worst=worst, epoch=epoch)
        self._queue(_Waiting(intent=intent, size=completion.size(question, form) + _AROUND, future=future))

    def _queue(self, waiting: _Waiting) -> None:
        model = waiting.intent.question.model
        self._waiting.setdefault(model, []).append(waiting)
        self._newest[model] = asyncio.get_running_loop().time()
        if model not in self._gathering:
            self._gathering[model] = asyncio.create_task(self._gathered(model))

    async def _gathered(self, model: str) -> None:
        """Sends file after file, until no question to the model waits."""
        try:
            while waiting := self._waiting.get(model):
                await self._quiet(model)
                group = self._filled(waiting)
                del waiting[: len(group)]
                await self._guarded(model, group)
        finally:
            # In the same step as the last look at what waits: who comes later begins anew.
            self._gathering.pop(model, None)

    async def _quiet(self, model: str) -> None:
        """Until no question has come for a while, or a file is full."""
        while (left := self._newest[model] + self.pace.quiet - asyncio.get_running_loop().time()) > 0:
            waiting = self._waiting[model]
            if len(self._filled(waiting)) < len(waiting) or len(waiting) == self.pace.requests:
                return
            await self.gate.pause(left)
            if self.gate.halt.is_set():
                return

    def _filled(self, waiting: Sequence[_Waiting]) -> list[_Waiting]:
        """As many of the first as one file may hold, and one at least."""
        group: list[_Waiting] = []
        size = 0
        for each in waiting[: self.pace.requests]:
            size += each.size
            if group and size > self.pace.bytes:
                break
            group.append(each)
        return group

    async def _guarded(self, model: str, group: list[_Waiting]) -> None:
        """Sends the group; whatever goes wrong before it is under way is told to all who wait."""
        try:
            await self._sent(model, group)
        except asyncio.CancelledError:
            _tell((each.future for each in group), Interrupted("The work was stopped before the questions were sent."))
            raise
        except Exception as error:  # noqa: BLE001 # it is raised at everybody who awaits an answer
            self._stop_all(error)
            _tell((each.future for each in group), error)
        finally:
            self._sending.discard(model)
            if not (self._sending or self._following):
                self._try_again()

    async def _sent(self, model: str, group: list[_Waiting]) -> None:
        self.gate.check()
        self._sending.add(model)
        provider = self._provider(model)
        batch = await self.journal.begin(model)
        opened = await self.journal.open(batch.id, [each.intent for each in group])
        calls = {call: each for call, each in zip(opened, group, strict=True) if isinstance(call, int)}
        if not calls:
            # At once: two models that each lack money must not wait for each other.
            self._sending.discard(model)
        refused = [(call, each) for call, each in zip(opened, group, strict=True) if not isinstance(call, int)]
        self._turned_down(refused, bool(calls or self._following or self._sending - {model}))
        if not calls:
            await self.journal.unsent(batch.id, "no call of it could be opened")
            return
        for call, each in calls.items():
            self._awaited.setdefault(batch.id, {}).setdefault(call, []).append(each.future)
        self._uploading.add(batch.id)
        try:
            input_file = await self._uploaded(provider, batch, calls)
            await self.journal.sending(batch.id, input_file)
        except ExchangeError as error:
            await self.journal.unsent(batch.id, str(error))
            for futures in self._awaited.pop(batch.id, {}).values():
                _tell(futures, error)
            raise
        finally:
            self._uploading.discard(batch.id)
        self.on_batch(batch, f"{counted(len(calls), 'question goes', 'questions go')} to {model}")
        self.follow(await self.journal.batch(batch.id))

    async def _uploaded(self, provider: Provider, batch: ProviderBatch, calls: dict[int, _Waiting]) -> str:
        with temporary() as folder:
            path = folder / f"{batch.id}.jsonl"
            await asyncio.to_thread(_write, path, provider, calls)
            self.gate.check()
            await self.journal.sending(batch.id)
            return await patiently(self.pace, self.gate, lambda: provider.upload(path, f"{batch.id}.jsonl"))

    def _turned_down(self, refused: Sequence[tuple[ExchangeError, _Waiting]], others: bool) -> None:
        """Tells those whose call could not be opened; what lacks money waits, as long as something may cost less than reserved."""
        for error, each in refused:
            if isinstance(error, LimitReached) and others:
                self._short.append(each)
                continue
            if isinstance(error, LimitReached):
                self.gate.stopped = error
            _tell([each.future], error)

    async def _followed(self, batch: ProviderBatch) -> None:
        """The batch's whole course; in its last step it lets go of everybody who still waits."""
        failure: Exception | None = None
        try:
            course = Course(
                batch=batch,
                provider=self._provider(batch.model),
                journal=self.journal,
                prices=self.prices,
                pace=self.pace,
                gate=self.gate,
                on_outcome=lambda call, outcome: self._resolve(batch.id, call, outcome),
                on_batch=self.on_batch,
            )
            self._courses[batch.id] = course
            await course.follow()
            await self._tell_of_others(batch.id)
        except asyncio.CancelledError:
            failure = Interrupted(f"The work was stopped while {batch.model} was at the batch {batch.id}.")
            raise
        except Exception as error:  # noqa: BLE001 # it is raised at everybody who awaits an answer
            self._stop_all(error)
            failure = error
        finally:
            self._let_go(batch.id, failure)

    async def _tell_of_others(self, name: str) -> None:
        """Tells those who still wait, since another process settled it, that the provider gave no answer.

        Of a cancelled batch they shall not ask anew; of another one, it counts as a try.
        """
        batch = await self.journal.batch(name)
        if not self._awaited.get(name) or not (batch.cancelled or batch.provider_id):
            return
        why = "The batch was cancelled. The same command goes on." if batch.cancelled else f"{name} brought no answer"
        for sent in (await self.journal.calls(name)).values():
            if not sent.answered:
                self._resolve(name, sent.call, Interrupted(why) if batch.cancelled else TransientError(why))

    def _let_go(self, name: str, failure: Exception | None) -> None:
        """Whoever still waits is told the failure, or looks into the ledger and asks anew."""
        self._following.pop(name, None)
        self._courses.pop(name, None)
        for futures in self._awaited.pop(name, {}).values():
            _tell(futures, failure)
        self._try_again()

    def _try_again(self) -> None:
        """Those that lacked money, now that something is settled."""
        short, self._short = self._short, []
        for each in short:
            if self._closed:
                _tell([each.future], Interrupted("The work was stopped before the question was sent."))
            else:
                self._queue(each)

    def _resolve(self, name: str, call: int, outcome: Answer | ExchangeError) -> None:
        _tell(self._awaited.get(name, {}).pop(call, ()), outcome)

    def _provider(self, model: str) -> Provider:
        provider = self.providers(model)
        if provider is None:
            raise AssertionError("who is asked one by one has no batch")
        return provider

    def _stop_all(self, error: Exception) -> None:
        if isinstance(error, StoreError):
            self.gate.stopped = error

    async def _unless_halted(self, future: "asyncio.Future[Answer | None]") -> Answer | None:
        halted = asyncio.create_task(self.gate.halt.wait())
        try:
            waits: set[asyncio.Future[Any]] = {halted, future}
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            if not future.done():
                self.gate.check()
            return await future
        finally:
            halted.cancel()
            future.cancel()


def _tell(futures: Iterable["asyncio.Future[Answer | None]"], outcome: Answer | Exception | None) -> None:
    for future in futures:
        if future.done():
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


def _write(path: Path, provider: Provider, calls: dict[int, _Waiting]) -> None:
    """The file, its lines in the order of the calls: a complaint names a line by its number."""
    with path.open("wb") as file:
        for call in sorted(calls):
            intent = calls[call].intent
            file.write(provider.line(custom_id(call, intent.question.digest), intent.question, intent.form))
