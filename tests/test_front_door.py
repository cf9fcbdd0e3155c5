"""What loading Exchange costs, and what it offers."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import exchange
from exchange.jobs.importing import import_files, read_files
from exchange.store.engine import open_store
from tests.conftest import ROOT

LOADED = "import sys; print(*{name.split('.')[0] for name in sys.modules}, file=sys.stderr)"


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("import exchange", {"langgraph", "openai", "sqlmodel", "pydantic", "typer"}),
        ("import exchange; exchange.Score", {"langgraph", "openai", "sqlmodel", "numpy", "scipy"}),
        ("import exchange; exchange.ExchangeError", {"langgraph", "openai", "sqlmodel", "pydantic"}),
    ],
)
def test_a_name_of_the_front_door_loads_no_more_than_it_needs(code: str, heavy: set[str]) -> None:
    assert _loaded_by(code) & heavy == set()


@pytest.mark.parametrize("arguments", [["--help"], ["debate", "--help"]])
def test_help_loads_neither_models_nor_the_database(arguments: list[str]) -> None:
    code = f"""
import sys
sys.argv[1:] = {arguments!r}
from exchange.cli import main
try:
    main()
except SystemExit as ended:
    assert not ended.code
"""

    assert _loaded_by(code) & {"langgraph", "openai", "sqlmodel", "scipy"} == set()


def test_what_relates_to_a_page_is_found_without_models_and_numbers(tmp_path: Path) -> None:
    store = open_store(tmp_path / "exchange.db", create=True)
    import_files(store, read_files([ROOT / "examples"]))
    store.close()
    code = "import exchange; assert len(exchange.related('genes-plin2').hypotheses) == 2"

    assert _loaded_by(code) & {"langgraph", "openai", "numpy", "scipy", "alembic", "psycopg"} == set()


@pytest.mark.parametrize("arguments", [["page", "genes-plin2", "--format", "html"], ["history", "h-0e9a3b1c"]])
def test_what_readers_see_is_shown_without_models_and_numbers(tmp_path: Path, arguments: list[str]) -> None:
    store = open_store(tmp_path / "exchange.db", create=True)
    import_files(store, read_files([ROOT / "examples"]))
    store.close()
    code = f"from exchange.cli.app import app; app({arguments!r}, standalone_mode=False)"

    assert _loaded_by(code) & {"langgraph", "openai", "numpy", "scipy", "matplotlib"} == set()


def test_a_missing_database_gives_a_page_a_sentence(tmp_path: Path) -> None:
    found = exchange.related("genes-plin2", str(tmp_path / "nix.db"))

    assert (found.hypotheses, found.problem) == ((), "The hypotheses of this page cannot be shown at the moment.")


def test_the_names_are_sorted() -> None:
    assert exchange.__all__ == sorted(exchange.__all__)


@pytest.mark.parametrize("name", [*exchange.__all__, "__version__"])
def test_every_name_leads_somewhere(name: str) -> None:
    assert getattr(exchange, name) is not None


def test_the_rooms_behind_the_names_are_the_names_themselves() -> None:
    rooms: dict[str, str] = vars(exchange)["_ROOMS"]

    assert {name for name, room in rooms.items() if hasattr(importlib.import_module(room), name)} == {*exchange.__all__}


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(AttributeError, match="'debates'"):
        exchange.debates  # noqa: B018 # the access is what is refused


def test_the_names_are_listed() -> None:
    assert set(exchange.__all__) <= set(dir(exchange))


def _loaded_by(code: str) -> set[str]:
    """The packages that a fresh process has loaded after the code."""
    program = [sys.executable, "-c", f"{code}\n{LOADED}"]
    return set(subprocess.run(program, check=True, capture_output=True, text=True).stderr.split())
