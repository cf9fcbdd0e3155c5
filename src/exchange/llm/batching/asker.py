"""A debate's way to answers through provider batches: the same callable that asks one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from exchange.domain.calls import Answer, Form, Question, Reply
from exchange.errors import AnsweredMeanwhile, SchemaRefused, TransientError
from exchange.llm.ask import Asker, put
from exchange.llm.batching.collector import Collector

_Read = TypeVar("_Read")


@dataclass(frozen=True)
class BatchAsker:
    """Asks through the collector, under the debate's lease with that epoch; what takes no batches is asked by `asker`."""

    asker: Asker
    collector: Collector
    epoch: int

    async def __call__(self, question: Question, read: Callable[[Reply], _Read]) -> tuple[Answer, _Read]:
        """As Asker's: the answer and what `read` makes of it; a question is put once more, in a later file, with the reason."""
        return await put(self.answer, question, read)

    async def answer(self, question: Question) -> Answer:
        """Waits for the answer, up to a day. Raises ModelError, Interrupted, LimitReached, StoreError, SetupError."""
        if not self.collector.takes(question.model):
            return await self.asker.answer(question)
        answer = await self._collected(question)
        self.asker.on_answer(answer)
        return answer

    async def _collected(self, question: Question) -> Answer:
        """What is missing goes into the next file, as often as the pace allows."""
        forms, sent = self.collector.forms, 0
        while True:
            form = forms.get(question.model, Form.SCHEMA)
            self.asker.on_ask(question)
            try:
                answer = await self.collector.outcome(question, form, self.epoch)
            except AnsweredMeanwhile:
                continue
            except SchemaRefused:
                forms[question.model] = Form.OBJECT
            except TransientError as error:
                sent += 1
                if sent >= self.collector.pace.attempts:
                    raise
                pause = error.retry_after or 0.0
                self.asker.on_wait(question, pause, str(error))
                await self.collector.gate.pause(pause)
            else:
                if answer:
                    return answer
