"""Ctrl-C, SIGTERM and a closed terminal: the first lets calls in flight settle, the second ends at once."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, Protocol, TypeVar

_Made = TypeVar("_Made")


class Halting(Protocol):
    """Who tells that the work stops."""

    def say(self, line: str) -> None:
        """One line of ours."""

    def stop_at_once(self) -> NoReturn:
        """Ends the process."""


def until_halted(work: Callable[[asyncio.Event], Coroutine[Any, Any, _Made]], progress: Halting) -> _Made:
    """What `work` returns; it is given the event that asks it to stop."""
    return asyncio.run(_until_halted(work, progress))


async def _until_halted(work: Callable[[asyncio.Event], Coroutine[Any, Any, _Made]], progress: Halting) -> _Made:
    halt, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop() -> None:
        if halt.is_set():
            # A model in this process cannot be stopped in mid-sentence; its call has its intent in the ledger.
            progress.stop_at_once()
        progress.say("Stopping: the calls in flight are waited for. Once more to stop at once.")
        halt.set()

    for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(sent, stop)
    return await work(halt)
