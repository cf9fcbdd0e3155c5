from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from exchange.config import bands, format_named, rubric_named
from exchange.domain.noun import Noun
from exchange.domain.page import Page
from exchange.domain.score import Score, State
from exchange.domain.verdict import Unscored
from exchange.scoring.policy import COLD
from tests.builders import brief, setup, sitting, turn, verdict


class Measure(Noun):
    name: str
    value: float
    count: int = 0


NOUNS: dict[str, Callable[[], Noun]] = {
    "brief": brief,
    "turn": turn,
    "setup": setup,
    "verdict": lambda: verdict(sitting()),
    "unscored": lambda: Unscored(sitting=sitting(), reason="not JSON"),
    "policy": lambda: COLD,
    "score": lambda: Score(state=State.SCORED, value=0.1, low=0.05, high=0.3, policy="cold 1", policy_digest=""),
    "page": lambda: Page(slug="a", title="Ä", body="β", source="β", metadata={"n": None, "d": {"k": [1, 2.5, True]}}),
}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", '"0.7"', "true", "null", "[0.7]"])
def test_json_that_is_no_number_is_refused_as_one(number: str) -> None:
    with pytest.raises(ValidationError, match="value"):
        Measure.from_json(f'{{"name": "a", "value": {number}}}')


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), "0.7", True, None])
def test_a_value_that_is_no_number_is_refused_as_one(number: Any) -> None:
    with pytest.raises(ValidationError, match="value"):
        Measure(name="a", value=number)


@pytest.mark.parametrize("count", ["true", "1.5", '"1"', "NaN"])
def test_what_is_no_count_is_refused_as_one(count: str) -> None:
    with pytest.raises(ValidationError, match="count"):
        Measure.from_json(f'{{"name": "a", "value": 0.5, "count": {count}}}')


def test_a_number_is_refused_as_a_word() -> None:
    with pytest.raises(ValidationError, match="name"):
        Measure.from_json('{"name": 7, "value": 0.5}')


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Measure.from_json('{"name": "a", "value": 0.5, "vaule": 0.5}')


def test_a_missing_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="Field required"):
        Measure.from_json('{"name": "a"}')


def test_a_noun_cannot_be_changed() -> None:
    measure = Measure(name="a", value=0.5)

    with pytest.raises(ValidationError, match="frozen"):
        measure.value = 0.6  # type: ignore[misc] # what the test is about


@pytest.mark.parametrize("word", NOUNS)
def test_a_noun_reads_back_from_json_as_it_was(word: str) -> None:
    noun = NOUNS[word]()

    assert type(noun).from_json(noun.to_json()) == noun


@pytest.mark.parametrize("name", ["extended", "panel", "quick"])
def test_a_shipped_format_reads_back_from_json_as_it_was(name: str) -> None:
    format = format_named(name)

    assert type(format).from_json(format.to_json()) == format


@pytest.mark.parametrize("name", ["therapeutic", "mechanism"])
def test_a_shipped_rubric_reads_back_from_json_as_it_was(name: str) -> None:
    rubric = rubric_named(name)

    assert type(rubric).from_json(rubric.to_json()) == rubric


def test_the_shipped_bands_read_back_from_json_as_they_were() -> None:
    shipped = bands()

    assert type(shipped).from_json(shipped.to_json()) == shipped


@settings(max_examples=60, deadline=None)
@given(st.text(), st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**60), 2**60))
def test_every_word_and_number_survives_json(name: str, value: float, count: int) -> None:
    measure = Measure(name=name, value=value, count=count)

    assert Measure.from_json(measure.to_json()) == measure
