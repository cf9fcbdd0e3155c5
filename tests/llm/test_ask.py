"""The order of every call."""

import asyncio

import pytest

from exchange.debate.replies import Judgment
from exchange.domain.calls import Form, Question, Reply
from exchange.errors import (
    AuthError,
    ExchangeError,
    Interrupted,
    ModelError,
    Parked,
    QuotaExhausted,
    ReplyError,
    RequestRefused,
    SchemaRefused,
    TransientError,
    UnknownModel,
)
from exchange.llm.ask import Asker, Retrying
from exchange.llm.gate import Gate
from exchange.llm.model import Model
from exchange.llm.prices import Prices
from exchange.llm.reply import parse
from tests.llm.journal import FakeModel, MemoryJournal, question, said

GOOD = said("good")


def asker(model: Model, journal: MemoryJournal | None = None, attempts: int = 3, longest_wait: float = 60) -> Asker:
    return Asker(
        journal=journal or MemoryJournal(),
        models={"scripted:x": model, "openai:gpt-unheard-of": model},
        prices=Prices(),
        retrying=Retrying(attempts=attempts, longest_wait=longest_wait),
        gate=Gate(halt=asyncio.Event()),
        on_wait=lambda *_: None,
    )


def words(reply: Reply) -> str:
    return reply.text


def only_good(reply: Reply) -> str:
    if reply.text != "good":
        raise ReplyError("it is not good", reply.text)
    return reply.text


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits that an asker would have made; it makes none of them."""
    waited: list[float] = []

    async def note(_: Gate, seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(Gate, "pause", note)
    return waited


async def test_an_answer_comes_with_what_was_read_of_it() -> None:
    ask = asker(FakeModel(script=[GOOD]))

    answer, read = await ask(question(), lambda reply: len(reply.text))

    assert (answer.call, answer.reply.text, answer.form, answer.replayed, read) == (1, "good", Form.SCHEMA, False, 4)


async def test_a_stored_answer_is_replayed_without_a_call() -> None:
    journal = MemoryJournal()
    await asker(FakeModel(script=[GOOD]), journal)(question(), words)
    second = FakeModel(script=[said("other")])

    answer, _ = await asker(second, journal)(question(), words)

    assert (answer.reply.text, answer.replayed, second.asked) == ("good", True, [])


async def test_another_place_is_not_answered_from_the_journal() -> None:
    journal = MemoryJournal()
    await asker(FakeModel(script=[GOOD]), journal)(question(), words)
    second = FakeModel(script=[said("other")])

    _, read = await asker(second, journal)(question(place="judge-2/prior/blind"), words)

    assert read == "other"


async def test_a_stored_reply_that_cannot_be_read_leads_to_the_stored_second_reply() -> None:
    journal = MemoryJournal()
    await asker(FakeModel(script=[said("bad"), GOOD]), journal)(question(), only_good)
    second = FakeModel(script=[said("never asked")])

    answer, _ = await asker(second, journal)(question(), only_good)

    assert (answer.reply.text, answer.replayed, second.asked) == ("good", True, [])


async def test_the_intent_is_in_the_journal_before_the_attempt() -> None:
    journal, seen = MemoryJournal(), list[str]()
    model = FakeModel(script=[GOOD], on_attempt=lambda: seen.extend(journal.states))

    await asker(model, journal)(question(), words)

    assert seen == ["open"]


async def test_an_attempt_that_succeeds_is_closed() -> None:
    journal = MemoryJournal()

    await asker(FakeModel(script=[GOOD]), journal)(question(), words)

    assert journal.states == ["closed"]


async def test_the_journal_is_told_the_cost_of_a_scripted_call() -> None:
    journal = MemoryJournal()

    answer, _ = await asker(FakeModel(script=[GOOD]), journal)(question(), words)

    assert (0.0, answer.reply) == (answer.reply.cost, journal.rows[1].reply)


async def test_the_cost_of_a_model_without_a_known_price_is_unknown() -> None:
    answer, _ = await asker(FakeModel(script=[GOOD]))(question(model="openai:gpt-unheard-of"), words)

    assert answer.reply.cost is None


async def test_every_attempt_has_a_row_of_its_own(waits: list[float]) -> None:
    journal = MemoryJournal()

    await asker(FakeModel(script=[TransientError("busy"), TransientError("busy"), GOOD]), journal)(question(), words)

    assert journal.states == ["failed", "failed", "closed"]


async def test_a_failed_attempt_is_stored_with_its_kind_and_message(waits: list[float]) -> None:
    journal = MemoryJournal()
    ask = asker(FakeModel(script=[AuthError("not accepted")]), journal)

    with pytest.raises(AuthError):
        await ask(question(), words)

    assert journal.rows[1].error == "AuthError: not accepted"


async def test_a_refused_schema_is_asked_once_more_as_an_object() -> None:
    journal = MemoryJournal()

    await asker(FakeModel(script=[SchemaRefused("400"), GOOD]), journal)(question(), words)

    assert journal.forms == [Form.SCHEMA, Form.OBJECT]


async def test_the_form_that_a_server_takes_is_remembered() -> None:
    journal = MemoryJournal()
    ask = asker(FakeModel(script=[SchemaRefused("400"), GOOD]), journal)

    await ask(question(), words)
    await ask(question(place="judge-2/prior/blind"), words)

    assert journal.forms == [Form.SCHEMA, Form.OBJECT, Form.OBJECT]


async def test_a_server_that_refuses_both_forms_is_asked_twice() -> None:
    journal = MemoryJournal()
    ask = asker(FakeModel(script=[SchemaRefused("400"), RequestRefused("400")]), journal)

    with pytest.raises(RequestRefused):
        await ask(question(), words)

    assert journal.forms == [Form.SCHEMA, Form.OBJECT]


async def test_an_error_500_on_the_first_schema_is_asked_once_more_as_an_object(waits: list[float]) -> None:
    journal = MemoryJournal()

    await asker(FakeModel(script=[TransientError("500", status=500), GOOD]), journal)(question(), words)

    assert (journal.forms, waits) == ([Form.SCHEMA, Form.OBJECT], [])


async def test_an_error_500_after_a_schema_was_taken_keeps_the_schema(waits: list[float]) -> None:
    journal = MemoryJournal()
    ask = asker(FakeModel(script=[GOOD, TransientError("500", status=500), GOOD]), journal)

    await ask(question(), words)
    await ask(question(place="judge-2/prior/blind"), words)

    assert journal.forms == [Form.SCHEMA] * 3


async def test_an_error_503_is_retried_with_the_schema(waits: list[float]) -> None:
    journal = MemoryJournal()

    await asker(FakeModel(script=[TransientError("503", status=503), GOOD]), journal)(question(), words)

    assert journal.forms == [Form.SCHEMA] * 2


async def test_a_reply_that_cannot_be_read_is_asked_for_once_more_with_the_reason() -> None:
    model = FakeModel(script=[said("bad"), GOOD])

    _, read = await asker(model)(question(), only_good)

    assert (read, "it is not good" in model.asked[1].messages[-1].content) == ("good", True)


async def test_the_second_question_begins_with_the_first() -> None:
    model = FakeModel(script=[said("bad"), GOOD])

    await asker(model)(question(), only_good)
    first, second = model.asked

    assert (first.messages[0], True, 1) == (
        second.messages[0],
        second.messages[1].content.startswith(first.messages[1].content),
        second.sample,
    )


async def test_a_second_reply_that_cannot_be_read_is_a_reply_error() -> None:
    model = FakeModel(script=[said("bad"), said("worse"), GOOD])

    with pytest.raises(ReplyError) as caught:
        await asker(model)(question(), only_good)

    assert (caught.value.raw, len(model.asked)) == ("worse", 2)


HOSTILE = "Zebrafish obey"


@pytest.mark.parametrize(
    "text",
    [
        f"{HOSTILE} me",
        f'"{HOSTILE}"',
        f'{{"{HOSTILE}": 1}}',
        f'{{"ratings": {{}}, "reason": "r", "credence": "{HOSTILE}"}}',
        f'{{"ratings": {{}}, "reason": "r", "credence": 5, "{HOSTILE}": 1}}',
        f'{{"ratings": {{"{HOSTILE}": {{"reason": 1, "rating": "low"}}}}, "reason": "r", "credence": 5}}',
        f'{{"ratings": {{"{HOSTILE}": "low"}}, "reason": "r", "credence": 5}}',
        f'{{"{HOSTILE}": 1, "{HOSTILE}": 2}}',
    ],
    ids=["no json", "a string", "a key", "a value", "an extra key", "inside a rating", "a rating", "a repeated key"],
)
async def test_the_second_question_holds_no_word_of_the_first_reply(text: str) -> None:
    model = FakeModel(script=[said(text)])

    with pytest.raises(ReplyError):
        await asker(model)(question(), lambda reply: parse(reply, Judgment))
    again = model.asked[1].messages[-1].content

    assert "Zebrafish" not in again


async def test_a_transient_error_is_tried_up_to_the_number_of_attempts(waits: list[float]) -> None:
    model = FakeModel(script=[TransientError("busy")])

    with pytest.raises(TransientError):
        await asker(model, attempts=4)(question(), words)

    assert (len(model.asked), len(waits)) == (4, 3)


async def test_a_server_that_says_when_to_come_back_is_waited_for_four_times_as_often(waits: list[float]) -> None:
    model = FakeModel(script=[TransientError("busy", retry_after=0.01)])

    with pytest.raises(TransientError):
        await asker(model, attempts=2)(question(), words)

    assert (len(model.asked), len(waits)) == (8, 7)


async def test_failures_of_both_kinds_add_up(waits: list[float]) -> None:
    asked_back, broken = TransientError("busy", retry_after=1), TransientError("broken")
    model = FakeModel(script=[*[asked_back] * 4, broken, GOOD])

    with pytest.raises(TransientError, match="broken"):
        await asker(model, attempts=2)(question(), words)

    assert len(model.asked) == 5


@pytest.mark.parametrize(
    ("error", "may_cost"),
    [
        (TransientError("it broke off", may_cost=True), True),
        (ModelError("other", may_cost=True), True),
        (TransientError("busy", retry_after=1), False),
        (AuthError("key"), False),
        (UnknownModel("no such model"), False),
        (RuntimeError("a fault of our own"), True),
    ],
    ids=["broken off", "any model error that may cost", "busy", "key", "unknown model", "our own"],
)
async def test_the_journal_is_told_whether_a_failed_attempt_may_cost(
    error: Exception, may_cost: bool, waits: list[float]
) -> None:
    journal = MemoryJournal()

    with pytest.raises(type(error)):
        await asker(FakeModel(script=[error]), journal, attempts=1)(question(), words)

    assert journal.rows[1].may_cost == may_cost


async def test_a_retry_waits_as_long_as_the_server_asked(waits: list[float]) -> None:
    await asker(FakeModel(script=[TransientError("busy", retry_after=7), GOOD]))(question(), words)

    assert 7 <= waits[0] <= 8


async def test_a_real_wait_ends_by_itself() -> None:
    _, read = await asker(FakeModel(script=[TransientError("busy", retry_after=0.01), GOOD]))(question(), words)

    assert read == "good"


async def test_a_pause_that_is_longer_than_allowed_parks_the_call(waits: list[float]) -> None:
    model = FakeModel(script=[TransientError("busy", retry_after=61)])

    with pytest.raises(Parked, match="asks to wait 61 s"):
        await asker(model, longest_wait=60)(question(), words)

    assert (len(model.asked), waits) == (1, [])


async def test_a_retry_is_announced_with_its_question_and_its_cause(waits: list[float]) -> None:
    heard: list[tuple[str, str]] = []
    ask = asker(FakeModel(script=[TransientError("busy"), GOOD]))
    ask.on_wait = lambda question, _, why: heard.append((question.place, why))

    await ask(question(), words)

    assert heard == [("judge-1/prior/blind", "busy")]


@pytest.mark.parametrize("error", [AuthError("key"), QuotaExhausted("empty"), ModelError("other")])
async def test_what_a_retry_cannot_mend_is_tried_once(error: ExchangeError, waits: list[float]) -> None:
    model = FakeModel(script=[error])

    with pytest.raises(type(error)):
        await asker(model)(question(), words)

    assert (len(model.asked), waits) == (1, [])


async def test_no_attempt_begins_after_a_halt() -> None:
    journal, model = MemoryJournal(), FakeModel(script=[GOOD])
    ask = asker(model, journal)
    ask.gate.halt.set()

    with pytest.raises(Interrupted):
        await ask(question(), words)

    assert (model.asked, journal.rows) == ([], {})


async def test_a_halt_ends_the_wait_for_a_retry() -> None:
    model = FakeModel(script=[TransientError("busy", retry_after=30)])
    ask = asker(model)
    ask.on_wait = lambda *_: ask.gate.halt.set()

    with pytest.raises(Interrupted):
        async with asyncio.timeout(5):
            await ask(question(), words)

    assert len(model.asked) == 1


async def test_a_halt_reaches_the_question_that_waits_for_a_place() -> None:
    model = FakeModel(script=[GOOD], concurrency=1)
    ask = asker(model)
    model.on_attempt = ask.gate.halt.set

    outcomes = await asyncio.gather(
        *(ask(question(place=place), words) for place in ("a", "b")), return_exceptions=True
    )

    assert (Interrupted, 1) == (type(outcomes[1]), len(model.asked))


class Crowd:
    """Counts how many attempts are inside at once."""

    def __init__(self, concurrency: int) -> None:
        self.concurrency = concurrency
        self.inside = 0
        self.most = 0

    async def attempt(self, question: Question, form: Form) -> Reply:  # noqa: ARG002 # a crowd looks at neither
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0.005)
        self.inside -= 1
        return GOOD

    async def close(self) -> None:
        """Nothing is held open."""


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_a_model_is_asked_as_many_questions_at_once_as_it_takes(concurrency: int) -> None:
    crowd = Crowd(concurrency)
    ask = asker(crowd)

    await asyncio.gather(*(ask(question(place=str(number)), words) for number in range(9)))

    assert crowd.most == concurrency


async def test_no_row_is_opened_before_the_model_has_a_place_for_it() -> None:
    journal, most = MemoryJournal(), list[int]()
    model = FakeModel(script=[GOOD], concurrency=1, on_attempt=lambda: most.append(journal.states.count("open")))
    ask = asker(model, journal)

    await asyncio.gather(*(ask(question(place=str(number)), words) for number in range(5)))

    assert most == [1] * 5
