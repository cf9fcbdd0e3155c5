"""A store and a model in which the n-th write or call goes wrong, before it, inside it, or after it."""

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from exchange.domain.calls import Form, Question, Reply
from exchange.errors import StoreError
from exchange.llm.connect import Access, connect
from exchange.llm.model import Model
from exchange.store.engine import Store, Transaction

EXITED = 77


@dataclass(kw_only=True)
class Point:
    """Where something goes wrong: at the `number`-th `what` (write or call), `when` (before, inside, after), and `how`:
    exception, exit, io (no file can grow any more) or full (the database cannot). Counts all on the way.
    """

    what: str = ""
    number: int = 0
    when: str = ""
    how: str = ""
    writes: int = 0
    calls: int = 0

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
