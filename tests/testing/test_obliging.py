"""Replies that fit: to the questions that Exchange puts, in both forms."""

import json
from typing import Any

import pytest

from exchange.config import format_named, rubric_named
from exchange.debate.fence import Fences
from exchange.debate.questions import Questions, load_prompts
from exchange.debate.replies import Judgment, Speaking
from exchange.debate.rules import schedule
from exchange.domain.calls import Form, Question
from exchange.domain.debate import Brief, Check, NumberedPassage, Role
from exchange.domain.verdict import Order, When
from exchange.evidence.check import check
from exchange.llm import completion
from exchange.testing import oblige
from tests.builders import brief, passage, setup, sitting, turn

TURNS = (turn(), turn(2, Role.CRITIC), turn(3))
RUBRICS = {"quick": "mechanism", "panel": "therapeutic"}


def questions(
    format: str = "quick", debate: str = "d-1", secret: bytes = b"s", about: Brief | None = None
) -> Questions:
    return Questions(debate, setup(format, judges=3, about=about), load_prompts(), Fences(secret, debate))


def asked(question: Question, form: Form = Form.SCHEMA, model: str = "tiny") -> dict[str, Any]:
    """The request that a model is sent."""
    return {"model": model} | completion.body(question, form)


def a_turn(putting: Questions) -> Question:
    return putting.turn(schedule(format_named("quick"))[2], TURNS[:2])[0]


def a_verdict(putting: Questions, when: When = When.FINAL, order: Order = Order.PROPOSER_FIRST) -> Question:
    said = () if when is When.PRIOR else TURNS
    return putting.sitting(sitting("judge-1", when, order, setup().judges[0].model), said)[0]


def credence(request: dict[str, Any]) -> int:
    found: int = json.loads(oblige(request))["credence"]
    return found


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("format", ["quick", "panel"])
def test_a_turn_quotes_words_that_are_found(format: str, form: Form) -> None:
    spoken = Speaking.from_json(oblige(asked(a_turn(questions(format)), form)))
    cited = spoken.arguments[0].citations[0]

    assert check(brief(), cited.passage, cited.quote) is Check.VERIFIED


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("format", ["quick", "panel"])
def test_a_verdict_rates_by_the_rubric(format: str, form: Form) -> None:
    judgment = Judgment.from_json(oblige(asked(a_verdict(questions(format)), form)))

    assert judgment.against(rubric_named(RUBRICS[format])) == judgment


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ("Function", "PLIN2 coats lipid droplets in astrocytes and slows lipolysis."),
        ("", "PLIN2 coats lipid droplets in astrocytes and slows lipolysis."),
        ("Alzheimer's disease (2024): a view", "PLIN2 coats lipid droplets in astrocytes."),
        ("Function", "Two roles are known: coating of droplets, and slowing of lipolysis."),
        ("Function", "What coats lipid droplets in astrocytes: PLIN2."),
        ("", "PLIN2-dependent: hyperlipoproteinaemia-like."),
    ],
)
def test_the_first_passage_is_quoted_whatever_its_section(section: str, text: str) -> None:
    first = NumberedPassage(number=1, page="genes-plin2", section=section, text=text, sentences=(text,))
    about = brief(first, passage(2, "Something else is said of another gene here."))
    spoken = Speaking.from_json(oblige(asked(a_turn(questions("panel", about=about)))))

    assert check(about, 1, spoken.arguments[0].citations[0].quote) is Check.VERIFIED


def test_a_sentence_that_is_too_short_to_be_looked_up_is_not_chosen() -> None:
    first = passage(1, "So. PLIN2 coats droplets.").model_copy(update={"sentences": ("So.", "PLIN2 coats droplets.")})
    spoken = Speaking.from_json(oblige(asked(a_turn(questions(about=brief(first))))))

    assert spoken.arguments[0].citations[0].quote == "PLIN2 coats droplets."


def test_the_same_question_gets_the_same_reply() -> None:
    assert oblige(asked(a_verdict(questions()))) == oblige(asked(a_verdict(questions())))


def test_neither_debate_nor_fence_changes_a_reply() -> None:
    one, other = questions(debate="d-1", secret=b"one"), questions(debate="d-2", secret=b"other")

    assert oblige(asked(a_verdict(one))) == oblige(asked(a_verdict(other)))


def test_both_forms_get_the_same_credence() -> None:
    question = a_verdict(questions())

    assert credence(asked(question, Form.SCHEMA)) == credence(asked(question, Form.OBJECT))


def test_credences_vary_by_judge() -> None:
    question = a_verdict(questions())

    assert len({credence(asked(question, model=f"model-{number}")) for number in range(20)}) > 10


def test_credences_vary_by_sitting() -> None:
    putting = questions()
    sittings = [
        a_verdict(putting, When.PRIOR, Order.BLIND),
        a_verdict(putting, When.FINAL, Order.PROPOSER_FIRST),
        a_verdict(putting, When.FINAL, Order.CRITIC_FIRST),
    ]

    assert len({credence(asked(each)) for each in sittings}) == 3


def test_credences_stay_off_the_ends() -> None:
    question = a_verdict(questions())
    drawn = [credence(asked(question, model=f"model-{number}")) for number in range(500)]

    assert (min(drawn), max(drawn)) == (5, 95)


def test_ratings_vary_by_criterion() -> None:
    judgment = Judgment.from_json(oblige(asked(a_verdict(questions("panel")))))

    assert len({each.rating for each in judgment.ratings.values()}) > 1


def test_a_request_without_a_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="names no JSON schema"):
        oblige({"model": "tiny", "messages": [{"role": "user", "content": "What is so?"}]})


def test_a_schema_of_another_kind_is_refused() -> None:
    wanted = {"name": "verdict", "schema": {"type": "object", "properties": {"when": {"type": "date"}}}}
    form = {"type": "json_schema", "json_schema": wanted}

    with pytest.raises(ValueError, match="'date' cannot be filled"):
        oblige({"messages": [{"content": ""}], "response_format": form})
