"""What a call costs."""

import pytest

from exchange.domain.calls import Usage
from exchange.llm.prices import cost
from exchange.llm.spec import parse
from tests.llm.journal import TEN

MILLION = Usage(input_tokens=1_000_000, output_tokens=1_000_000)


@pytest.mark.parametrize("full", ["local:smollm2", "scripted:x"])
def test_a_model_inside_the_process_costs_nothing(full: str) -> None:
    assert cost(parse(full), MILLION) == 0.0


def test_a_model_inside_the_process_costs_nothing_without_usage() -> None:
    assert cost(parse("local:smollm2"), Usage()) == 0.0


@pytest.mark.parametrize("full", ["openai:gpt-unheard-of", "openai:gpt-4o@https://models.example.org/v1"])
def test_a_price_that_is_not_known_is_unknown_and_not_zero(full: str) -> None:
    assert cost(parse(full), TEN) is None


@pytest.mark.parametrize("usage", [Usage(), Usage(input_tokens=1), Usage(output_tokens=1)])
def test_a_cost_without_usage_is_unknown(usage: Usage) -> None:
    assert cost(parse("openai:gpt-4o"), usage) is None


def test_a_known_model_has_its_price() -> None:
    assert cost(parse("openai:gpt-4o"), MILLION) == pytest.approx(12.5)


def test_openai_by_its_own_url_has_openais_price() -> None:
    assert cost(parse("openai:gpt-4o"), TEN) == cost(parse("openai:gpt-4o@https://api.openai.com/v1"), TEN)


def test_no_tokens_cost_nothing() -> None:
    assert cost(parse("openai:gpt-4o"), Usage(input_tokens=0, output_tokens=0)) == 0.0
