"""A store and a model in which the n-th write or call goes wrong, before it, inside it, or after it."""

import os
import resource
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from exchange.domain.calls import Form, Question, Reply
from exchange.errors import StoreError
from exchange.llm.batching.provider import Provider
from exchange.llm.connect import Access, connect, connect_batches
from exchange.llm.model import Model
from exchange.store.engine import Store, Transaction

EXITED = 77
_REQUESTS = frozenset({"upload", "create", "find", "look", "cancel", "download"})


@dataclass(kw_only=True)
class Point:
    """Where something goes wrong: at the `number`-th `what` (write, call or request about batches), `when` (before, inside, after), and `how`:
    exception, exit, io (no file can grow any more) or full (the database cannot). Counts all on the way.
    """

    what: str = ""
    number: int = 0
    when: str = ""
    how: str = ""
    writes: int = 0
    calls: int = 0
    requests: int = 0

    def hit(self, what: str, number: int, when: str) -> None:
        """Goes wrong, if this is the point."""
        if (what, number, when) == (self.what, self.number, self.when):
            if self.how == "exit":
                os._exit(EXITED)
            raise StoreError("injected") if what == "write" else RuntimeError("injected")


class FaultyStore(Store):
    """The store, with a point."""

    def __init__(self, store: Store, point: Point) -> None:
        super().__init__(store.address, store.engine)
        self._point = point
        self._pages: int | None = None

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        self._point.writes += 1
        number = self._point.writes
        self._point.hit("write", number, "before")
        if self._point.what == "disk" and number == self._point.number:
            self._fill()
        with super().writing() as transaction:
            if self._pages is not None:
                transaction.exec_driver_sql(f"PRAGMA max_page_count = {self._pages}")
            yield transaction
            self._point.hit("write", number, "inside")
        self._point.hit("write", number, "after")

    def _fill(self) -> None:
        """From here on the disk takes no more, in the way of the system or of SQLite."""
        if self._point.how == "io":
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
            return
        with self.reading() as transaction:
            self._pages = transaction.exec_driver_sql("PRAGMA page_count").scalar_one()


class _FaultyModel:
    def __init__(self, model: Model, point: Point) -> None:
        self.concurrency = model.concurrency
        self.model = model
        self.point = point

    async def attempt(self, question: Question, form: Form) -> Reply:
        self.point.calls += 1
        number = self.point.calls
        self.point.hit("call", number, "before")
        reply = await self.model.attempt(question, form)
        self.point.hit("call", number, "after")
        return reply

    async def close(self) -> None:
        await self.model.close()


def connecting(point: Point) -> Callable[[str, Access], Model]:
    """Connects models whose calls may be the point."""
    return lambda full, access: _FaultyModel(connect(full, access), point)


class _FaultyProvider:
    """A provider of batches whose n-th request may be the point; `line` and the like are no requests."""

    def __init__(self, provider: Provider, point: Point) -> None:
        self._provider = provider
        self._point = point

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._provider, name)
        return self._hit(found) if name in _REQUESTS else found

    def _hit(self, request: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def hit(*given: Any) -> Any:
            self._point.requests += 1
            number = self._point.requests
            self._point.hit("request", number, "before")
            made = await request(*given)
            self._point.hit("request", number, "after")
            return made

        return hit


def connecting_batches(point: Point) -> Callable[[str, Access], Provider | None]:
    """Connects providers of batches whose requests may be the point."""

    def connected(full: str, access: Access) -> Provider | None:
        provider = connect_batches(full, access)
        return cast("Provider", _FaultyProvider(provider, point)) if provider else None

    return connected
