"""What a call costs."""

import pytest

from exchange.domain.calls import Form, Usage
from exchange.domain.money import Price
from exchange.llm import completion
from exchange.llm.prices import Prices, never_used
from tests.llm.journal import TEN, question

LISTED = Prices()
MILLION = Usage(input_tokens=1_000_000, output_tokens=1_000_000)


@pytest.mark.parametrize("full", ["local:smollm2", "scripted:x"])
def test_a_model_inside_the_process_costs_nothing(full: str) -> None:
    assert LISTED.cost(full, MILLION) == 0.0


def test_a_model_inside_the_process_costs_nothing_without_usage() -> None:
    assert LISTED.cost("local:smollm2", Usage()) == 0.0


@pytest.mark.parametrize("full", ["openai:gpt-unheard-of", "openai:gpt-4o@https://models.example.org/v1"])
def test_a_price_that_is_not_known_is_unknown_and_not_zero(full: str) -> None:
    assert LISTED.cost(full, TEN) is None


@pytest.mark.parametrize("usage", [Usage(), Usage(input_tokens=1), Usage(output_tokens=1)])
def test_a_cost_without_usage_is_unknown(usage: Usage) -> None:
    assert LISTED.cost("openai:gpt-4o", usage) is None


def test_a_known_model_has_its_price() -> None:
    assert LISTED.cost("openai:gpt-4o", MILLION) == pytest.approx(12.5)


def test_openai_by_its_own_url_has_openais_price() -> None:
    assert LISTED.cost("openai:gpt-4o", TEN) == LISTED.cost("openai:gpt-4o@https://api.openai.com/v1", TEN)


def test_no_tokens_cost_nothing() -> None:
    assert LISTED.cost("openai:gpt-4o", Usage(input_tokens=0, output_tokens=0)) == 0.0


def test_a_price_of_the_users_own_wins_over_the_table() -> None:
    own = Prices(own={"openai:gpt-4o": Price(input=1, output=2)})

    assert own.cost("openai:gpt-4o", MILLION) == 3.0


def test_a_model_that_no_table_lists_has_the_users_price() -> None:
    own = Prices(own={"openai:*@http://127.0.0.1:*": Price(input=1, output=2)})

    assert own.cost("openai:tiny@http://127.0.0.1:8000/v1", TEN) == pytest.approx(30e-6)


def test_an_exact_name_wins_over_a_pattern() -> None:
    own = Prices(own={"openai:*": Price(input=9, output=9), "openai:tiny": Price(input=0, output=0)})

    assert own.cost("openai:tiny", MILLION) == 0.0


@pytest.mark.parametrize(
    ("full", "known"), [("openai:gpt-4o", True), ("openai:unheard-of", False), ("scripted:x", True)]
)
def test_it_is_known_whether_a_price_is(full: str, known: bool) -> None:
    assert LISTED.known(full) is known


@pytest.mark.parametrize("form", list(Form))
def test_the_worst_cost_takes_a_token_for_each_byte_that_is_sent(form: Form) -> None:
    own, asked = (
        Prices(own={"openai:tiny": Price(input=1_000, output=0)}),
        question(model="openai:tiny", content="ä"),
    )
    sent = sum(len(message.content.encode()) for message in asked.messages)

    assert own.worst(asked, form) == completion.size(asked, form) / 1000 > sent / 1000


def test_the_worst_cost_takes_as_many_tokens_back_as_are_allowed() -> None:
    own = Prices(own={"openai:tiny": Price(input=0, output=1_000)})

    assert own.worst(question(model="openai:tiny"), Form.SCHEMA) == 0.3


def test_the_worst_cost_of_an_unknown_price_is_unknown() -> None:
    assert LISTED.worst(question(model="openai:unheard-of"), Form.SCHEMA) is None


@pytest.mark.parametrize("name", ["gpt-6-sol", "gpt", "other:gpt-6", "openai:", "openai:x@http://user@host/v1"])
def test_a_name_that_no_model_bears_has_a_price_that_is_never_used(name: str) -> None:
    assert never_used([name]) == [name]


@pytest.mark.parametrize(
    "name", ["openai:gpt-6-sol", "openai:x@http://127.0.0.1:8000/v1", "*gpt*", "gpt-?", "gpt-[56]"]
)
def test_a_full_name_or_a_pattern_may_fit_a_model(name: str) -> None:
    assert never_used([name]) == []
