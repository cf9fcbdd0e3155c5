"""A debate as it goes on: alive on a terminal, plain lines elsewhere; always on stderr."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from exchange.cli.living import Living
from exchange.cli.showing.debate import turn_lines, verdict_lines
from exchange.debate.context import Event, Lost
from exchange.domain.debate import Turn
from exchange.errors import ExchangeError, LimitReached
from exchange.jobs.debate import Observer
from exchange.store.debates import StoredDebate
from exchange.store.owners import Owner

if TYPE_CHECKING:
    from exchange.domain.calls import Answer, Question


class Progress(Living):
    """Prints each step; on a terminal the last line says what is being waited for."""

    def __init__(self, resume: str) -> None:
        """`resume` is the command that goes on where this one stops."""
        super().__init__("Making ready …", resume)
        self._waiting: dict[str, str] = {}
        self._tokens = 0
        self._cost: float | None = 0.0
        self.has_begun = False

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
        asked = ", ".join(self._waiting)
        cost = "cost unknown" if self._cost is None else f"${self._cost:.4f}"
        self.live(f"{self._tokens:,} tokens, {cost}" + (f" · waiting for {asked}" if asked else ""))
