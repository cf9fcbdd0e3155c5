"""One provider batch, from its file to its end: made once, looked after, fetched, and every call of it settled."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from exchange.domain.batches import BatchJournal, BatchState, ProviderBatch, Sent, Standing
from exchange.domain.calls import Answer, Reply, Via
from exchange.errors import ExchangeError, Interrupted, ModelError, SetupError, StoreError, TransientError
from exchange.llm.batching import lines
from exchange.llm.batching.missing import Missing
from exchange.llm.batching.pace import Pace
from exchange.llm.batching.provider import Provider
from exchange.llm.batching.settled import Settled
from exchange.llm.gate import Gate
from exchange.llm.prices import Prices

_Made = TypeVar("_Made")
# Lines that are settled together; and how often a file is fetched for lines that cannot be read.
_AT_ONCE = 250
_FETCHES = 3
_UNREADABLE, _STRANGE, _TWICE = "unreadable lines", "lines of unknown custom_id", "duplicated lines"


async def patiently(pace: Pace, gate: Gate, action: Callable[[], Awaitable[_Made]]) -> _Made:
    """What the action returns, tried again where it failed for now. Raises ModelError, Interrupted."""
    for tried in range(pace.patience):
        try:
            return await action()
        except TransientError as error:
            if tried == pace.patience - 1:
                raise
            await gate.pause(max(error.retry_after or 0.0, pace.pause(tried)))
            gate.check()
    raise AssertionError("patience is at least 1")


async def ended_early(pace: Pace, gate: Gate, provider: Provider, provider_id: str) -> Standing:
    """How the provider's batch stands once its end was asked for; no matter if others asked for it before.

    Raises ModelError, Interrupted.
    """
    try:
        return await patiently(pace, gate, partial(provider.cancel, provider_id))
    except TransientError:
        raise
    except ModelError:
        standing = await patiently(pace, gate, partial(provider.look, provider_id))
        if standing.state.over or standing.state is BatchState.CANCELLING:
            return standing
        raise


@contextmanager
def temporary() -> Iterator[Path]:
    """A folder for a file that goes or comes. Raises StoreError where the disk does not take it."""
    try:
        with tempfile.TemporaryDirectory(prefix="exchange-") as folder:
            yield Path(folder)
    except OSError as error:
        raise StoreError(
            f"The file of a batch cannot be kept in {tempfile.gettempdir()}: {error.strerror}. Free space, or set TMPDIR."
        ) from error


@dataclass(kw_only=True)
class _Found:
    """What the files of a batch came to: `good` answers, of whichever call, and what was odd."""

    good: set[int] = field(default_factory=set)
    odd: Counter[str] = field(default_factory=Counter)

    def doubtful(self, standing: Standing) -> bool:
        """May answers have been paid for that no line shows? Where the provider counts, it is believed."""
        if self.odd[_UNREADABLE]:
            return True
        if standing.completed is None:
            return standing.state is BatchState.COMPLETED
        return standing.completed > len(self.good)

    @property
    def note(self) -> str | None:
        return ", ".join(f"{count} {what}" for what, count in sorted(self.odd.items())) or None


@dataclass(kw_only=True)
class Course:
    """`on_outcome` hears of each call once its outcome is in the ledger, `on_batch` of the batch, with a sentence.

    `fetching` is true from when the provider has done with it.
    """

    batch: ProviderBatch
    provider: Provider
    journal: BatchJournal
    prices: Prices
    pace: Pace
    gate: Gate
    on_outcome: Callable[[int, Answer | ExchangeError], None]
    on_batch: Callable[[ProviderBatch, str], None]
    fetching: bool = False

    async def follow(self) -> None:
        """Returns when every call of the batch has its outcome. Raises ModelError, StoreError, Interrupted."""
        standing = await self._sent()
        if standing is None:
            return
        looks, asked_to_end = 0, False
        while not standing.state.over:
            # Whoever cancelled it may have ended before the provider heard of it.
            if not asked_to_end and (await self.journal.batch(self.batch.id)).cancelled:
                standing, asked_to_end = await self._ended_early(standing), True
                continue
            await self.gate.pause(self.pace.pause(looks))
            self.gate.check()
            looks += 1
            standing = await self._looked(standing)
        await self._fetched(standing)

    async def _ended_early(self, standing: Standing) -> Standing:
        return await ended_early(self.pace, self.gate, self.provider, standing.provider_id)

    async def _sent(self) -> Standing | None:
        """The provider's batch; None where there is nothing to be had of it any more."""
        while batch := await self._ready():
            if standing := await self._made(batch):
                return standing
        return None

    async def _ready(self) -> ProviderBatch | None:
        """The batch, once it has been sent or is ours to send; None where there is nothing to be had of it any more."""
        looks = 0
        while True:
            batch = await self.journal.batch(self.batch.id)
            if batch.settled:
                return None
            if batch.provider_id:
                return batch
            if await self.journal.mine(batch.id):
                # Another process may have sent it between the two.
                batch = await self.journal.batch(batch.id)
                if batch.provider_id or batch.input_file or batch.settled:
                    return None if batch.settled else batch
                await self.journal.unsent(batch.id, "the process that gathered it ended before it went out")
                return None
            # Another process is sending it.
            await self.gate.pause(self.pace.pause(looks))
            self.gate.check()
            looks += 1

    async def _made(self, batch: ProviderBatch) -> Standing | None:
        """The provider's batch; None where another process sends it by now, or nobody is to."""
        if batch.provider_id:
            provider_id = batch.provider_id
            standing = await patiently(self.pace, self.gate, lambda: self.provider.look(provider_id))
        else:
            input_file = batch.input_file or ""
            found = await patiently(self.pace, self.gate, lambda: self._found_or_made(batch.id, input_file))
            if found is None:
                return None
            standing = found
        await self._noted(standing)
        return standing

    async def _found_or_made(self, name: str, input_file: str) -> Standing | None:
        """Looked for by our name before it is made, so that no doubt makes a second one.

        The lease on sending it is renewed before each request: so many may have failed that it ran out meanwhile.
        """
        if not await self.journal.mine(name):
            return None
        if found := await self.provider.find(name):
            return found
        if (await self.journal.batch(name)).cancelled:
            await self._never_made(name)
            return None
        if not await self.journal.mine(name):
            return None
        try:
            return await self.provider.create(input_file, name)
        except TransientError:
            raise
        except (ModelError, SetupError) as error:
            await self.journal.unsent(name, str(error))
            raise

    async def _never_made(self, name: str) -> None:
        why = "the batch was cancelled before it went out"
        calls = await self.journal.calls(name)
        await self.journal.unsent(name, why)
        for sent in calls.values():
            if not sent.settled:
                self.on_outcome(sent.call, Interrupted(why))

    async def _looked(self, before: Standing) -> Standing:
        try:
            standing = await self.provider.look(before.provider_id)
        except TransientError as error:
            # It goes on without us; the next look may succeed.
            self.on_batch(self.batch, f"{before.provider_id} could not be looked at: {error}")
            return before
        if standing.state != before.state:
            await self._noted(standing)
        return standing

    async def _noted(self, standing: Standing) -> None:
        await self.journal.stands(self.batch.id, standing)
        done = "" if standing.completed is None else f", {standing.completed} of {standing.total} done"
        self.on_batch(self.batch, f"{standing.provider_id} is {standing.state}{done}")

    async def _fetched(self, standing: Standing) -> None:
        """Settles what the files have, then what they lack."""
        self.fetching = True
        found = _Found()
        cancelled = (await self.journal.batch(self.batch.id)).cancelled
        for file in (standing.output_file, standing.error_file):
            if file:
                await self._file(file, found, cancelled)
        calls = await self.journal.calls(self.batch.id)
        missing = list(Missing(standing, calls, found.doubtful(standing), cancelled, self.pace.longest).outcomes())
        await self._settled(missing)
        if missing:
            found.odd["without an answer"] = len(missing)
        await self.journal.end(self.batch.id, standing.state, found.note)
        said = f": {found.note}" if found.note else ""
        self.on_batch(self.batch, f"{standing.provider_id} is {standing.state} and settled{said}")

    async def _file(self, file: str, found: _Found, cancelled: bool) -> None:
        """Fetches the file and settles its lines; once more where some cannot be read, as it may have been cut on the way."""
        odd = Counter[str]()
        for fetched in range(_FETCHES):
            with temporary() as folder:
                path = folder / "lines"
                await patiently(self.pace, self.gate, partial(self.provider.download, file, path))
                odd = await self._lines(path, found, cancelled)
            if not odd[_UNREADABLE] or fetched == _FETCHES - 1:
                break
            await self.gate.pause(self.pace.pause(fetched))
            self.gate.check()
        found.odd.update(odd)

    async def _lines(self, path: Path, found: _Found, cancelled: bool) -> Counter[str]:
        """Settles every line that can be read and belongs to a call without an outcome; counts the odd ones by kind."""
        odd = Counter[str]()
        calls = await self.journal.calls(self.batch.id)
        seen: set[int] = set()
        group: list[Settled] = []
        for raw in lines.raw(path):
            line = lines.read(raw)
            sent = line.answers(calls) if line else None
            if line is None or sent is None or sent.call in seen:
                odd[_UNREADABLE if line is None else _STRANGE if sent is None else _TWICE] += 1
                continue
            seen.add(sent.call)
            if line.good:
                found.good.add(sent.call)
            if not sent.settled:
                group.append(self._said(line, sent, cancelled))
            if len(group) == _AT_ONCE:
                await self._settled(group)
                group = []
        await self._settled(group)
        return odd

    def _said(self, line: lines.Line, sent: Sent, cancelled: bool) -> Settled:
        if line.not_done:
            return Settled(sent, Interrupted(line.not_done) if cancelled else TransientError(line.not_done))
        if not line.good:
            # A line that failed is not charged, whatever its status would mean of a call.
            return Settled(sent, self.provider.refused(line.status or 0, line.body, sent.form))
        try:
            reply = self.provider.reply(line.bytes)
        except TransientError as error:
            return Settled(sent, error, may_cost=True)
        return Settled(sent, reply.model_copy(update={"cost": self._cost(reply)}))

    def _cost(self, reply: Reply) -> float | None:
        return self.prices.cost(self.batch.model, reply.usage, Via.BATCH)

    async def _settled(self, group: list[Settled]) -> None:
        """Writes the outcomes, then tells of them."""
        await self.journal.settle([each.outcome for each in group])
        for each in group:
            self.on_outcome(each.sent.call, each.told)
        # Those who were told may go on before the next lines are read.
        await asyncio.sleep(0)
