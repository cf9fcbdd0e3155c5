"""Turns and verdicts: each against its digest and columns, and read again from its call's reply."""

from collections.abc import Callable
from typing import Any

from exchange.debate import readings
from exchange.debate.replies import Speaking
from exchange.debate.rules import schedule
from exchange.domain.calls import Reply
from exchange.domain.debate import PromptUsed, Turn
from exchange.domain.setup import Setup
from exchange.domain.verdict import Order, Sitting, Unscored, Verdict, When
from exchange.errors import ExchangeError, RefusedError, ReplyError
from exchange.evidence.check import check
from exchange.jobs.verifying.findings import Findings
from exchange.llm.reply import parse
from exchange.store.audit import Rows
from exchange.store.ledger import reply_of


class Speeches:
    """What was said in one debate."""

    def __init__(self, rows: Rows, setup: Setup, found: Findings) -> None:
        self._rows = rows
        self._setup = setup
        self._found = found
        self._calls = {row.id: row for row in rows.calls}
        self._slots = {slot.ordinal: slot for slot in schedule(setup.format)}
        self._sittings = _sittings(setup)

    def turns(self) -> list[Turn]:
        """Every turn that can be read; says what is wrong with them."""
        return [turn for row in self._rows.turns if (turn := self._turn(row))]

    def verdicts(self) -> list[Verdict | Unscored]:
        """Every verdict that can be read; says what is wrong with them."""
        return [verdict for row in self._rows.verdicts if (verdict := self._verdict(row))]

    def missing(self) -> None:
        """A finished debate has every turn of its schedule, and a verdict or a reason for each sitting."""
        for ordinal in sorted(self._slots.keys() - {row.ordinal for row in self._rows.turns}):
            self._found.say(self._at_turn(ordinal), "it is missing.")
        sat = {(row.seat, row.when, row.order) for row in self._rows.verdicts}
        for each in self._sittings:
            if (each.seat, each.when.value, each.order.value) not in sat:
                self._found.say(self._at_sitting(each.place), "it is missing.")

    def _turn(self, row: Any) -> Turn | None:
        where = self._at_turn(row.ordinal)
        turn = self._found.record(Turn, row, where)
        if turn is None:
            return None
        self._found.columns(where, row, ordinal=turn.ordinal, role=turn.role.value, model=turn.model, call_id=turn.call)
        self._follows(where, turn, lambda: self._turn_again(turn))
        return turn

    def _turn_again(self, turn: Turn) -> Turn:
        slot = self._slots.get(turn.ordinal)
        if slot is None:
            raise ReplyError("nobody was to speak there", "")
        seat, brief = self._setup.seat(slot.role), self._setup.brief
        speaking = parse(self._reply(turn.call, f"{seat.name}/{slot.ordinal}", seat.model), Speaking)
        prompts = self._known(turn.prompts)
        return readings.turn(slot, seat.model, speaking, lambda at, words: check(brief, at, words), prompts, turn.call)

    def _verdict(self, row: Any) -> Verdict | Unscored | None:
        where = self._at_sitting("/".join((row.seat, row.when, row.order)))
        kind: type[Verdict | Unscored] = Verdict if row.unscored is None else Unscored
        verdict = self._found.record(kind, row, where)
        if verdict is None:
            return None
        at = verdict.sitting
        self._found.columns(where, row, seat=at.seat, when=at.when.value, order=at.order.value, model=at.model)
        if at not in self._sittings:
            self._found.say(where, "no such sitting belongs to the debate.")
        if isinstance(verdict, Verdict):
            self._found.columns(where, row, credence=verdict.credence, call_id=verdict.call)
            self._follows(where, verdict, lambda: self._verdict_again(verdict))
        else:
            self._found.columns(where, row, credence=None, unscored=verdict.reason, call_id=None)
            self._unreadable(where, at)
        return verdict

    def _verdict_again(self, verdict: Verdict) -> Verdict:
        at, rubric = verdict.sitting, self._setup.rubric
        said = readings.judgment(self._reply(verdict.call, at.place, at.model), rubric)
        return readings.verdict(at, said, rubric, self._known(verdict.prompts), verdict.call)

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

    def _follows(self, where: str, stored: Turn | Verdict, again: Callable[[], Turn | Verdict]) -> None:
        try:
            made = again()
        except (ExchangeError, ValueError) as error:
            reason = error if isinstance(error, ExchangeError) else "it is none"
            self._found.say(where, f"it cannot be read from its call's reply again: {reason}.")
            return
        if made != stored:
            self._found.say(where, "it is not what its call's reply says.")

    def _at_turn(self, ordinal: int) -> str:
        return f"turn {ordinal} of {self._rows.debate.id}"

    def _at_sitting(self, place: str) -> str:
        return f"verdict {place} of {self._rows.debate.id}"


def _sittings(setup: Setup) -> tuple[Sitting, ...]:
    """Every sitting that the format wants, judge by judge."""
    wanted = [(When.PRIOR, Order.BLIND), *((When.FINAL, order) for order in setup.format.judging.orders)]
    return tuple(
        Sitting(seat=seat.name, model=seat.model, when=when, order=order)
        for seat in setup.judges
        for when, order in wanted
    )
