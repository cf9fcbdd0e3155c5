"""One debate, computed again from its rows: every digest, every column beside a record, every turn, verdict and score."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from exchange.debate import readings
from exchange.debate.replies import Speaking
from exchange.debate.rules import schedule
from exchange.domain.calls import Question, Reply
from exchange.domain.debate import Turn
from exchange.domain.noun import Noun
from exchange.domain.score import Policy, Score, ScoreEvent, State
from exchange.domain.setup import Setup
from exchange.domain.verdict import Order, Sitting, Unscored, Verdict, When
from exchange.errors import BrokenDigest, ExchangeError, RefusedError, ReplyError
from exchange.evidence.check import check
from exchange.jobs.setup import demonstration, scripted
from exchange.llm.reply import parse
from exchange.scoring import basis
from exchange.scoring.policy import COLD
from exchange.scoring.score import failed, score
from exchange.store.audit import Rows
from exchange.store.ledger import reply_of
from exchange.store.records import read

_Record = TypeVar("_Record", bound=Noun)
_Verdicts = list[Verdict | Unscored]
# Every policy that ever set a score, by its digest.
POLICIES: Mapping[str, Policy] = {COLD.digest: COLD}


@dataclass(frozen=True, kw_only=True)
class Broken:
    """What is not as it was stored, or does not follow from what it was made of: where, and in which way."""

    where: str
    why: str


def broken_event(row: Any) -> Iterator[Broken]:
    """What is wrong with a score event in itself, whatever it was made of."""
    where = f"score event {row.id} of {row.hypothesis_id}"
    try:
        event = read(ScoreEvent, row.record, "It", row.digest)
    except BrokenDigest as error:
        yield Broken(where=where, why=str(error))
        return
    yield from differing(where, row, _event_columns(event))


def _event_columns(event: ScoreEvent) -> dict[str, object]:
    score = event.score
    return dict(
        hypothesis_id=event.hypothesis,
        debate_id=event.debate,
        cause=event.cause.value,
        state=score.state.value,
        value=score.value,
        low=score.low,
        high=score.high,
        composite=score.composite,
        standing=event.standing,
        demonstration=event.demonstration,
        policy=score.policy,
        at=event.at,
    )


def differing(where: str, row: Any, expected: Mapping[str, object]) -> Iterator[Broken]:
    """A column that says something else than the record beside it."""
    for column, value in expected.items():
        stored = getattr(row, column)
        if stored != value:
            yield Broken(where=where, why=f"its column {column} says {stored!r}, its record {value!r}.")


class Recomputed:
    """One debate: every row against its digest, its columns, and what it was made of."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._name = rows.debate.id
        self._broken: list[Broken] = []
        self._calls = {row.id: row for row in rows.calls}

    def broken(self) -> list[Broken]:
        """All that is broken, in the order of the debate."""
        row = self._rows.debate
        setup = self._read(Setup, row, f"debate {self._name}")
        if setup:
            self._columns(f"debate {self._name}", row, hypothesis_id=setup.brief.hypothesis)
        for call in self._rows.calls:
            self._call(call)
        if setup is None:
            return self._broken
        turns = [self._turn(each, setup) for each in self._rows.turns]
        verdicts = [self._verdict(each, setup) for each in self._rows.verdicts]
        read_turns, read_verdicts = [each for each in turns if each], [each for each in verdicts if each]
        whole = len(read_turns) == len(turns) and len(read_verdicts) == len(verdicts)
        if row.state == "finished":
            self._complete(setup)
        for each in self._rows.events:
            event = self._event(each)
            if event and whole:
                self._score(each.id, event, setup, read_turns, read_verdicts)
        return self._broken

    def _say(self, where: str, why: str) -> None:
        self._broken.append(Broken(where=where, why=why))

    def _read(self, kind: type[_Record], row: Any, where: str) -> _Record | None:
        try:
            return read(kind, row.record, "It", row.digest)
        except BrokenDigest as error:
            self._say(where, str(error))
            return None

    def _columns(self, where: str, row: Any, **expected: object) -> None:
        self._broken += differing(where, row, expected)

    def _call(self, row: Any) -> None:
        where = f"call {row.id} of {self._name}"
        try:
            question = read(Question, row.question, "Its question")
        except BrokenDigest as error:
            self._say(where, str(error))
            return
        self._columns(
            where,
            row,
            question_digest=question.digest,
            debate_id=question.debate,
            place=question.place,
            role=question.role.value,
            sitting=question.sitting,
            model=question.model,
            sample=question.sample,
        )
        if row.reply is not None:
            self._columns(where, row, reply_digest=_digest_of_reply(row))

    def _turn(self, row: Any, setup: Setup) -> Turn | None:
        where = f"turn {row.ordinal} of {self._name}"
        turn = self._read(Turn, row, where)
        if turn is None:
            return None
        self._columns(where, row, ordinal=turn.ordinal, role=turn.role.value, model=turn.model, call_id=turn.call)
        self._follows(where, turn, lambda: self._turn_again(turn, setup))
        return turn

    def _turn_again(self, turn: Turn, setup: Setup) -> Turn:
        slot = schedule(setup.format)[turn.ordinal - 1]
        speaking = parse(self._reply(turn.call, f"{turn.role}/{turn.ordinal}"), Speaking)
        model = setup.seat(slot.role).model
        return readings.turn(
            slot, model, speaking, lambda passage, quote: check(setup.brief, passage, quote), turn.prompts, turn.call
        )

    def _verdict(self, row: Any, setup: Setup) -> Verdict | Unscored | None:
        where = f"verdict {'/'.join((row.seat, row.when, row.order))} of {self._name}"
        kind: type[Verdict | Unscored] = Verdict if row.unscored is None else Unscored
        verdict = self._read(kind, row, where)
        if verdict is None:
            return None
        at = verdict.sitting
        self._columns(where, row, seat=at.seat, when=at.when.value, order=at.order.value, model=at.model)
        if isinstance(verdict, Verdict):
            self._columns(where, row, credence=verdict.credence, call_id=verdict.call)
            self._follows(where, verdict, lambda: self._verdict_again(verdict, setup))
        else:
            self._columns(where, row, credence=None, unscored=verdict.reason, call_id=None)
            self._unreadable(where, at, setup)
        return verdict

    def _verdict_again(self, verdict: Verdict, setup: Setup) -> Verdict:
        said = readings.judgment(self._reply(verdict.call, _place(verdict.sitting)), setup.rubric)
        return readings.verdict(verdict.sitting, said, setup.rubric, verdict.prompts, verdict.call)

    def _unreadable(self, where: str, at: Sitting, setup: Setup) -> None:
        for row in self._rows.calls:
            if row.place == _place(at) and row.state == "answered" and _readable(row, setup):
                self._say(where, f"it is unscored, and the reply of call {row.id} can be read.")

    def _reply(self, call: int, place: str) -> Reply:
        row = self._calls.get(call)
        if row is None or row.reply is None or row.place != place:
            raise ReplyError(f"call {call} is no answer at {place}", "")
        return reply_of(row)

    def _follows(self, where: str, stored: Turn | Verdict, again: Callable[[], Turn | Verdict]) -> None:
        try:
            made = again()
        except (ExchangeError, IndexError) as error:
            self._say(where, f"it cannot be read from its call's reply again: {error}.")
            return
        if made != stored:
            self._say(where, "it is not what its call's reply says.")

    def _event(self, row: Any) -> ScoreEvent | None:
        found = list(broken_event(row))
        self._broken += found
        return None if found else ScoreEvent.from_json(row.record)

    def _complete(self, setup: Setup) -> None:
        """A score event, every turn of the schedule, and a verdict or a reason for each sitting."""
        if len(self._rows.events) != 1:
            self._say(f"debate {self._name}", f"it is finished and has {len(self._rows.events)} score events.")
        missing = {slot.ordinal for slot in schedule(setup.format)} - {row.ordinal for row in self._rows.turns}
        for ordinal in sorted(missing):
            self._say(f"turn {ordinal} of {self._name}", "it is missing.")
        sat = {(row.seat, row.when, row.order) for row in self._rows.verdicts}
        for seat in setup.judges:
            for when, order in (
                (When.PRIOR, Order.BLIND),
                *((When.FINAL, each) for each in setup.format.judging.orders),
            ):
                if (seat.name, when.value, order.value) not in sat:
                    self._say(f"verdict {seat.name}/{when}/{order} of {self._name}", "it is missing.")

    def _score(self, number: int, event: ScoreEvent, setup: Setup, turns: list[Turn], verdicts: _Verdicts) -> None:
        where = f"score event {number} of {self._name}"
        policy = POLICIES.get(event.score.policy_digest)
        if policy is None:
            self._say(where, f"its policy {event.score.policy} ({event.score.policy_digest[:12]}) is not known here.")
            return
        again = self._score_again(event, setup, turns, verdicts, policy)
        if again != event.score:
            names = [name for name in Score.model_fields if getattr(again, name) != getattr(event.score, name)]
            self._say(where, f"computed again from its verdicts, it differs in {', '.join(names)}.")
        expected = dict(
            hypothesis=self._rows.debate.hypothesis_id,
            format=setup.format.name,
            full_format=not setup.format.demonstration,
            demonstration=demonstration(setup),
            scripted=scripted(setup),
            basis=basis.basis(setup, policy),
        )
        for name, value in expected.items():
            if getattr(event, name) != value:
                self._say(where, f"its {name} does not follow from the debate.")

    @staticmethod
    def _score_again(event: ScoreEvent, setup: Setup, turns: list[Turn], verdicts: _Verdicts, policy: Policy) -> Score:
        if event.score.state is State.FAILED:
            return failed(event.score.reason or "", policy)
        return score(verdicts, turns, setup.format, setup.rubric, policy, event.score.edges, demonstration(setup))


def _place(at: Sitting) -> str:
    return "/".join((at.seat, at.when.value, at.order.value))


def _readable(row: Any, setup: Setup) -> bool:
    try:
        readings.judgment(reply_of(row), setup.rubric)
    except (ReplyError, RefusedError):
        return False
    return True


def _digest_of_reply(row: Any) -> str:
    try:
        return reply_of(row).digest
    except ValueError:
        return "nothing that a reply can have"
