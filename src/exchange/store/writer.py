"""The one thread through which asynchronous code reaches the store, so that no lock stops the event loop."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from exchange.errors import Unreachable
from exchange.store.engine import Store, Transaction

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")
_Told = Callable[[], None]
# So that no transaction holds the lock for more than a fraction of a second.
_TOGETHER = 100
# Seconds between two tries to reach a server that is gone, at first and at most.
_PAUSE, _LONGEST_PAUSE = 0.25, 10.0


@dataclass(frozen=True, kw_only=True, eq=False)
class _Waiting:
    """An action whose caller waits; with a `store`, it is given that store or one that stands for it."""

    action: Callable[..., Any]
    store: Store | None
    waiter: "asyncio.Future[Any]"

    def done(self, patiently: "Callable[[Callable[[], Any]], Any]") -> _Told:
        """Does it; what tells its caller."""
        try:
            return partial(
                self.tell, patiently(self.action if self.store is None else partial(self.action, self.store))
            )
        except BaseException as error:  # noqa: BLE001 # whatever it is, it belongs to whoever waits
            return partial(self.refuse, error)

    def tell(self, made: object) -> None:
        if not self.waiter.done():
            self.waiter.set_result(made)

    def refuse(self, error: BaseException) -> None:
        if not self.waiter.done():
            self.waiter.set_exception(error)


class Writer:
    """Runs actions one after the other; used as a context manager, it ends its thread.

    Those that write and wait at the same time are committed together: to wait for the disk takes longer than all that
    they write. Where the database's server is gone, they are done again until it is back, for `patience` seconds at most:
    an action may be called twice although its first transaction was committed.
    """

    def __init__(self, patience: float = 0.0) -> None:
        self._patience = patience
        self._reached = 0.0
        self._asked = threading.Condition()
        self._writes: deque[_Waiting] = deque()
        self._others: deque[_Waiting] = deque()
        self._over = False
        self._thread = threading.Thread(target=self._work, name="exchange-writer")
        self._thread.start()

    async def __call__(self, action: Callable[_Given, _Made], *given: _Given.args, **named: _Given.kwargs) -> _Made:
        """What `action` returns; its exceptions are raised here. A cancelled caller stops what was not begun, and that alone."""
        made: _Made = await self._asked_for(self._others, None, lambda: action(*given, **named))
        return made

    async def commit(
        self,
        action: Callable[Concatenate[Store, _Given], _Made],
        store: Store,
        *given: _Given.args,
        **named: _Given.kwargs,
    ) -> _Made:
        """What `action` returns of the store, once the transaction that it wrote in is committed, with others' or alone.

        All that it does must be in one `writing`. What it raises is raised here, and nothing of it is kept; of the
        others nothing is lost: for that it may be called twice, where another's exception undid what it wrote first.
        """
        made: _Made = await self._asked_for(
            self._writes, store, lambda given_store: action(given_store, *given, **named)
        )
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._asked:
            self._over = True
            self._asked.notify()
        self._thread.join()

    def _asked_for(
        self, queue: deque[_Waiting], store: Store | None, action: Callable[..., Any]
    ) -> "asyncio.Future[Any]":
        waiter = asyncio.get_running_loop().create_future()
        with self._asked:
            if self._over:
                raise RuntimeError("the writer has ended")
            queue.append(_Waiting(action=action, store=store, waiter=waiter))
            self._asked.notify()
        return waiter

    def _work(self) -> None:
        while (writes := self._next()) or self._writes or self._others or not self._over:
            if writes:
                _tell(writes, _together(writes) or [each.done(self._patiently) for each in writes])
            if self._others:
                other = self._others.popleft()
                if not other.waiter.cancelled():
                    _tell([other], [other.done(self._patiently)])

    def _patiently(self, action: Callable[[], _Made]) -> _Made:
        """What it returns; the patience is that of all who wait, from when the server was last reached."""
        pause, lost = _PAUSE, False
        while True:
            try:
                made = action()
            except Unreachable:
                if not lost:
                    lost, self._reached = True, self._reached or time.monotonic()
                if time.monotonic() + pause > self._reached + self._patience:
                    raise
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                self._reached = 0.0
                return made

    def _next(self) -> list[_Waiting]:
        """The writes that wait, as many as may go together; none where others wait, or all is over.

        Those whose callers were cancelled meanwhile are left out: they never begin.
        """
        with self._asked:
            while not (self._writes or self._others or self._over):
                self._asked.wait()
            group: list[_Waiting] = []
            while self._writes and len(group) < _TOGETHER and self._writes[0].store is (group or self._writes)[0].store:
                group.append(self._writes.popleft())
            return [each for each in group if not each.waiter.cancelled()]


class _Within(Store):
    """The store as an action of a group sees it: its transactions are the group's one."""

    def __init__(self, store: Store, transaction: Transaction) -> None:
        self.__dict__.update(vars(store))
        self._transaction = transaction

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        with self.translated():
            yield self._transaction

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self.translated():
            yield self._transaction


def _together(writes: Sequence[_Waiting]) -> list[_Told] | None:
    """Does them in one transaction, whose own error is everyone's; None where all was undone, and is to be done one by one.

    That is where an action raised, and where the server was gone. A write that is alone is left to its own transaction.
    """
    store, raised = writes[0].store, False
    if store is None or len(writes) == 1:
        return None
    try:
        with store.writing() as transaction:
            within = _Within(store, transaction)
            try:
                made = [each.action(within) for each in writes]
            except BaseException:
                raised = True
                raise
    except BaseException as error:  # noqa: BLE001 # as above
        return None if raised or isinstance(error, Unreachable) else [partial(each.refuse, error) for each in writes]
    return [partial(each.tell, value) for each, value in zip(writes, made, strict=True)]


def _tell(asked: Sequence[_Waiting], told: Sequence[_Told]) -> None:
    """Tells each its own; a loop that was closed has nobody who waits."""
    loop = asked[0].waiter.get_loop()
    if not loop.is_closed():
        loop.call_soon_threadsafe(lambda: [tell() for tell in told])
