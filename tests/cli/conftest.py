"""What tests of the command line stand on."""

from pathlib import Path

import pytest

from tests.cli.running import run
from tests.conftest import ROOT


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The database that EXCHANGE_DB names, with the examples in it."""
    assert run("import", ROOT / "examples").exit_code == 0
    return tmp_path / "exchange.db"
