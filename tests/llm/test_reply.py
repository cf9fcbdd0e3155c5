"""From a reply's text to a record, strictly."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import RootModel

from exchange.debate.replies import Judgment, Speaking
from exchange.domain.calls import Reply, Usage
from exchange.domain.noun import Noun
from exchange.errors import RefusedError, ReplyError
from exchange.llm.reply import parse
from tests.builders import judged, spoken
from tests.llm.journal import said

QUICKLY = 0.5
Anything = RootModel[Any]


class Measured(Noun):
    """A float, for what an integer cannot show."""

    value: float


def judgment(**changes: Any) -> str:
    return json.dumps(judged() | changes)


def refusal(text: str, record: type[Noun] = Judgment) -> ReplyError:
    with pytest.raises(ReplyError) as caught:
        parse(said(text), record)
    return caught.value


def test_a_judgment_is_read_as_it_stands() -> None:
    assert Judgment.model_validate_json(judgment()) == parse(said(judgment()), Judgment)


@pytest.mark.parametrize("credence", [0, 100])
def test_a_credence_may_be_at_either_end(credence: int) -> None:
    assert credence == parse(said(judgment(credence=credence)), Judgment).credence


@pytest.mark.parametrize(
    "credence", ["101", "-1", '"50"', '"0.7"', "50.0", "0.7", "1e2", "1e-3", "true", "null", "[50]", "NaN", "Infinity"]
)
def test_a_credence_that_is_no_integer_from_0_to_100_is_refused(credence: str) -> None:
    text = judgment(credence=777).replace("777", credence)

    assert text == refusal(text).raw


@pytest.mark.parametrize("value", ['"0.7"', "true", "NaN", "-Infinity", "1e999", "null"])
def test_a_number_that_is_not_written_as_a_finite_number_is_refused(value: str) -> None:
    text = f'{{"value": {value}}}'

    assert text == refusal(text, Measured).raw


def test_a_repeated_key_is_refused_by_that_reason() -> None:
    text = judgment().replace('"credence": 60', '"credence": 10, "credence": 90')

    assert str(refusal(text)) == "a key is repeated"


def test_a_repeated_key_inside_a_rating_is_refused() -> None:
    text = judgment().replace('"rating": "high"', '"rating": "low", "rating": "high"', 1)

    assert str(refusal(text)) == "a key is repeated"


def test_a_key_repeated_by_an_escape_is_refused() -> None:
    text = judgment().replace('"credence": 60', '"credence": 10, "credenc\\u0065": 90')

    assert str(refusal(text)) == "a key is repeated"


def test_an_extra_key_is_refused() -> None:
    assert str(refusal(judgment(confidence=3))) == "it has a field that was not asked for"


@pytest.mark.parametrize("key", ["ratings", "reason", "credence"])
def test_a_missing_key_is_refused_by_name(key: str) -> None:
    text = json.dumps({name: value for name, value in judged().items() if name != key})

    assert str(refusal(text)) == f"{key}: Field required"


@pytest.mark.parametrize("length", [1, 20, 60, -1])
def test_a_text_that_is_cut_off_is_refused(length: int) -> None:
    assert str(refusal(judgment()[:length])) == "it is not one JSON object"


@pytest.mark.parametrize(
    "text",
    ["", "   ", "My credence is 60.", f"{judgment()} Hope this helps!", f"Sure: {judgment()}", judgment() * 2],
)
def test_a_text_that_is_more_or_less_than_one_object_is_refused(text: str) -> None:
    assert text == refusal(text).raw


@pytest.mark.parametrize("text", ["null", "[]", "7", '"60"', f"[{judgment()}]"])
def test_json_that_is_no_object_is_refused(text: str) -> None:
    assert text == refusal(text).raw


@pytest.mark.parametrize("before", ["```json\n", "```\n", "\n```json\n"])
def test_one_code_block_around_the_object_is_accepted(before: str) -> None:
    assert parse(said(f"{before}{judgment()}\n```"), Judgment).credence == 60


@pytest.mark.parametrize(
    "text",
    [
        f"Here it is:\n```json\n{judgment()}\n```",
        f"```json\n{judgment()}\n```\nI hope this helps.",
        f"```json\n{judgment()}\n```\n```json\n{judgment(credence=1)}\n```",
        f"```json\n{judgment()}",
        f"```python\n{judgment()}\n```",
    ],
)
def test_a_code_block_with_anything_beside_it_is_refused(text: str) -> None:
    assert str(refusal(text)) == "it is not one JSON object"


@pytest.mark.parametrize("text", ["```json" + "\n" * 1_500 + "x", "```\n" + " \n" * 1_200, "```" + "\n" * 1_500])
def test_a_reply_that_runs_away_in_blank_lines_is_refused_quickly(text: str) -> None:
    start = time.perf_counter()

    refusal(text)

    assert time.perf_counter() - start < QUICKLY


@pytest.mark.parametrize("finish", ["refusal", "content_filter"])
def test_a_reply_that_was_declined_or_stopped_is_refused_whatever_it_says(finish: str) -> None:
    with pytest.raises(RefusedError, match=finish):
        parse(said(judgment(), finish=finish), Judgment)


def test_a_reply_that_reached_its_token_limit_is_refused_even_if_it_parses() -> None:
    with pytest.raises(ReplyError, match="cut off at its token limit"):
        parse(said(judgment(), finish="length"), Judgment)


def test_a_turn_is_read_as_it_stands() -> None:
    assert parse(said(json.dumps(spoken())), Speaking).arguments[0].citations[0].passage == 1


@pytest.mark.parametrize(
    "arguments", [[], [{"text": "", "citations": []}], [{"text": "so", "citations": [{"passage": "1", "quote": "x"}]}]]
)
def test_a_turn_that_says_nothing_or_cites_by_a_word_is_refused(arguments: list[Any]) -> None:
    text = json.dumps({"arguments": arguments})

    assert text == refusal(text, Speaking).raw


def cases(shared: Path, *expected: str) -> list[tuple[str, str]]:
    """Names and texts of JSONTestSuite's cases; those that are not UTF-8 cannot be a reply's text."""
    rows = json.loads((shared / "data" / "hostile" / "bad_json.json").read_text())
    found = []
    for row in rows:
        try:
            found.append((row["file"], base64.b64decode(row["b64"]).decode()))
        except UnicodeDecodeError:
            continue
    return [(name, text) for name, text in found if name[0] in expected]


def accepted(texts: list[tuple[str, str]], record: type[Any] = Anything) -> list[str]:
    names = []
    for name, text in texts:
        try:
            parse(Reply.model_construct(text=text, finish="stop", usage=Usage()), record)
        except ReplyError:
            continue
        names.append(name)
    return names


def test_all_json_that_must_be_refused_is_refused(shared: Path) -> None:
    hostile = cases(shared, "n")

    assert (len(hostile) > 150, accepted(hostile)) == (True, [])


def test_json_that_must_be_accepted_is_accepted_unless_a_key_is_repeated(shared: Path) -> None:
    valid = cases(shared, "y")
    refused = {name for name, _ in valid} - set(accepted(valid))

    assert {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"} == refused


def test_none_of_the_strange_json_is_a_judgment(shared: Path) -> None:
    assert accepted(cases(shared, "n", "i", "y"), Judgment) == []


def test_strange_json_is_refused_quickly(shared: Path) -> None:
    hostile, start = cases(shared, "n", "i"), time.perf_counter()

    accepted(hostile)

    assert time.perf_counter() - start < QUICKLY


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"":'])
def test_json_that_is_nested_without_end_is_refused(opening: str) -> None:
    text = opening * 100_000

    assert text == refusal(text).raw
