"""A debate as it goes on: alive on a terminal, plain lines elsewhere; always on stderr."""

import os
import sys
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

from rich.console import Console
from rich.text import Text

from exchange.cli.exits import INTERRUPTED
from exchange.cli.showing.debate import turn_lines, verdict_lines
from exchange.cli.words import tame
from exchange.debate.context import Event, Lost
from exchange.domain.debate import Turn
from exchange.errors import ExchangeError, LimitReached
from exchange.jobs.debate import Observer
from exchange.store.debates import StoredDebate
from exchange.store.owners import Owner

if TYPE_CHECKING:
    from rich.status import Status

    from exchange.domain.calls import Answer, Question


class Progress:
    """Prints each step; on a terminal the last line says what is being waited for."""

    def __init__(self, resume: str) -> None:
        """`resume` is the command that goes on where this one stops."""
        self._resume = resume
        self._console = Console(file=sys.stderr, soft_wrap=not sys.stderr.isatty(), highlight=False)
        self._waiting: dict[str, str] = {}
        self._status: Status | None = None
        self._tokens = 0
        self._cost: float | None = 0.0
        self.has_begun = False

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status = self._console.status("Making ready …")
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()

    def say(self, line: str, style: str = "bold") -> None:
        """One line of ours."""
        self._console.print(Text(tame(line), style=style if self._console.is_terminal else ""))

    @property
    def observer(self) -> Observer:
        """What a debate tells its steps to."""
        return Observer(
            begun=self.begun, event=self.event, ask=self.ask, wait=self.wait, answer=self.answer, busy=self.busy
        )

    def say_how_to_go_on(self, stop: ExchangeError) -> None:
        """The sentence behind everything that stopped a debate; a run that was capped is gone on with under a cap."""
        capped = " --max-cost DOLLARS" if isinstance(stop, LimitReached) else ""
        self.say(f"What was said so far is stored. To go on: {self._resume}{capped}")

    def busy(self, owner: Owner) -> None:
        """Another process holds the debate."""
        self.say(f"The {owner} debates this already: its end is waited for.")

    def stop_at_once(self) -> NoReturn:
        """Ends the process, with the sentence that says how to go on."""
        if self._status:
            self._status.stop()
        self.say(f"Stopped. To go on: {self._resume}")
        sys.stderr.flush()
        os._exit(INTERRUPTED)

    def begun(self, debate: StoredDebate, resumed: bool) -> None:
        """The debate begins, or goes on where it stopped."""
        self.has_begun = True
        setup = debate.setup
        again = "goes on: what was answered is not asked again" if resumed else "begins"
        self.say(f"Debate {debate.id} {again} ({setup.format.name}: {setup.format.about})")
        titled = " (there is no statement, so the title is debated)" if setup.brief.by_title else ""
        self.say(f"Claim{titled}: {setup.brief.claim}", "")
        self.say(
            f"{len(setup.brief.passages)} passages; {', '.join(f'{seat.name} {seat.model}' for seat in setup.seats)}",
            "dim",
        )

    def event(self, event: Event) -> None:
        """A turn was spoken, a verdict was given, a call was lost."""
        if isinstance(event, Turn):
            self._answered(f"{event.role}/{event.ordinal}", turn_lines(event))
        elif isinstance(event, Lost):
            self._answered(event.place, [f"{event.place}: no answer: {event.error}"])
        else:
            self._answered(event.sitting.place, verdict_lines(event))
        self._refresh()

    def ask(self, question: "Question") -> None:
        """A question is put to its model."""
        self._waiting[question.place] = question.model
        if not self._console.is_terminal:
            self.say(f"asking {question.place} ({question.model})")
        self._refresh()

    def wait(self, question: "Question", seconds: float, why: str) -> None:
        """A call is tried again after so many seconds."""
        self.say(f"{question.place}: trying again in {seconds:.1f} s ({why})", "yellow")

    def answer(self, answer: "Answer") -> None:
        """An answer came; what all of them cost so far stands in the last line."""
        usage, cost = answer.reply.usage, answer.reply.cost
        self._tokens += (usage.input_tokens or 0) + (usage.output_tokens or 0)
        self._cost = None if self._cost is None or cost is None else self._cost + cost

    def _answered(self, place: str, lines: Iterable[str]) -> None:
        self._waiting.pop(place, None)
        for number, line in enumerate(line for line in lines if line):
            self.say(line, "bold" if number == 0 else "")

    def _refresh(self) -> None:
        if self._status:
            asked = ", ".join(self._waiting)
            cost = "cost unknown" if self._cost is None else f"${self._cost:.4f}"
            self._status.update(Text(f"{self._tokens:,} tokens, {cost}" + (f" · waiting for {asked}" if asked else "")))
