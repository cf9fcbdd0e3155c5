"""What tests of the command line stand on."""

from pathlib import Path

import pytest

from tests import images


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The database that EXCHANGE_DB names, with the examples in it."""
    path = tmp_path / "exchange.db"
    path.write_bytes(images.with_examples())
    return path
