"""The forms that replies must fill."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from exchange.config import format_named, rubric_named
from exchange.debate.replies import Judgment, Speaking, judgment_schema, speaking_schema
from exchange.domain.format import Quotes
from exchange.errors import ReplyError
from tests.builders import QUOTE, brief, judged, passage, spoken

MECHANISM = rubric_named("mechanism")
SPEECH = format_named("panel").speech
BRIEF = brief(passage(1), passage(2, "GFAP marks astrocytes."))
SCHEMAS = {
    "free turn": speaking_schema(SPEECH, Quotes.FREE, BRIEF),
    "offered turn": speaking_schema(SPEECH, Quotes.OFFERED, BRIEF),
    "open turn": speaking_schema(SPEECH, Quotes.OFFERED, None),
    "mechanism": judgment_schema(MECHANISM, 100),
    "therapeutic": judgment_schema(rubric_named("therapeutic"), 500),
}
every_schema = pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """The schema and every schema inside it."""
    if isinstance(schema, list):
        for item in schema:
            yield from parts(item)
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from parts(inner)


def objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in parts(schema) if part.get("type") == "object"]


@every_schema
def test_every_object_of_a_schema_is_closed(schema: dict[str, Any]) -> None:
    assert [False] * len(objects(schema)) == [part.get("additionalProperties") for part in objects(schema)]


@every_schema
def test_every_property_of_a_schema_is_required_in_its_order(schema: dict[str, Any]) -> None:
    required = [part.get("required") for part in objects(schema)]

    assert [list(part["properties"]) for part in objects(schema)] == required


@every_schema
def test_every_list_and_free_string_of_a_schema_has_a_longest_length(schema: dict[str, Any]) -> None:
    arrays = [part for part in parts(schema) if part.get("type") == "array"]
    strings = [part for part in parts(schema) if part.get("type") == "string" and "enum" not in part]

    assert all(part["maxItems"] > 0 for part in arrays)
    assert all(part["maxLength"] > 0 for part in strings)


@pytest.mark.parametrize("name", ["mechanism", "therapeutic"])
def test_the_reason_stands_before_each_rating(name: str) -> None:
    ratings = SCHEMAS[name]["properties"]["ratings"]["properties"].values()

    assert {("reason", "rating")} == {tuple(each["properties"]) for each in ratings}


def test_the_ratings_and_the_reason_stand_before_the_credence() -> None:
    assert list(SCHEMAS["mechanism"]["properties"]) == ["ratings", "reason", "credence"]


def test_a_rating_is_a_word_of_the_scale_in_its_order() -> None:
    rating = SCHEMAS["mechanism"]["properties"]["ratings"]["properties"]["evidence"]["properties"]["rating"]

    assert rating["enum"] == ["very low", "low", "moderate", "high", "very high"]


def test_a_credence_is_an_integer_of_percent() -> None:
    credence = SCHEMAS["mechanism"]["properties"]["credence"]

    assert credence == {"type": "integer", "minimum": 0, "maximum": 100}


def test_every_criterion_is_rated() -> None:
    ratings = SCHEMAS["mechanism"]["properties"]["ratings"]["properties"]

    assert [each.name for each in MECHANISM.criteria] == list(ratings)


def test_an_offered_quote_is_a_sentence_of_its_own_passage() -> None:
    choices = SCHEMAS["offered turn"]["properties"]["arguments"]["items"]["properties"]["citations"]["items"]["anyOf"]
    offered = {choice["properties"]["passage"]["enum"][0]: choice["properties"]["quote"]["enum"] for choice in choices}

    assert {1: [f"{QUOTE}. It slows lipolysis."], 2: ["GFAP marks astrocytes."]} == offered


def test_a_sentence_that_stands_twice_is_offered_once() -> None:
    twice = passage().model_copy(update={"sentences": ("So.", "Thus.", "So.")})
    schema = speaking_schema(SPEECH, Quotes.OFFERED, brief(twice))
    choice = schema["properties"]["arguments"]["items"]["properties"]["citations"]["items"]["anyOf"][0]

    assert choice["properties"]["quote"]["enum"] == ["So.", "Thus."]


@pytest.mark.parametrize("name", ["open turn", "free turn", "mechanism"])
def test_a_schema_that_may_stand_in_a_prompt_holds_no_word_of_a_page(name: str) -> None:
    text = json.dumps(SCHEMAS[name])

    assert not any(word in text for word in ("PLIN2", "GFAP", "astrocytes", "lipolysis"))


def test_a_judgment_of_the_rubric_is_itself() -> None:
    judgment = Judgment.model_validate_json(json.dumps(judged()))

    assert judgment is judgment.against(MECHANISM)


def test_the_order_of_the_ratings_does_not_matter() -> None:
    reply = judged()
    reply["ratings"] = dict(reversed(reply["ratings"].items()))

    assert Judgment.model_validate_json(json.dumps(reply)).against(MECHANISM).credence == 60


@pytest.mark.parametrize("criteria", [[], ["plausibility"], ["plausibility", "evidence", "testability", "charm"]])
def test_a_judgment_of_too_few_or_too_many_criteria_is_refused(criteria: list[str]) -> None:
    rating = {"reason": "so", "rating": "low"}
    judgment = Judgment.model_validate_json(json.dumps(judged() | {"ratings": dict.fromkeys(criteria, rating)}))

    with pytest.raises(ReplyError, match="exactly these criteria: plausibility, evidence, testability"):
        judgment.against(MECHANISM)


@pytest.mark.parametrize("word", ["", "High", "excellent", "high ", "0.75"])
def test_a_rating_that_is_no_word_of_the_scale_is_refused(word: str) -> None:
    judgment = Judgment.model_validate_json(json.dumps(judged(rating=word)))

    with pytest.raises(ReplyError, match="a rating must be one of"):
        judgment.against(MECHANISM)


def test_the_record_of_a_turn_leaves_an_unknown_passage_to_the_check() -> None:
    turn = Speaking.model_validate_json(json.dumps(spoken(passage=999)))

    assert turn.arguments[0].citations[0].passage == 999
