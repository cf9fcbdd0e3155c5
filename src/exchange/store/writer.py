"""The one thread through which asynchronous code reaches the store, so that no lock stops the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


class Writer:
    """Runs actions one after the other; used as a context manager, it ends its thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="exchange-writer")

    async def __call__(self, action: Callable[_Given, _Made], *given: _Given.args, **named: _Given.kwargs) -> _Made:
        """What `action` returns; its exceptions are raised here. A cancelled caller does not stop a begun action."""
        return await asyncio.wrap_future(self._thread.submit(action, *given, **named))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown()
