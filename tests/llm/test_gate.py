"""What every call of a process passes before it begins."""

import asyncio
import time
from dataclasses import dataclass, field

import pytest

from exchange.domain.calls import Form, Question, Reply
from exchange.domain.rates import Rate
from exchange.errors import (
    AuthError,
    Conflict,
    ExchangeError,
    Interrupted,
    LimitReached,
    Parked,
    QuotaExhausted,
    SchemaRefused,
    StoreError,
    TransientError,
)
from exchange.llm.ask import Asker, Retrying
from exchange.llm.gate import Gate
from exchange.llm.model import Model
from exchange.llm.permits import OwnPermits
from exchange.llm.prices import Prices
from tests.llm.journal import FakeModel, MemoryJournal, question, said

HERE, THERE = "openai:tiny@http://127.0.0.1:9/v1", "openai:tiny@http://127.0.0.1:10/v1"
BESIDE = "openai:other@http://127.0.0.1:9/v1"
MINUTE = 1.0
GOOD = said("good")
CAP = LimitReached("the cap", limit=1, actual=2)


class Slow:
    """Takes its time, and counts how many attempts are inside at once and when each began."""

    def __init__(self, seconds: float = 0.01, concurrency: int = 8) -> None:
        self.concurrency = concurrency
        self.inside: list[int] = []
        self.began: list[float] = []
        self._seconds = seconds
        self._now = 0

    async def attempt(self, question: Question, form: Form) -> Reply:  # noqa: ARG002 # it looks at neither
        self._now += 1
        self.inside.append(self._now)
        self.began.append(time.monotonic())
        await asyncio.sleep(self._seconds)
        self._now -= 1
        return GOOD

    async def close(self) -> None:
        """Nothing is held open."""


def asker(model: Model, gate: Gate | None = None, journal: MemoryJournal | None = None) -> Asker:
    return Asker(
        journal=journal or MemoryJournal(),
        models=dict.fromkeys((HERE, THERE, BESIDE, "scripted:x"), model),
        prices=Prices(),
        retrying=Retrying(attempts=2, longest_wait=60),
        gate=gate or Gate(halt=asyncio.Event()),
        on_wait=lambda *_: None,
    )


def limited(rates: dict[str, Rate], minute: float) -> Gate:
    return Gate(halt=asyncio.Event(), permits=OwnPermits(rates=rates, minute=minute), minute=minute)


async def asked(ask: Asker, many: int = 1, model: str = HERE) -> list[object]:
    """What became of so many questions at once: a reply's text, or the error."""
    questions = [question(place=f"judge-{number}/prior/blind", model=model) for number in range(1, many + 1)]
    ended = await asyncio.gather(*(ask(each, lambda reply: reply.text) for each in questions), return_exceptions=True)
    return [each if isinstance(each, BaseException) else each[1] for each in ended]


async def test_the_first_call_to_a_server_goes_alone_and_the_others_at_once() -> None:
    model = Slow()

    await asked(asker(model), many=4)

    assert model.inside == [1, 1, 2, 3]


async def test_the_first_call_is_not_waited_for_longer_than_a_refusal_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.llm.gate._REFUSES_WITHIN", 0.02)
    model = Slow(seconds=0.2)

    await asked(asker(model), many=3)

    assert model.inside == [1, 2, 3]


async def test_a_first_call_that_waits_for_its_time_is_waited_for_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.llm.gate._REFUSES_WITHIN", 0.1)
    model, gate = Slow(), Gate(halt=asyncio.Event())
    gate._not_before[HERE] = time.monotonic() + 0.3

    await asked(asker(model, gate), many=3)

    assert model.inside == [1, 1, 2]


async def test_once_a_server_has_answered_its_other_models_are_asked_at_once() -> None:
    model = Slow()
    ask = asker(model)
    await asked(ask)

    await asked(ask, many=3, model=BESIDE)

    assert model.inside == [1, 1, 2, 3]


async def test_a_model_in_this_process_is_asked_at_once() -> None:
    model = Slow()

    await asked(asker(model), many=3, model="scripted:x")

    assert model.inside == [1, 2, 3]


async def test_a_server_that_is_busy_has_not_answered() -> None:
    model = FakeModel(script=[TransientError("busy", retry_after=0), GOOD])
    inside: list[int] = []
    journal = MemoryJournal()
    model.on_attempt = lambda: inside.append(journal.states.count("open"))

    await asked(asker(model, journal=journal), many=2)

    assert inside == [1, 1, 1]


@pytest.mark.parametrize("error", [AuthError("the key"), QuotaExhausted("the account")])
async def test_a_server_that_refuses_every_call_is_asked_once(error: ExchangeError) -> None:
    model, journal = FakeModel(script=[error]), MemoryJournal()

    ended = await asked(asker(model, journal=journal), many=5)

    assert ([error] * 5, 1, 1) == (ended, len(model.asked), len(journal.rows))


@pytest.mark.parametrize("error", [AuthError("the key"), QuotaExhausted("the account")])
async def test_a_server_that_refuses_one_model_is_not_asked_for_another(error: ExchangeError) -> None:
    model = FakeModel(script=[error, GOOD])
    ask = asker(model)

    assert [await asked(ask), await asked(ask, model=BESIDE)] == [[error], [error]]


@pytest.mark.parametrize("error", [AuthError("the key"), QuotaExhausted("the account")])
async def test_another_server_is_asked_all_the_same(error: ExchangeError) -> None:
    ask = asker(FakeModel(script=[error, GOOD]))

    assert [await asked(ask), await asked(ask, model=THERE)] == [[error], ["good"]]


def most_in_a_minute(began: list[float]) -> int:
    return max(sum(start <= each < start + MINUTE for each in began) for start in began)


async def test_no_minute_holds_more_requests_than_the_limit() -> None:
    model = Slow(seconds=0, concurrency=100)
    gate = limited({"openai:*": Rate(requests=30)}, MINUTE)

    await asked(asker(model, gate), many=45)

    assert 20 <= most_in_a_minute(model.began) <= 30


async def test_a_limit_is_for_each_model_alone() -> None:
    model = Slow(seconds=0, concurrency=100)
    gate = limited({"*@http://127.0.0.1:9/v1": Rate(requests=5)}, 60)
    ask = asker(model, gate)

    async with asyncio.timeout(5):
        ended = await asked(ask, many=50, model=THERE)

    assert ended == ["good"] * 50


async def test_no_minute_holds_more_tokens_than_the_limit() -> None:
    """A question of the journal's takes about four hundred tokens, most of them for what may come back."""
    model = Slow(seconds=0, concurrency=100)
    gate = limited({"openai:*": Rate(tokens=4_500)}, MINUTE)

    await asked(asker(model, gate), many=16)

    assert 5 <= most_in_a_minute(model.began) <= 4_500 // 400


async def test_a_call_of_more_tokens_than_go_at_once_is_not_kept_for_ever() -> None:
    gate = limited({"openai:*": Rate(tokens=100)}, MINUTE)

    async with asyncio.timeout(5):
        ended = await asked(asker(FakeModel(script=[GOOD]), gate), many=2)

    assert ended == ["good"] * 2


async def halted(ask: Asker, many: int, when: str = "on_ask") -> list[object]:
    """What became of so many questions that were halted when the asker told of its first question, or of a retry."""
    begun = asyncio.Event()
    setattr(ask, when, lambda *_: begun.set())
    at_work = asyncio.create_task(asked(ask, many))
    async with asyncio.timeout(5):
        await begun.wait()
        ask.gate.halt.set()
        return await at_work


async def test_a_halt_ends_the_waits_for_a_place() -> None:
    model = Slow(seconds=0.02, concurrency=1)

    first, *others = await halted(asker(model), 3)

    assert (first, [type(each) for each in others], len(model.began)) == ("good", [Interrupted] * 2, 1)


async def test_a_halt_ends_the_waits_for_a_servers_first_answer() -> None:
    model = Slow(seconds=0.02)

    first, *others = await halted(asker(model), 3)

    assert (first, [type(each) for each in others], len(model.began)) == ("good", [Interrupted] * 2, 1)


@pytest.mark.parametrize("rate", [Rate(requests=1), Rate(tokens=600)])
async def test_a_halt_ends_the_waits_for_a_limit(rate: Rate) -> None:
    model = Slow(seconds=0)
    gate = limited({"openai:*": rate}, 60)

    ended = await halted(asker(model, gate), 3)

    assert ([Interrupted] * 2, 1) == ([type(each) for each in ended[1:]], len(model.began))


async def test_a_halt_ends_a_pause() -> None:
    model = FakeModel(script=[TransientError("busy", retry_after=30)])

    ended = await halted(asker(model), 1, "on_wait")

    assert ([Interrupted], 1) == ([type(each) for each in ended], len(model.asked))


class Capped(MemoryJournal):
    """Has room for one call at a time, and for so many in all."""

    room: int = 10

    async def open(self, question: Question, form: Form, worst: float | None) -> int:
        if "open" in self.states or len(self.rows) == self.room:
            raise CAP
        return await super().open(question, form, worst)


async def test_a_call_that_has_no_room_waits_for_those_under_way() -> None:
    ask = asker(Slow(), journal=Capped())
    await asked(ask)

    ended = await asked(ask, many=4)

    assert ended == ["good"] * 4


async def test_a_cap_is_reached_when_no_call_is_under_way() -> None:
    journal, under_way = Capped(), list[int]()
    journal.room = 3
    ask = asker(Slow(), journal=journal)
    await asked(ask)

    async def watched(number: int) -> object:
        try:
            return (await ask(question(place=f"judge-{number}/final/blind", model=HERE), lambda reply: reply.text))[1]
        except LimitReached as error:
            under_way.append(journal.states.count("open"))
            return error

    ended = await asyncio.gather(*map(watched, range(1, 6)))

    assert (ended.count("good"), ended.count(CAP), set(under_way)) == (2, 3, {0})


async def test_a_cap_that_is_reached_lets_no_other_call_begin() -> None:
    ask = asker(FakeModel(script=[GOOD]), journal=MemoryJournal(refusal=CAP))
    await asked(ask)
    ask.journal = MemoryJournal()

    ended = await asked(ask, model="scripted:x")

    assert (ended, ask.gate.stopped) == ([CAP], CAP)


class Uneven(MemoryJournal):
    """Has no room for the call of the first place, and says so while the intent of the others is still written."""

    async def open(self, question: Question, form: Form, worst: float | None) -> int:
        await asyncio.sleep(0)
        if question.place == "judge-1/prior/blind":
            raise CAP
        await asyncio.sleep(0.01)
        return await super().open(question, form, worst)


async def test_a_call_whose_intent_was_being_written_when_the_cap_was_reached_is_not_made() -> None:
    model, journal = FakeModel(script=[GOOD]), Uneven()

    ended = await asked(asker(model, journal=journal), many=2, model="scripted:x")

    assert (ended, model.asked, journal.states, journal.rows[1].may_cost) == ([CAP] * 2, [], ["failed"], False)


async def test_a_store_that_cannot_write_lets_nothing_begin() -> None:
    error, model, journal = StoreError("the disk is full"), FakeModel(script=[GOOD]), MemoryJournal()
    journal.refusal = error
    ask = asker(model, journal=journal)
    await asked(ask)
    journal.refusal = None

    ended = await asked(ask, many=2, model=THERE)

    assert (ended, ask.gate.stopped, model.asked) == ([error] * 2, error, [])


async def test_a_conflict_stops_nothing_else() -> None:
    journal = MemoryJournal(refusal=Conflict("another process has it"))
    ask = asker(FakeModel(script=[GOOD]), journal=journal)
    first = await asked(ask)
    journal.refusal = None

    ended = await asked(ask, many=2)

    assert (first == ended, ended, ask.gate.stopped) == (False, ["good"] * 2, None)


async def test_a_pause_that_a_server_asks_for_holds_for_every_call_to_its_model() -> None:
    model = FakeModel(script=[GOOD, TransientError("busy", retry_after=0.2), GOOD])
    ask = asker(model)
    await asked(ask)
    begun = time.monotonic()
    await ask(question(place="critic/2", model=HERE), lambda reply: reply.text)

    assert (len(model.asked), time.monotonic() - begun >= 0.2) == (3, True)


async def test_a_server_that_asks_for_a_long_pause_is_asked_by_nobody_else() -> None:
    model = FakeModel(script=[TransientError("busy", retry_after=3600)])

    ended = await asked(asker(model), many=3)

    assert ([type(each) for each in ended], len(model.asked)) == ([Parked] * 3, 1)


async def test_a_server_that_knows_no_schema_is_asked_for_one_once() -> None:
    journal = MemoryJournal()
    model = FakeModel(script=[SchemaRefused("no"), GOOD])

    await asked(asker(model, journal=journal), many=3)

    assert journal.forms == [Form.SCHEMA, Form.OBJECT, Form.OBJECT, Form.OBJECT]


async def test_a_server_that_failed_and_says_when_to_come_back_is_not_asked_at_once_in_another_form() -> None:
    model, waits = FakeModel(script=[TransientError("down", retry_after=0.1, status=500), GOOD]), list[float]()
    ask = asker(model)
    ask.on_wait = lambda _, seconds, __: waits.append(seconds)
    await asked(ask)

    assert (len(model.asked), len(waits)) == (2, 1)


@dataclass(kw_only=True)
class Told:
    """Permits that are always given, and what was asked of them."""

    permits: int = 0
    pauses: list[float] = field(default_factory=list)

    def limited(self, model: str) -> bool:  # noqa: ARG002 # all are
        return True

    async def permit(self, model: str, tokens: int) -> None:  # noqa: ARG002 # as above
        self.permits += 1

    async def pause(self, model: str, seconds: float) -> None:  # noqa: ARG002 # as above
        self.pauses.append(seconds)


async def test_a_call_that_waited_long_for_a_place_asks_for_its_permit_anew() -> None:
    told = Told()
    gate = Gate(halt=asyncio.Event(), concurrency=1, permits=told, minute=1.0)

    await asked(asker(Slow(seconds=0.1), gate), many=2, model="scripted:x")

    assert told.permits == 3


async def test_those_who_share_a_limit_are_told_of_a_pause_that_a_server_asks_for() -> None:
    told = Told()
    gate = Gate(halt=asyncio.Event(), permits=told)
    model = FakeModel(script=[TransientError("busy", retry_after=0.05), TransientError("broken"), GOOD])

    await asked(asker(model, gate))

    assert told.pauses == [0.05]


async def test_what_the_permits_raise_reaches_whoever_asked() -> None:
    class Broken(Told):
        async def permit(self, model: str, tokens: int) -> None:  # noqa: ARG002 # as above
            raise StoreError("the disk is full")

    gate = Gate(halt=asyncio.Event(), permits=Broken())

    ended = await asked(asker(FakeModel(script=[GOOD]), gate))

    assert [type(each) for each in ended] == [StoreError]
