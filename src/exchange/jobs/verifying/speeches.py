"""Turns and verdicts: each against its digest and columns, and read again from its call's reply."""

from collections.abc import Callable
from typing import Any

from exchange.debate import readings
from exchange.debate.replies import Speaking
from exchange.debate.rules import schedule
from exchange.domain.calls import Reply
from exchange.domain.debate import PromptUsed, Turn
from exchange.domain.setup import Setup
from exchange.domain.verdict import Sitting, Unscored, Verdict
from exchange.errors import ExchangeError, RefusedError, ReplyError
from exchange.evidence.check import check
from exchange.jobs.verifying.findings import Findings
from exchange.llm.reply import parse
from exchange.store.audit import Rows
from exchange.store.ledger import reply_of


class Speeches:
    """What was said in one debate. In an imported one nobody was asked: there is no reply to read again."""

    def __init__(self, rows: Rows, setup: Setup, found: Findings) -> None:
        self._rows = rows
        self._setup = setup
        self._found = found
        self._calls = {row.id: row for row in rows.calls}
        self._slots = {slot.ordinal: slot for slot in schedule(setup.format)}
        self._seats = {(seat.name, seat.model) for seat in setup.seats}

    def turns(self) -> list[Turn]:
        """Every turn that can be read; says what is wrong with them."""
        return [turn for row in self._rows.turns if (turn := self._turn(row))]

    def verdicts(self) -> list[Verdict | Unscored]:
        """Every verdict that can be read; says what is wrong with them."""
        return [verdict for row in self._rows.verdicts if (verdict := self._verdict(row))]

    def _turn(self, row: Any) -> Turn | None:
        where = f"turn {row.ordinal} of {self._rows.debate.id}"
        turn = self._found.record(Turn, row, where)
        if turn is None:
            return None
        self._found.columns(where, row, ordinal=turn.ordinal, role=turn.role.value, model=turn.model, call_id=turn.call)
        self._seated(where, turn.role.value, turn.model)
        self._follows(where, turn, turn.call, lambda call: self._turn_again(turn, call))
        return turn

    def _turn_again(self, turn: Turn, call: int) -> Turn:
        slot = self._slots.get(turn.ordinal)
        if slot is None:
            raise ReplyError("nobody was to speak there", "")
        seat, brief = self._setup.seat(slot.role), self._setup.brief
        speaking = parse(self._reply(call, f"{seat.name}/{slot.ordinal}", seat.model), Speaking)
        prompts = self._known(turn.prompts)
        return readings.turn(slot, seat.model, speaking, lambda at, words: check(brief, at, words), prompts, call)

    def _verdict(self, row: Any) -> Verdict | Unscored | None:
        when = f"{row.when}-{row.number}" if row.number else row.when
        where = f"verdict {row.seat}/{when}/{row.order} of {self._rows.debate.id}"
        kind: type[Verdict | Unscored] = Verdict if row.unscored is None else Unscored
        verdict = self._found.record(kind, row, where)
        if verdict is None:
            return None
        at = verdict.sitting
        sitting = dict(seat=at.seat, when=at.when.value, order=at.order.value, number=at.number, model=at.model)
        self._found.columns(where, row, **sitting)
        self._seated(where, at.seat, at.model)
        if isinstance(verdict, Verdict):
            self._found.columns(where, row, credence=verdict.credence, call_id=verdict.call)
            self._follows(where, verdict, verdict.call, lambda call: self._verdict_again(verdict, call))
        else:
            self._found.columns(where, row, credence=None, unscored=verdict.reason, call_id=None)
            self._unreadable(where, at)
        return verdict

    def _verdict_again(self, verdict: Verdict, call: int) -> Verdict:
        at, rubric = verdict.sitting, self._setup.rubric
        said = readings.judgment(self._reply(call, at.place, at.model), rubric)
        return readings.verdict(at, said, rubric, self._known(verdict.prompts), call)

    def _seated(self, where: str, seat: str, model: str) -> None:
        if (seat, model) not in self._seats:
            self._found.say(where, f"the debate has no seat {seat} of {model}.")

    def _unreadable(self, where: str, at: Sitting) -> None:
        for row in self._rows.calls:
            if row.place == at.place and row.state == "answered" and self._readable(row):
                self._found.say(where, f"it is unscored, and the reply of call {row.id} can be read.")

    def _readable(self, row: Any) -> bool:
        try:
            readings.judgment(reply_of(row), self._setup.rubric)
        except (ReplyError, RefusedError, ValueError):
            return False
        return True

    def _reply(self, call: int, place: str, model: str) -> Reply:
        row = self._calls.get(call)
        if row is None or row.reply is None or (row.place, row.model) != (place, model):
            raise ReplyError(f"call {call} is no answer of {model} at {place}", "")
        return reply_of(row)

    def _known(self, prompts: tuple[PromptUsed, ...]) -> tuple[PromptUsed, ...]:
        """Those of the prompts that the debate was held with."""
        return tuple(each for each in prompts if each in self._setup.prompts)

    def _follows(
        self, where: str, stored: Turn | Verdict, call: int | None, again: Callable[[int], Turn | Verdict]
    ) -> None:
        if self._setup.origin or call is None:
            if (self._setup.origin is None) == (call is None):
                wrong = "it has no call" if call is None else "it has a call, and the debate is imported"
                self._found.say(where, f"{wrong}.")
            return
        try:
            made = again(call)
        except (ExchangeError, ValueError) as error:
            reason = error if isinstance(error, ExchangeError) else "it is none"
            self._found.say(where, f"it cannot be read from its call's reply again: {reason}.")
            return
        if made != stored:
            self._found.say(where, "it is not what its call's reply says.")
