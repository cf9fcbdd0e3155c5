"""A command's last line, which lives on a terminal; its other lines go above it, or stand alone elsewhere; all on stderr."""

import os
import sys
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

from rich.console import Console
from rich.text import Text

from exchange.cli.exits import INTERRUPTED
from exchange.cli.words import tame

if TYPE_CHECKING:
    from rich.status import Status


class Living:
    """Used as a context manager, the line lives as long as that; there is none where stderr is no terminal."""

    def __init__(self, first: str, resume: str) -> None:
        """`first` is what the line says at first, `resume` the command that goes on where this one stops."""
        self._first, self._resume = first, resume
        self._console = Console(file=sys.stderr, soft_wrap=not sys.stderr.isatty(), highlight=False)
        self._status: Status | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status = self._console.status(Text(self._first))
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()

    @property
    def lives(self) -> bool:
        """Is there a line that can be changed?"""
        return self._status is not None

    def live(self, line: str) -> None:
        """Changes the line, where there is one."""
        if self._status:
            self._status.update(Text(line))

    def say(self, line: str, style: str = "bold") -> None:
        """One line of ours."""
        self._console.print(Text(tame(line), style=style if self._console.is_terminal else ""))

    def stop_at_once(self) -> NoReturn:
        """Ends the process, with the sentence that says how to go on."""
        if self._status:
            self._status.stop()
        self.say(f"Stopped. To go on: {self._resume}")
        sys.stderr.flush()
        os._exit(INTERRUPTED)
