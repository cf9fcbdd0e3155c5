"""What every test stands on: a clean environment, no paid calls, no network but loopback, stores in memory."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from exchange.store.engine import Store
from tests import images

# Half of the usual number: the suite is run at every change.
hypothesis.settings.register_profile("suite", max_examples=50, deadline=None)
hypothesis.settings.load_profile("suite")

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no worker begins one when the others have done."""
    items.sort(key=lambda item: item.path.name not in ("test_embedded.py", "test_rows.py"))


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Plugs three leaks: keys and traces of the developer's shell, their settings, and their data folder."""
    for variable in list(os.environ):
        if variable.startswith(("OPENAI_", "LANGSMITH_", "LANGCHAIN_", "EXCHANGE_")):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("EXCHANGE_PAID_CALLS", "false")
    monkeypatch.setenv("EXCHANGE_DB", str(tmp_path / "exchange.db"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as Exchange does."""
    return "asyncio"


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store in memory."""
    opened = images.in_memory(images.blank())
    yield opened
    opened.close()


@pytest.fixture
def example_store() -> Iterator[Store]:
    """A store in memory with what `examples/` holds: the page genes-plin2, h-0e9a3b1c and h-5d20c7f4."""
    opened = images.in_memory(images.with_examples())
    yield opened
    opened.close()


@pytest.fixture
def shared() -> Path:
    """The folder of development data beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the development data is not beside this checkout")
    return SHARED
