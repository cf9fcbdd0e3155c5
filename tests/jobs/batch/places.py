"""A store with debates that are out of date in some way, and a batch as a test begins it."""

import asyncio
from collections.abc import Callable, Sequence

from exchange import config
from exchange.config import settings
from exchange.domain.calls import Form, Question, Reply
from exchange.domain.work import Asked, Chosen, Item, Kind
from exchange.jobs.batch.choosing import Candidate, choose
from exchange.jobs.batch.running import watching, work
from exchange.jobs.run import running
from exchange.llm.connect import Access, connect
from exchange.llm.model import Model
from exchange.store import batches
from exchange.store.engine import Store
from exchange.store.owners import this_process
from tests.conftest import ROOT

OUT_OF_DATE = Asked(chosen=Chosen(out_of_date=True))


def own_file(kind: str, name: str, words: str = "", others: str = "") -> None:
    """A format or rubric of one's own, under the shipped one's name: the same but for some words."""
    path = config.user_file().parent / kind / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = (ROOT / "configs" / kind / f"{name}.toml").read_text()
    assert words in text
    path.write_text(text.replace(words, others))


def chosen(store: Store, asked: Asked = OUT_OF_DATE) -> list[Candidate]:
    return choose(store, asked, settings()).candidates


def began(store: Store, names: Sequence[str], asked: Asked, kind: Kind = Kind.DEBATE, heard: str | None = None) -> str:
    """An open batch with an item for each hypothesis."""
    name, _ = batches.begin(store, asked, None, this_process())
    rows = [
        Item(batch=name, ordinal=place, hypothesis=each, kind=kind, debate=heard) for place, each in enumerate(names, 1)
    ]
    batches.fill(store, name, rows)
    batches.opened(store, name)
    return name


async def worked(
    store: Store,
    batch: str,
    connecting: Callable[[str, Access], Model] = connect,
    halt: asyncio.Event | None = None,
    **limits: float,
) -> None:
    """Works on the batch, with one attempt a call."""
    chosen = settings(paid_calls=True, limits={"attempts": 1, **limits})
    found = batches.batch(store, batch)
    async with running(store, chosen, found.cap, halt, connecting, run=batch) as run:
        await work(run, found, lambda *_: None, watching(lambda _: None))


class Poisoned:
    """A model that does something bad when it is asked about one claim."""

    def __init__(self, model: Model, claim: str, bad: Callable[[], object]) -> None:
        self.concurrency, self._model, self._claim, self._bad = model.concurrency, model, claim, bad

    async def attempt(self, question: Question, form: Form) -> Reply:
        if any(self._claim in message.content for message in question.messages):
            found = self._bad()
            if asyncio.iscoroutine(found):
                await found
        return await self._model.attempt(question, form)

    async def close(self) -> None:
        await self._model.close()
