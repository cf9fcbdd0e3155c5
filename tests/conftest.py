"""What every test stands on: a clean environment, no paid calls, no network but loopback, stores in memory."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from exchange.domain.address import Address
from exchange.store.engine import Store, open_store
from tests import images, postgres

# Half of the usual number: the suite is run at every change.
hypothesis.settings.register_profile("suite", max_examples=50, deadline=None)
hypothesis.settings.load_profile("suite")

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


# Whose fixtures give a store of either kind.
_OF_BOTH = ("tests.conftest", "tests.cli.conftest", "tests.pages.test_related")
_STORES = ("store", "example_store", "database")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="Run the tests that use a store, on PostgreSQL.")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sqlite: about SQLite itself, or a file of it")
    config.addinivalue_line("markers", "postgres: about PostgreSQL itself; run with --postgres")
    if config.getoption("--postgres") and postgres.programs():
        postgres.started()


def _on_postgres(item: pytest.Item) -> bool:
    if item.get_closest_marker("postgres"):
        return True
    fixtures: dict[str, list[pytest.FixtureDef[object]]] = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined] # pytest has no public name for it
    used = (fixtures[name][-1].func.__module__ for name in _STORES if name in fixtures)
    return item.get_closest_marker("sqlite") is None and any(module in _OF_BOTH for module in used)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first, so that no worker begins one when the others have done."""
    asked = bool(config.getoption("--postgres"))
    kept = [item for item in items if (_on_postgres(item) if asked else item.get_closest_marker("postgres") is None)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept
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
def on_postgres(request: pytest.FixtureRequest) -> bool:
    """Are stores PostgreSQL's in this run?"""
    if not request.config.getoption("--postgres"):
        return False
    postgres.needed()
    return True


@pytest.fixture
def store(on_postgres: bool) -> Iterator[Store]:
    """An empty store: in memory, or on PostgreSQL."""
    if on_postgres:
        yield from _on_server(images.blank_template())
        return
    opened = images.in_memory(images.blank())
    yield opened
    opened.close()


@pytest.fixture
def example_store(on_postgres: bool) -> Iterator[Store]:
    """The same with what `examples/` holds: the page genes-plin2, h-0e9a3b1c and h-5d20c7f4."""
    if on_postgres:
        yield from _on_server(images.examples_template())
        return
    opened = images.in_memory(images.with_examples())
    yield opened
    opened.close()


def _on_server(template: str) -> Iterator[Store]:
    opened = open_store(images.on_server(template))
    yield opened
    opened.close()
    assert isinstance(opened.address, Address)
    postgres.drop(opened.address)


@pytest.fixture
def shared() -> Path:
    """The folder of development data beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the development data is not beside this checkout")
    return SHARED
