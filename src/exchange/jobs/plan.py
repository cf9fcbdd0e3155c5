"""What a debate would do and cost, before it does: no call is made, nothing is stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exchange.config import Settings
from exchange.debate.fence import Fences
from exchange.debate.questions import Questions, load_prompts
from exchange.debate.rules import after, before, between, schedule
from exchange.domain.calls import Form, Question, Usage, Via
from exchange.domain.debate import Argument, Check, Citation, Role, Turn
from exchange.domain.money import Estimate
from exchange.domain.setup import Setup
from exchange.jobs.setup import Wishes, same_prompts, settle
from exchange.llm import completion
from exchange.llm.prices import Prices
from exchange.llm.spec import Provider, parse
from exchange.store import debates, hypotheses, spending
from exchange.store.engine import Store

_ASKED_TWICE = 2


@dataclass(frozen=True, kw_only=True)
class _Case:
    """Replies that use so much of what the format allows, and so many bytes for a token that is sent."""

    share: float
    bytes_a_token: float


_LOW = _Case(share=0.1, bytes_a_token=5)
_EXPECTED = _Case(share=0.5, bytes_a_token=4)
_WORST = _Case(share=1, bytes_a_token=1)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A call that is still to be made, and the tokens that it is expected to use."""

    model: str
    tokens: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What `debate` would hold: `answered` calls are in the ledger already and are not made again."""

    setup: Setup
    debate: str | None
    answered: int
    estimate: Estimate
    unpriced: tuple[str, ...]
    asks: tuple[Ask, ...] = ()


def plan(
    store: Store,
    name: str,
    wishes: Wishes,
    settings: Settings,
    prices: Prices,
    usual: Mapping[tuple[str, str], float] | None = None,
    via: Via = Via.CALL,
) -> Plan:
    """The plan of the hypothesis's next debate, or of the rest of its unfinished one. Raises what `settle` does.

    Every round and every poll is counted: when the stop rule ends a debate, nobody knows beforehand.

    Low takes short replies; expected those that these models gave so far, or of middling length; worst the longest that
    the format allows, a token for each character, and every call asked twice. `usual` says how long replies were so far,
    where that is known already; `via` is how judges are asked.
    """
    setup, unfinished = _next(store, name, wishes, settings)
    done = spending.answered(store, unfinished) if unfinished else frozenset()
    held = setup.turns_of or unfinished
    spoken = debates.turns(store, held) if held else ()
    usual = spending.usual_output(store) if usual is None else usual

    def total(case: _Case) -> float | None:
        costs = [
            _cost(each, case, setup, prices, usual, _way(each, via))
            for each in _asked(setup, spoken, case)
            if each.place not in done
        ]
        known = [cost for cost in costs if cost is not None]
        return round(sum(known), 9) if len(known) == len(costs) else None

    places = {each.place for each in _asked(setup, spoken, _LOW)}
    return Plan(
        setup=setup,
        debate=unfinished,
        answered=len(places & done),
        estimate=Estimate(calls=len(places - done), low=total(_LOW), expected=total(_EXPECTED), worst=total(_WORST)),
        unpriced=tuple(model for model in setup.models if not prices.known(model)),
        asks=tuple(
            Ask(model=each.model, tokens=(usage.input_tokens or 0) + (usage.output_tokens or 0))
            for each in _asked(setup, spoken, _EXPECTED)
            if each.place not in done
            for usage in [_usage(each, _EXPECTED, setup, usual)]
        ),
    )


def _next(store: Store, name: str, wishes: Wishes, settings: Settings) -> tuple[Setup, str | None]:
    unfinished = debates.open_debate(store, name)
    if unfinished and not wishes.any and same_prompts(unfinished.setup):
        return unfinished.setup, unfinished.id
    setup = settle(store, hypotheses.hypothesis(store, name), wishes, settings)
    return setup, unfinished.id if unfinished and unfinished.setup.digest == setup.digest else None


def _asked(setup: Setup, spoken: tuple[Turn, ...], case: _Case) -> Iterator[Question]:
    """Every question of the debate, as it would be put after turns of the case's length."""
    questions = Questions("d-000000000000", setup, load_prompts(), Fences(bytes(32), "d-000000000000"))
    for at in before(setup):
        yield questions.sitting(at, ())[0]
    turns = list(spoken)
    for slot in () if setup.turns_of else schedule(setup.format):
        yield questions.turn(slot, turns[: slot.ordinal - 1])[0]
        if len(turns) < slot.ordinal:
            turns.append(_turn(setup, slot.ordinal, slot.role, case))
        for at in between(setup, slot.ordinal):
            yield questions.sitting(at, turns[: slot.ordinal])[0]
    for at in after(setup):
        yield questions.sitting(at, turns)[0]


def _turn(setup: Setup, ordinal: int, role: Role, case: _Case) -> Turn:
    speech = setup.format.speech
    words = "x" * max(8, int(speech.length * case.share))
    citation = Citation(passage=1, quote=words, check=Check.VERIFIED)
    argument = Argument(text=words, citations=(citation,) * max(1, int(speech.citations * case.share)))
    return Turn(
        ordinal=ordinal,
        role=role,
        round=max(0, ordinal - 2),
        answers=ordinal - 1 or None,
        model=setup.seat(role).model,
        arguments=(argument,) * max(1, int(speech.arguments * case.share)),
        prompts=(),
        call=0,
    )


def _way(question: Question, via: Via) -> Via:
    """Judges alone can wait for a provider batch, and a model in this process is asked at once."""
    waits = question.role is Role.JUDGE and parse(question.model).provider is Provider.OPENAI
    return via if waits else Via.CALL


def _cost(
    question: Question, case: _Case, setup: Setup, prices: Prices, usual: Mapping[tuple[str, str], float], via: Via
) -> float | None:
    if case is _WORST:
        worst = prices.worst(question, Form.SCHEMA, via=via)
        return None if worst is None else _ASKED_TWICE * worst
    return prices.cost(question.model, _usage(question, case, setup, usual), via)


def _usage(question: Question, case: _Case, setup: Setup, usual: Mapping[tuple[str, str], float]) -> Usage:
    # Not every server counts the schema.
    words = sum(len(message.content.encode()) for message in question.messages)
    sent = (words if case is _LOW else completion.size(question, Form.SCHEMA)) / case.bytes_a_token
    back = _reply_length(question, setup) * case.share / case.bytes_a_token
    if case is _EXPECTED:
        back = usual.get((question.model, question.role), back)
    return Usage(input_tokens=round(sent), output_tokens=min(question.max_tokens, round(back)))


def _reply_length(question: Question, setup: Setup) -> int:
    """The characters of the longest reply that the format allows."""
    if question.role is Role.JUDGE:
        return setup.format.judging.length * (len(setup.rubric.criteria) + 1)
    speech = setup.format.speech
    return speech.length * speech.arguments * (1 + speech.citations)
