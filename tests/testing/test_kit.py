"""What loading the kit costs, and what it offers."""

import subprocess
import sys

import pytest

import exchange.testing

HEAVY = {"langgraph", "openai", "sqlmodel"}


@pytest.mark.parametrize("code", ["import exchange.testing", "from exchange.testing import *"])
def test_the_kit_loads_no_heavy_package(code: str) -> None:
    counting = f"{code}; import sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    ran = subprocess.run([sys.executable, "-c", counting], capture_output=True, text=True, check=True)

    assert HEAVY & set(ran.stdout.split()) == set()


def test_the_names_are_sorted() -> None:
    assert sorted(exchange.testing.__all__) == exchange.testing.__all__


def test_every_name_is_there() -> None:
    assert [name for name in dir(exchange.testing) if not hasattr(exchange.testing, name)] == []


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nix'"):
        exchange.testing.nix  # noqa: B018 # asking is the point
